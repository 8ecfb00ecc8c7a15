"""Texts are compared as people would compare them."""

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench import score

SENTENCES = st.lists(st.sampled_from(["the", "bug", "was", "fixed", "yesterday", "in", "berlin"]), max_size=12)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Guten Morgen, zusammen!", "guten morgen zusammen"),
        ("Die STRASSE und die Straße", "die strasse und die strasse"),
        ("  8 %  of １０ ", "8 of 10"),
        ("don't — e-mail…", "dont email"),
        ("yes/no", "yes no"),
        ("«…»", ""),
    ],
)
def test_normalize_keeps_only_what_was_said(text: str, normal: str) -> None:
    """Normalizing folds case and forms, drops punctuation and keeps numbers."""
    assert score.normalize(text) == normal


@pytest.mark.parametrize(
    ("reference", "written", "n_errors", "rate"),
    [
        ("the bug was fixed", "The bug was fixed.", 0, 0.0),
        ("the bug was fixed", "the bag was", 2, 0.5),
        ("the bug", "the the bug is", 2, 1.0),
        ("the bug", "", 2, 1.0),
        ("", "thank you", 2, None),
    ],
)
def test_word_errors(reference: str, written: str, n_errors: int, rate: float | None) -> None:
    """Word errors are the edits of the shortest way, their rate is over the reference."""
    errors = score.count_word_errors(reference, written)
    assert (errors.n_errors, errors.rate) == (n_errors, rate)


def test_letter_errors_count_spaces() -> None:
    """Character errors count letters and spaces: `ab cd` to `abcd` is one of five."""
    assert score.count_letter_errors("Ab cd.", "abcd") == score.Errors(1, 5)


@given(SENTENCES.filter(bool), SENTENCES)
def test_rates_are_those_of_jiwer(wanted: list[str], written: list[str]) -> None:
    """WER and CER are what jiwer makes of the normalized texts."""
    reference, text = " ".join(wanted), " ".join(written)
    assert score.count_word_errors(reference, text).rate == pytest.approx(jiwer.wer(reference, text))
    assert score.count_letter_errors(reference, text).rate == pytest.approx(jiwer.cer(reference, text))


def test_texts_weigh_by_their_length() -> None:
    """One error in one word and none in nine make a tenth; a text without reference adds nothing."""
    parts = [score.Errors(1, 1), score.Errors(0, 9), score.Errors(5, 0)]
    assert score.add_errors(parts).rate == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("reference", "written", "pairs"),
    [
        ("a b c", "a b c", {0: 0, 1: 1, 2: 2}),
        ("a b c", "a x c", {0: 0, 2: 2}),
        ("a b c", "b c d", {1: 0, 2: 1}),
        ("", "a", {}),
    ],
)
def test_matched_words(reference: str, written: str, pairs: dict[int, int]) -> None:
    """Only words that the shortest edit leaves alone are matched."""
    assert score.match_words(reference.split(), written.split()) == pairs


@pytest.mark.parametrize(
    ("final", "shown", "pairs"),
    [
        ("a b c a b", "a b", {0: 0, 1: 1}),
        ("a b c a b", "x b", {1: 1}),  # not the b at the end
        ("a b c d e f", "a c d", {0: 0, 2: 1, 3: 2}),
        ("a b c", "", {}),
        ("a b", "a b c d e f g h i j k l", {0: 0, 1: 1}),
        ("", "a", {}),
    ],
)
def test_shown_words_match_the_start(final: str, shown: str, pairs: dict[int, int]) -> None:
    """What is shown so far is matched with the start of the text, not with a later word of the same sound."""
    assert score.match_start(final.split(), shown.split()) == pairs


@pytest.mark.parametrize(
    ("reference", "written", "n_inserted"),
    [("", "Thank you.", 2), ("the bug", "the big bug", 1), ("the bug", "the bag", 0), ("the bug", "", 0)],
)
def test_insertions(reference: str, written: str, n_inserted: int) -> None:
    """A word is inserted where the reference has none; a wrong word is not."""
    assert score.count_insertions(reference, written) == n_inserted


def test_spread_interpolates() -> None:
    """Of 0, 1, ... 10 the median is 5 and the 95th percentile 9.5; of nothing there is none."""
    assert score.measure_percentiles([float(i) for i in range(10, -1, -1)]) == score.Percentiles(5.0, 9.5)
    assert score.measure_percentiles([]) == score.Percentiles(None, None)
