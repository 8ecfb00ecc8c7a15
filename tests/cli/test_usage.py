"""Tests for app.cli.usage."""

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import app as surtitle
from app.cli import main
from app.cli.usage import print_unexpected

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


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["serve", "--port", "abc"], "Expected a whole number for --port, but got 'abc'."),
        (["transcribe", "a.wav", "--beam", "99"], "Expected a number from 1 to 20 for --beam, but got '99'."),
        (["serve", "--port"], "Expected a value after --port, but got none."),
        (["serve", "--offline=3"], "Expected --offline without a value, but got one."),
        (
            ["serve", "extra"],
            "`surtitle serve` does not need 'extra'. `surtitle serve --help` shows what it takes.",
        ),
        (
            ["serve", "--langage", "de"],
            "There is no option --langage. Did you mean --language? `surtitle serve --help` lists the options.",
        ),
        (["servee"], "There is no command servee. Did you mean serve? `surtitle --help` lists the commands."),
        (["room", "zzz"], "There is no command zzz. `surtitle room --help` lists the commands."),
        (
            ["room", "set"],
            "`surtitle room set` needs NAME (name of the room). `surtitle room set --help` says more.",
        ),
    ],
)
def test_a_mistyped_command_is_answered_with_one_sentence(words: list[str], sentence: str) -> None:
    """It says what was expected, what came, and what was probably meant, and exits with 2."""
    ended = CliRunner().invoke(main.app, words, prog_name="surtitle")
    assert (ended.exit_code, ended.stderr) == (2, f"surtitle: {sentence}\n")


def _list_commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from _list_commands(command, (*path, name))


def test_every_help_fits_80_columns(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The help of every command is at most 80 columns wide and names no types; its examples are commands that exist."""
    monkeypatch.setenv("COLUMNS", "80")
    program = get_command(main.app)
    commands = list(_list_commands(program))
    assert len(commands) > 40
    for words in commands:
        assert program.main([*words, "-h"], "surtitle", standalone_mode=False) == 0
        shown = capsys.readouterr().out
        assert max(map(len, shown.splitlines())) <= 80, words
        assert "<" not in shown.replace("<=", ""), words
        for line in shown.partition("Examples")[2].splitlines():
            if "surtitle " in line and "COMMAND" not in line:
                asked = shlex.split(line.strip("│ "))[1:]
                assert program.main([*asked, "--help"], "surtitle", standalone_mode=False) == 0, line
        capsys.readouterr()


def test_the_version_is_printed() -> None:
    """`--version` prints the name and the version."""
    assert CliRunner().invoke(main.app, ["--version"]).output == f"surtitle {surtitle.__version__}\n"


def test_ctrl_c_at_a_question_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C exits with 130 and no word; a question that nobody can answer changes nothing and says so."""
    asked = CliRunner().invoke(main.app, ["incident"], input="")
    assert (asked.exit_code, "Nothing was changed" in asked.output) == (1, True)

    def interrupt(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.cli.terminal.confirm", interrupt)
    assert CliRunner().invoke(main.app, ["incident"]).exit_code == 130
