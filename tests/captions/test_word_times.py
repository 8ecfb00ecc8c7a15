"""Word times at the edges of voice."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.captions.word_times import REACH_S, snap_words
from app.decode.hypothesis import Word
from tests.fakes.speaker import VoicedWords

Span = tuple[float, float]


def voice(*spans: Span) -> VoicedWords:
    """Return a sound with voice in these stretches."""
    return VoicedWords(tuple(Word("", first_s, last_s, 1.0) for first_s, last_s in spans))


def timed(*spans: Span) -> tuple[Word, ...]:
    """Return words at these times."""
    return tuple(Word(f"w{i}", first_s, last_s, 0.9) for i, (first_s, last_s) in enumerate(spans))


@pytest.mark.parametrize(
    ("words", "spans", "expected"),
    [
        # the pause after a word, before a word, and on both sides of one
        ([(1.0, 2.0), (2.0, 2.5)], [(1.0, 1.4), (2.0, 2.5)], [(1.0, 1.4), (2.0, 2.5)]),
        ([(1.0, 1.4), (1.4, 2.5)], [(1.0, 1.4), (2.0, 2.5)], [(1.0, 1.4), (2.0, 2.5)]),
        ([(0.0, 3.0)], [(1.0, 1.5)], [(1.0, 1.5)]),
        # the rest of the word before stays with it
        ([(1.0, 1.4), (1.4, 2.5)], [(1.0, 1.5), (2.0, 2.5)], [(1.0, 1.4), (2.0, 2.5)]),
        ([(1.0, 1.4), (1.9, 2.5)], [(1.0, 1.5), (2.0, 2.5)], [(1.0, 1.4), (2.0, 2.5)]),
        # a start moves back to the edge of its voice if that is near; an end does not move on, detection ends late
        ([(1.2, 1.4)], [(1.0, 1.6)], [(1.0, 1.4)]),
        ([(1.5, 1.7)], [(1.0, 2.2)], [(1.5, 1.7)]),
        # but not into the word before
        ([(1.0, 1.3), (1.4, 1.6)], [(1.0, 1.6)], [(1.0, 1.3), (1.4, 1.6)]),
        # the closure of a plosive is part of a word
        ([(1.0, 1.8)], [(1.0, 1.3), (1.4, 1.8)], [(1.0, 1.8)]),
        # no voice, and no sound that is known
        ([(1.0, 1.4)], [(3.0, 4.0)], [(1.0, 1.4)]),
        ([(1.0, 1.4)], [], [(1.0, 1.4)]),
    ],
)
def test_words_end_where_their_voice_ends(words: list[Span], spans: list[Span], expected: list[Span]) -> None:
    """Pauses lie between words, not inside them."""
    snapped = snap_words(timed(*words), voice(*spans))
    assert [(word.start_s, word.end_s) for word in snapped] == [pytest.approx(span) for span in expected]


@pytest.mark.parametrize(
    ("words", "spans", "expected"),
    [
        # the voice before the pause is the end of the sentence before
        ([(1.0, 1.4), (1.4, 2.1), (2.1, 2.6)], [(1.0, 1.6), (2.0, 2.6)], [(1.0, 1.4), (2.0, 2.1), (2.1, 2.6)]),
        # the aligned word ends before its own voice begins
        ([(1.0, 1.4), (1.4, 1.9), (2.1, 2.6)], [(1.0, 1.6), (2.0, 2.6)], [(1.0, 1.4), (2.0, 2.1), (2.1, 2.6)]),
        # too far away, and no voice after it
        ([(1.0, 1.4), (1.4, 1.7), (2.6, 2.9)], [(1.0, 1.6), (2.5, 2.9)], [(1.0, 1.4), (1.4, 1.6), (2.5, 2.9)]),
        ([(1.0, 1.4), (1.4, 1.9)], [(1.0, 1.6)], [(1.0, 1.4), (1.4, 1.6)]),
        # its own onset is heard before the pause
        ([(1.0, 1.2), (1.2, 2.1)], [(1.0, 1.2), (1.5, 1.8), (2.0, 2.1)], [(1.0, 1.2), (1.5, 1.8)]),
    ],
)
def test_a_sentence_begins_after_the_pause(words: list[Span], spans: list[Span], expected: list[Span]) -> None:
    """A word after a full stop leaves the voice before the pause to the sentence before."""
    before = [replace(word, text="end.") if i == 0 else word for i, word in enumerate(timed(*words))]
    snapped = snap_words(before, voice(*spans))
    assert [(word.start_s, word.end_s) for word in snapped] == [pytest.approx(span) for span in expected]


@pytest.mark.parametrize(
    ("text", "following_s", "start_s"), [("Der", 2.1, 2.0), ("der", 2.1, 1.4), ("Konferenz", 2.0, 1.4)]
)
def test_a_capital_after_a_pause_begins_a_sentence(text: str, following_s: float, start_s: float) -> None:
    """Models leave out full stops; but a noun before a pause, whose next word leaves no room, stays before it."""
    before = [replace(word, text="offen" if i == 0 else text) for i, word in enumerate(timed((1.0, 1.4), (1.4, 2.1)))]
    snapped = snap_words([*before, Word("hat", following_s, 2.6, 0.9)], voice((1.0, 1.6), (2.0, 2.6)))
    assert snapped[1].start_s == start_s


def test_the_first_word_of_a_window_begins_after_the_pause() -> None:
    """The window's first sound may be the end of a word that is cut off."""
    snapped = snap_words(timed((1.0, 2.1), (2.1, 2.6)), voice((0.5, 1.1), (2.0, 2.6)))
    assert [word.start_s for word in snapped] == [2.0, 2.1]


def test_words_without_times_stay_as_they_are() -> None:
    """So do the words of a translation, and none at all."""
    words = timed((4.0, 4.0), (4.0, 4.0))
    assert snap_words(words, voice((4.0, 5.0))) == words
    assert snap_words((), voice((4.0, 5.0))) == ()


def test_nothing_but_times_changes() -> None:
    """Text, probability, spacing and doubt are kept."""
    word = Word("a", 0.0, 2.0, 0.3, spaced=False, is_doubtful=True)
    assert snap_words((word,), voice((1.0, 1.5))) == (Word("a", 1.0, 1.5, 0.3, spaced=False, is_doubtful=True),)


def in_order(durations: list[int]) -> list[Span]:
    """Return stretches of hundredths of a second, alternately a gap and a stretch."""
    spans, at = [], 0
    for i, duration in enumerate(durations):
        if i % 2:
            spans.append((at / 100, (at + duration) / 100))
        at += duration
    return spans


@given(
    st.lists(st.integers(0, 120), max_size=24).map(in_order),
    st.lists(st.integers(1, 200), max_size=16).map(in_order),
)
def test_words_stay_in_order_and_near_their_place(words: list[Span], spans: list[Span]) -> None:
    """Starts and ends rise, no duration is negative, and a word leaves its place by no more than its reach."""
    before, sound = timed(*words), voice(*spans)
    before = tuple(replace(word, text=word.text + "." * (i % 3 == 0)) for i, word in enumerate(before))
    after = snap_words(before, sound)
    assert [word.text for word in after] == [word.text for word in before]
    for old, new in zip(before, after, strict=True):
        assert old.start_s - REACH_S - 1e-9 <= new.start_s <= new.end_s <= old.end_s + 2 * REACH_S + 1e-9
        assert new.end_s > new.start_s or old.end_s == old.start_s
        old_s, new_s = sound.voiced_s(old.start_s, old.end_s), sound.voiced_s(new.start_s, new.end_s)
        assert new_s > 0 or old_s == 0
    times = [time_s for word in after if word.end_s > word.start_s for time_s in (word.start_s, word.end_s)]
    assert times == sorted(times)
