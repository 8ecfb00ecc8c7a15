"""Text of phrases as sentences; no character is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.translate.sentence_split import SENTENCE_MAX_LETTERS, SENTENCE_MAX_WORDS, split_sentences


@pytest.mark.parametrize(
    ("text", "language", "is_end", "sentences", "rest"),
    [
        ("Guten Morgen. Wir", "de", False, ["Guten Morgen."], " Wir"),
        ("Guten Morgen.", "de", False, [], "Guten Morgen."),
        ("Guten Morgen.", "de", True, ["Guten Morgen."], ""),
        ("Am 3. Oktober kommt Dr. Ada. Gut so", "de", True, ["Am 3. Oktober kommt Dr. Ada."], " Gut so"),
        ("Version 3.5 is out! Really? Yes", "en", True, ["Version 3.5 is out!", " Really?"], " Yes"),
        ("今日は晴れです。明日は「雨」です。そして", "ja", False, ["今日は晴れです。", "明日は「雨」です。"], "そして"),
        ("我说“好。”他走了。", "zh", True, ["我说“好。”", "他走了。"], ""),
        ("สวัสดีครับ วันนี้", "th", True, ["สวัสดีครับ วันนี้"], ""),
        ("", "de", True, [], ""),
    ],
)
def test_a_sentence_ends_before_the_next_word(
    text: str, language: str, is_end: bool, sentences: list[str], rest: str
) -> None:
    """At the end of a phrase its mark is enough."""
    split = split_sentences(text, language, is_end=is_end)
    assert (list(split.sentences), split.rest) == (sentences, rest)


def test_a_talk_without_full_stops_is_cut() -> None:
    """After a clause, if there is one."""
    words = ["word"] * 50 + ["clause,"] + ["word"] * 40
    (cut,) = split_sentences(" ".join(words), "en", is_end=False).sentences
    assert cut.endswith("clause,")
    split = split_sentences("あ" * 300, "ja", is_end=True)
    assert [len(part) for part in split.sentences] == [SENTENCE_MAX_LETTERS] * 2
    assert len(split_sentences("a " * 200, "en", is_end=True).sentences[0].split()) == SENTENCE_MAX_WORDS


@settings(max_examples=100, deadline=None)
@given(st.text("ab .!?。、「」日本3\n", max_size=200), st.sampled_from(("de", "ja", "th")), st.booleans())
def test_the_parts_are_the_text(text: str, language: str, is_end: bool) -> None:
    """Whatever it is."""
    split = split_sentences(text, language, is_end=is_end)
    assert "".join(split.sentences) + split.rest == text
