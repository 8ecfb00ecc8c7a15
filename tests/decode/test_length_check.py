"""Comparing texts of two encoder lengths."""

import numpy as np

from app.decode.length_check import SAMPLES_MIN, LengthCheck, count_edits, second_decode, split_words
from app.decode.request import DecodeRequest, Urgency

SAID = "we are looking for five new developers in Hamburg"


def add(check: LengthCheck, language: str, short: str, full: str, n_times: int = SAMPLES_MIN) -> None:
    """Add the same texts several times."""
    for _ in range(n_times):
        check.add(language, short, full)


def test_a_language_whose_texts_disagree_is_found() -> None:
    """Loops in short windows harm their language and no other, once there are enough samples."""
    check = LengthCheck()
    add(check, "en", SAID, SAID + ".")
    add(check, "de", f"{SAID} {SAID} {SAID}", SAID, SAMPLES_MIN - 1)
    assert not check.harmed
    add(check, "de", f"{SAID} {SAID} {SAID}", SAID, 1)
    assert check.harmed == {"de"}
    assert check.distance("en") == 0.0


def test_single_words_do_not_harm() -> None:
    """A few words of a hundred differ between two decodes of any model."""
    check = LengthCheck()
    add(check, "en", SAID.replace("five", "nine"), SAID)
    assert check.distance("en") == 1 / 9
    assert not check.harmed


def test_a_language_is_trusted_again() -> None:
    """Newer samples that agree replace those that did not."""
    check = LengthCheck()
    add(check, "de", "", SAID)
    assert check.harmed == {"de"}
    add(check, "de", SAID, SAID, 40)
    assert not check.harmed


def test_a_small_share_is_compared_and_only_with_time_to_spare() -> None:
    """First one window in eight, later one in fifty; none above half the load."""
    check = LengthCheck()
    assert sum(check.wants("de", 0.2) for _ in range(80)) == 10
    assert not any(check.wants("de", 0.7) for _ in range(80))
    add(check, "de", SAID, SAID)
    assert sum(check.wants("de", 0.2) for _ in range(200)) == 4


def test_words_are_compared_without_case_and_punctuation() -> None:
    """Letters of scripts without spaces count as words."""
    assert split_words("Guten Tag, Herr Müller!") == ["guten", "tag", "herr", "müller"]
    assert split_words("東京です。") == list("東京です")
    assert count_edits(["a", "b", "c"], ["a", "c", "d"]) == 2
    assert count_edits([], ["a"]) == 1


def test_the_second_decode_waits_for_everybody() -> None:
    """It has the same sound and prompt, another encoder length, and goes behind all live windows."""
    first = DecodeRequest(np.zeros(16_000, np.float32), previous="Surtitle", is_utterance_end=True, feature_stream="m")
    second = second_decode(first, "de", 512)
    need = second.need()
    assert (need.urgency, need.encoder_length, need.language) == (Urgency.RECORDED, 512, "de")
    assert second.request().samples is first.samples
    assert (second.request().previous, second.request().feature_stream) == ("Surtitle", "")
