"""Options that several commands share."""

import pytest

from app.cli.options import parse_numbers, parse_task
from app.errors import SettingsError


def test_tasks_have_names() -> None:
    """The two tasks are parsed; any other name is a sentence."""
    assert [parse_task("transcribe"), parse_task("translate")] == ["transcribe", "translate"]
    with pytest.raises(SettingsError, match=r"Expected transcribe or translate for --task, but got 'sing'\."):
        parse_task("sing")


def test_numbers_are_separated_by_commas() -> None:
    """Whole numbers are parsed; the sentence about others names the option."""
    assert parse_numbers("1,8, 32", "--batch") == (1, 8, 32)
    with pytest.raises(SettingsError, match=r"such as 1,8\) for --batch, but got '1;8'"):
        parse_numbers("1;8", "--batch")
