"""Tests for app.choices."""

import pytest

from app import choices
from app.errors import SettingsError

FORMATS = ("srt", "vtt", "txt", "json", "csv")


@pytest.mark.parametrize(
    ("got", "suggestion"),
    [("SRTT", "srt"), ("webvtt", "vtt"), ("text", "txt"), ("pdf", None), ("", None)],
)
def test_the_most_alike_name_is_suggested(got: str, suggestion: str | None) -> None:
    """A mistyped name, or what others call it, is suggested; a word that is like none is not."""
    assert choices.suggest(got, FORMATS) == suggestion


def test_the_nearest_number_is_suggested() -> None:
    """Among numbers the nearest is suggested, however different its digits are."""
    assert choices.suggest("1100", ("auto", "512", "768", "1500")) == "768"
    assert choices.suggest("9" * 30, ("auto", "512")) is None


def test_a_choice_is_found_in_any_case() -> None:
    """Upper case and blanks around it do not matter; anything else is a sentence."""
    assert choices.choose(" Translate", choices.TASKS, "--task") == "translate"
    with pytest.raises(SettingsError, match="Expected transcribe or translate for --task, but got 'sing'"):
        choices.choose("sing", choices.TASKS, "--task")


def test_a_wrong_value_is_repeated_shortly_and_without_secrets() -> None:
    """A long text is cut, an address is shortened, and an empty one is nothing."""
    assert len(choices.quote("x" * 500)) < 70
    assert choices.quote("https://me:canary@example.org/canary") == "'https://example.org/…'"
    assert choices.quote("me:canary@example.org") == "'…'"
    assert (choices.quote(""), choices.quote(7)) == ("nothing", "7")
