"""What stood on the screen when, by hand."""

import pytest

from app.bench.timeline import SpokenWordTime, Timeline, WordLag
from tests.support.caption_history import HISTORY, shown_event, spoken_words


def test_word_lags_by_hand() -> None:
    """A word's lags run from its end to the first screen that shows it in place, and to the first that has it solid."""
    lags = Timeline(HISTORY, "original").word_lags(spoken_words("the bug was fixed"))
    assert lags == [
        WordLag(end_s=1.0, first_shown_s=0.5, stable_shown_s=0.5, commit_s=1.5),
        WordLag(end_s=2.0, first_shown_s=1.5, stable_shown_s=1.5, commit_s=2.5),
        WordLag(end_s=3.0, first_shown_s=0.5, stable_shown_s=0.5, commit_s=2.5),
        WordLag(end_s=4.0, first_shown_s=0.5, stable_shown_s=0.5, commit_s=1.5),
    ]


def test_a_word_that_flickers_is_stable_later() -> None:
    """A word that was taken back counts as shown from its first screen, and as stable from its return."""
    history = [
        shown_event(1, "|the bug"),
        shown_event(2, "|the"),
        shown_event(3, "|the bug"),
        shown_event(4, "the bug", state="final"),
    ]
    [_, bug] = Timeline(history, "original").word_lags(spoken_words("the bug"))
    assert (bug.first_shown_s, bug.stable_shown_s) == (-1.0, 1.0)


def test_only_matched_words_with_a_time_have_lags() -> None:
    """A wrong word has no lag, and neither has one whose moment nobody knows."""
    reference = [
        SpokenWordTime("the", 1.0),
        SpokenWordTime("bag", 2.0),
        SpokenWordTime("was", None),
        SpokenWordTime("fixed", 4.0),
    ]
    lags = Timeline(HISTORY, "original").word_lags(reference)
    assert [lag.end_s for lag in lags] == [1.0, 4.0]


def test_a_word_that_moves_to_the_next_phrase_was_shown_before() -> None:
    """A grey word that a cut moves from one phrase to the next keeps its first moment and was never taken back."""
    history = [
        shown_event(2.5, "one two|three"),
        shown_event(3.5, "one two", state="final"),
        shown_event(3.5, "|three", phrase="1-32000"),
        shown_event(4.5, "three", phrase="1-32000", state="final"),
    ]
    timeline = Timeline(history, "original")
    [_, _, three] = timeline.word_lags(spoken_words("one two three"))
    assert (three.first_shown_s, three.commit_s) == (-0.5, 1.5)
    assert timeline.n_erased == 0


@pytest.mark.parametrize(
    ("texts", "n_erased"),
    [
        (["|the", "|the bug", "the bug|was"], 0),
        (["|the bag", "|the bug was"], 1),
        (["|the bag was", "|the bug was"], 2),  # what stands behind a change moves with it
        (["|the bug", "", "|the bug"], 2),
        (["|the bug", "The bug,|was"], 0),
    ],
)
def test_words_taken_back(texts: list[str], n_erased: int) -> None:
    """From screen to screen, words behind the common start are taken back."""
    history = [shown_event(float(i), text) for i, text in enumerate(texts)]
    assert Timeline(history, "original").n_erased == n_erased


def test_a_late_phrase_does_not_take_back_its_neighbour() -> None:
    """A change in one phrase takes back nothing of the phrase behind it."""
    history = [
        shown_event(1, "|good", phrase="1-0"),
        shown_event(2, "|the bug", phrase="1-32000"),
        shown_event(3, "Good morning", phrase="1-0", state="final"),
        shown_event(4, "The bug", phrase="1-32000", state="final"),
    ]
    assert Timeline(history, "original").n_erased == 0


@pytest.mark.parametrize(
    ("texts", "n_revised"),
    [
        (["the", "the bug", "the bug was"], 0),
        (["the bug", "the bag"], 1),
        (["the bug was", "the"], 2),
        (["the bug", "the bug,"], 0),  # the text before is still its start
        (["the bug was", "the bug, was"], 2),
        (["今天", "今天我们"], 0),
        (["今天", "明天我们"], 1),
    ],
)
def test_revisions_of_solid_words(texts: list[str], n_revised: int) -> None:
    """Solid text must be the start of what follows; each word that is not is a revision."""
    history = [shown_event(float(i), text) for i, text in enumerate(texts)]
    assert Timeline(history, "original").final_revisions == n_revised


def test_a_phrase_closes_after_its_last_matched_word() -> None:
    """The lag of a phrase runs from the end of its last matched word to its final event; an unmatched one has none."""
    history = [
        shown_event(3.0, "one two", state="final"),
        shown_event(6.5, "three four five", phrase="1-32000", state="final"),
        shown_event(8.0, "thank you", phrase="1-96000", state="final"),
    ]
    assert Timeline(history, "original").closing_lags(spoken_words("one two three fore five")) == [1.0, 1.5]


def test_phrases_stand_in_the_order_of_their_sound() -> None:
    """A translation that is final late still stands before what was said after it, and other tracks do not count."""
    history = [
        shown_event(1, "later", phrase="1-100000", state="final", track="en"),
        shown_event(2, "sooner", phrase="1-32000", state="final", track="en"),
        shown_event(2, "anderes", phrase="1-32000", state="final"),
    ]
    assert Timeline(history, "en").text == "sooner later"


def test_an_empty_history_has_no_figures() -> None:
    """Without events there is no text, no lag, nothing taken back."""
    timeline = Timeline([], "original")
    assert (timeline.text, timeline.n_erased, timeline.final_revisions) == ("", 0, 0)
    assert timeline.word_lags(spoken_words("a")) == []
    assert timeline.closing_lags(spoken_words("a")) == []
