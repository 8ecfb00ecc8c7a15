"""Errors become one sentence and an exit code."""

import asyncio
import threading

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


async def test_ctrl_c_at_the_start_does_not_wait_for_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow start returns its result; when it is interrupted and cannot stop, the program ends without it."""
    left: list[bool] = []
    monkeypatch.setattr(exit_codes, "GRACE_S", 0.05)
    monkeypatch.setattr(exit_codes, "_leave", lambda: left.append(True))
    assert await exit_codes.run_slow_start(lambda: 7) == 7
    hangs = threading.Event()
    starting = asyncio.ensure_future(exit_codes.run_slow_start(hangs.wait))
    await asyncio.sleep(0.01)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    hangs.set()
    assert left == [True]


def test_threads_that_hang_do_not_keep_an_interrupted_program_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """After Ctrl-C a thread gets a moment to end; one that does not is left behind."""
    left: list[bool] = []
    monkeypatch.setattr(exit_codes, "GRACE_S", 0.05)
    monkeypatch.setattr(exit_codes, "_leave", lambda: left.append(True))
    hangs = threading.Event()
    thread = threading.Thread(target=hangs.wait)
    thread.start()
    monkeypatch.setattr(threading, "enumerate", lambda: [thread])
    exit_codes.leave_after_interrupt()
    assert left == [True]
    hangs.set()
    thread.join()
    exit_codes.leave_after_interrupt()
    assert left == [True]
