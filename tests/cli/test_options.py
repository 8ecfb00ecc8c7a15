"""Options that several commands share."""

import pytest

from app.cli.options import parse_numbers, parse_task
from app.errors import SettingsError


def test_tasks_have_names() -> None:
    """The two tasks are parsed; any other name is a sentence."""
    assert [parse_task("transcribe"), parse_task("translate")] == ["transcribe", "translate"]
    with pytest.raises(SettingsError, match=r"Expected the task transcribe or translate, but got 'sing'\."):
        parse_task("sing")


def test_numbers_are_separated_by_commas() -> None:
    """Whole numbers are parsed; the sentence about others names the option."""
    assert parse_numbers("1,8, 32", "--batch") == (1, 8, 32)
    with pytest.raises(SettingsError, match=r"for --batch, as in 1,8, but got '1;8'"):
        parse_numbers("1;8", "--batch")
