"""What Whisper is known to invent."""

import time

import pytest

from app.captions.hallucinations import strip_hallucinations
from app.decode.hypothesis import Word, join_words
from tests.fakes.speaker import spoken_words
from tests.support.further_texts import FURTHER_DROP, FURTHER_KEEP
from tests.support.held_out_texts import HELD_OUT_DROP, HELD_OUT_DROP_TAIL, HELD_OUT_KEEP
from tests.support.invented_texts import MUST_DROP, MUST_DROP_TAIL, MUST_KEEP, WrittenText
from tests.support.odd_spellings import ODD_DROP, ODD_KEEP, ODD_PARTS


def stripped(text: str, *, is_spoken: bool = False) -> str:
    """Return what is left of a text."""
    return join_words(strip_hallucinations(spoken_words(text), lambda first, end: is_spoken).words)


def test_credits_go_and_stock_phrases_go_only_unspoken() -> None:
    """A credit is removed wherever it stands, thanks only from the end and without voice."""
    assert stripped("Untertitelung des ZDF, 2020. Guten Tag. Danke.", is_spoken=True) == "Guten Tag. Danke."
    assert stripped("Guten Tag. Danke. Tschüss.") == "Guten Tag."
    assert stripped("Danke. Guten Tag.") == "Danke. Guten Tag."
    assert stripped("Thanks for watching!", is_spoken=True) == ""
    assert stripped("That was it. Thanks for watching!", is_spoken=True) == "That was it. Thanks for watching!"


def test_a_spoken_farewell_before_an_unspoken_one_stays() -> None:
    """The whole text looks like the end of a video, but only its last sentence has no voice under it."""
    words = spoken_words("That is all we have for today. Thank you for watching!")
    kept = strip_hallucinations(words, lambda first, end: first < 7).words
    assert join_words(kept) == "That is all we have for today."


def test_a_credit_inside_a_sentence_stays() -> None:
    """Only parts that punctuation or a pause separates are removed."""
    assert stripped("wir mögen die Untertitelung des ZDF", is_spoken=True) == "wir mögen die Untertitelung des ZDF"
    words = (*spoken_words("und tschau"), *spoken_words("Untertitelung des ZDF, 2020", start_s=3.0))
    assert join_words(strip_hallucinations(words, lambda first, end: True).words) == "und tschau"


@pytest.mark.parametrize("cut", ["Subtitles by", "Copyright", "Thank", "Untertitel der", "Thank you for"])
def test_a_line_that_the_window_cuts_off_goes_too(cut: str) -> None:
    """The beginning of a known line after a sentence goes if no voice is under it."""
    assert stripped(f"We vote now. {cut}") == "We vote now."
    assert stripped(f"We vote now. {cut}", is_spoken=True) == f"We vote now. {cut}"
    assert stripped("We vote now. And then we") == "We vote now. And then we"


def test_long_texts_cost_no_noticeable_time() -> None:
    """A window full of words that credits begin with is judged in a moment."""
    text = "Subtitles by Untertitel von der la communauté de Anna Maria, and the BBC 2020 subscribe like watching"
    parts = text.split()
    words = [Word(parts[i % len(parts)], i * 0.1, i * 0.1 + 0.1, 0.9) for i in range(120)]
    strip_hallucinations(words[:2], lambda first, end: True)
    began = time.perf_counter()
    strip_hallucinations(words, lambda first, end: True)
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    "written", [*MUST_DROP, *HELD_OUT_DROP, *ODD_DROP, *FURTHER_DROP], ids=lambda written: written.text
)
def test_invented_text_is_dropped(written: WrittenText) -> None:
    """Nothing of an invented text stays, however sure the model is."""
    verdict = written.judge()
    assert (verdict.words, verdict.fault is not None) == ((), True)


@pytest.mark.parametrize(
    "written", [*MUST_DROP_TAIL, *HELD_OUT_DROP_TAIL, *ODD_PARTS], ids=lambda written: written.text
)
def test_an_invented_end_is_dropped(written: WrittenText) -> None:
    """The real text before an invented end stays and is believed."""
    assert (written.shown(), written.judge().fault) == (written.kept, None)


@pytest.mark.parametrize(
    "written", [*MUST_KEEP, *HELD_OUT_KEEP, *ODD_KEEP, *FURTHER_KEEP], ids=lambda written: written.text
)
def test_real_text_is_kept(written: WrittenText) -> None:
    """What people say stays and is believed, even when it speaks of subtitles or thanks."""
    assert (written.shown(), written.judge().fault) == (written.kept, None)


def test_the_tables_are_large_enough() -> None:
    """Each table has at least 60 texts, in at least 8 languages."""
    for table in (MUST_DROP, MUST_KEEP, HELD_OUT_DROP, HELD_OUT_KEEP, ODD_DROP, ODD_KEEP, FURTHER_DROP, FURTHER_KEEP):
        assert len(table) >= 60
        assert len({written.language for written in table}) >= 8
