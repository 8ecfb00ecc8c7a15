"""A translation is divided among the phrases of its sentence, and the end of a preview is hidden."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.translate.sentence_division import count_units, divide_text, mask_end


def test_a_translation_is_divided_after_a_clause() -> None:
    """In scripts without spaces too; one word goes to the first phrase."""
    assert divide_text("We start today, and we end on Monday.", [20, 20], "en") == [
        "We start today,",
        " and we end on Monday.",
    ]
    assert divide_text("今日は晴れです、明日は雨です。", [10, 10], "ja") == ["今日は晴れです、", "明日は雨です。"]
    assert divide_text("Oui.", [3, 4], "fr") == ["Oui.", ""]
    assert divide_text("", [3, 4], "fr") == ["", ""]


@settings(max_examples=100, deadline=None)
@given(st.text("ab ,.。日本ー\n", max_size=60), st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_no_word_is_lost_or_doubled(text: str, weights: list[int]) -> None:
    """The parts, one after the other, are the text."""
    parts = divide_text(text, weights, "en")
    assert "".join(parts) == (text if text.strip() else "")
    assert len(parts) == len(weights)


def test_the_last_words_are_hidden() -> None:
    """Or the last letters, where there are no words."""
    assert mask_end("We start on Monday") == "We start"
    assert mask_end("今日は晴れです") == "今日は"
    assert (mask_end("Yes"), mask_end("")) == ("", "")
    assert (count_units("We start on"), count_units("今日は晴"), count_units("")) == (3, 2, 0)
