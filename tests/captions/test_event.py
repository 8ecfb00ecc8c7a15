"""The text of an event is its committed and its tentative words, joined as its script joins words."""

import pytest

from app.captions.event import Event, space_between


def event(committed: str, tentative: str) -> Event:
    """Return an open event with this text."""
    return Event("main", "e1", None, "1-0", 1, "mic", "original", "open", "ja", 0.0, 1.0, committed, tentative)


@pytest.mark.parametrize(
    ("committed", "tentative", "text"),
    [
        ("Good", "morning", "Good morning"),
        ("Good", "", "Good"),
        ("", "morning", "morning"),
        ("", "", ""),
        ("今日は", "会議です", "今日は会議です"),
        ("今天", "我们", "今天我们"),
        ("今日は", "OpenAI", "今日はOpenAI"),
        ("OpenAI", "の会議", "OpenAIの会議"),
        ("终于。", "我们", "终于。我们"),
        ("สวัสดี", "ครับ", "สวัสดีครับ"),
        ("안녕하세요", "여러분", "안녕하세요 여러분"),
        ("Good ", "morning", "Good morning"),
        ("Done 👍", "next", "Done 👍 next"),
    ],
)
def test_solid_and_grey_text_are_joined_without_a_space_where_the_script_has_none(
    committed: str, tentative: str, text: str
) -> None:
    """Chinese, Japanese and Thai have no space between words; Korean has."""
    assert event(committed, tentative).text == text
    assert committed + space_between(committed, tentative) + tentative == text
