"""Errors become one sentence and an exit code."""

import pytest

from app.cli import exit_codes
from app.errors import DecodeError, SettingsError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("Wrong."), exit_codes.USAGE),
        (DecodeError("Wrong."), exit_codes.FAILURE),
        (ExceptionGroup("tasks", [ExceptionGroup("more", [SettingsError("Wrong.")])]), exit_codes.USAGE),
    ],
)
def test_an_error_is_a_sentence_and_a_code(error: Exception, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Settings exit with 2, other errors with 1; of a group the first error counts."""
    with pytest.raises(SystemExit) as left, exit_codes.guarded():
        raise error
    assert (left.value.code, capsys.readouterr().err) == (code, "surtitle: Wrong.\n")


def test_ctrl_c_exits_with_130() -> None:
    """An interrupt ends the command without a traceback."""
    with pytest.raises(SystemExit) as left, exit_codes.guarded():
        raise KeyboardInterrupt
    assert left.value.code == 130


def test_other_errors_keep_their_traceback() -> None:
    """A bug is not turned into a sentence."""
    with pytest.raises(ExceptionGroup), exit_codes.guarded():
        raise ExceptionGroup("tasks", [ValueError("a bug")])
