"""Tests for app.cli.redacted_usage."""

import pytest
from typer.testing import CliRunner

from app.cli import main
from app.cli.redacted_usage import print_unexpected

URL = "https://me:canary@example.org/canary?token=canary#canary"


@pytest.mark.parametrize(
    "words",
    [
        ["serve", URL],
        [URL],
        ["serve", "--port", URL],
        ["room", "list", URL],
        ["room", URL],
        ["demo", URL],
        [f"--source={URL}"],
    ],
)
def test_a_mistyped_command_does_not_repeat_secrets(words: list[str]) -> None:
    """The message names an address by scheme and host."""
    ended = CliRunner().invoke(main.app, words, env={"COLUMNS": "200"})
    assert ended.exit_code == 2
    assert "canary" not in ended.output


def test_an_unexpected_error_does_not_repeat_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    """Its traceback shortens addresses, also those of its causes."""
    try:
        try:
            raise OSError(URL)
        except OSError as exc:
            raise ValueError(f"failed: {URL}") from exc
    except ValueError as error:
        print_unexpected(type(error), error, error.__traceback__)
    printed = capsys.readouterr().err
    assert printed.count("https://example.org") == 2
    assert "ValueError: failed" in printed
    assert "canary" not in printed
