"""Counts words that readers saw and that the final text neither keeps nor replaces; pure."""

from collections.abc import Sequence

from app.bench import score
from app.bench.shown_event import ShownEvent
from app.bench.word_losses import split_spoken
from app.captions.event import Event

PASSAGE_WORDS = 3
"""Without a reference, grey words count from this length on: a shorter difference may be a correction."""


def count_vanished(
    history: Sequence[ShownEvent], track: str, reference: Sequence[str] | None, lost: Sequence[int]
) -> int:
    """Return how many words of a track were shown and vanished.

    A solid word vanishes if a later state of its phrase has another word or none in its place. A grey word vanishes if
    it was said and the final text lacks it: `lost` has the places of such words in `reference`. Without
    a reference it vanishes together with two or more neighbours, or with all of its phrase, if nothing stands in their
    place.
    """
    shown = [one.event for one in history if one.event.track == track]
    grey = _count_unkept(shown) if reference is None else len(_find_shown(shown, reference) & set(lost))
    return max(_count_solid(shown), grey)


def _count_solid(shown: Sequence[Event]) -> int:
    """Return how many solid words changed or vanished; punctuation and what is added to a word do not count."""
    n_vanished = 0
    solid: dict[str, list[str]] = {}
    for event in shown:
        words = score.split_words(event.committed)
        before = solid.get(event.phrase, [])
        if not "".join(words).startswith("".join(before)):  # a solid word may go on: Treppen, Treppenhaus
            n_vanished += len(before) - score.count_common_start(before, words)
        solid[event.phrase] = words
    return n_vanished


def _find_shown(shown: Sequence[Event], reference: Sequence[str]) -> set[int]:
    """Return the places of the reference whose words stood on any screen."""
    places: set[int] = set()
    texts: dict[str, list[str]] = {}
    for event in shown:
        texts[event.phrase] = split_spoken(event.text)
        order = sorted(texts, key=lambda phrase: int(phrase.rpartition("-")[2]))
        places |= set(score.match_start(reference, [word for phrase in order for word in texts[phrase]]))
    return places


def _count_unkept(shown: Sequence[Event]) -> int:
    """Return how many words of passages or whole phrases are missing from the final text."""
    last = {event.phrase: score.split_words(event.text) for event in shown}
    order = sorted(last, key=lambda phrase: int(phrase.rpartition("-")[2]))
    unkept: dict[str, int] = {}
    for event in shown:
        place = order.index(event.phrase)
        around = [word for phrase in order[max(0, place - 1) : place + 2] for word in last[phrase]]
        words = score.split_words(event.text)
        kept = score.match_words(words, around)
        n_missing = len(words) - len(kept)
        is_whole = not last[event.phrase] and not kept
        if (n_missing >= PASSAGE_WORDS and len(words) > len(last[event.phrase]) + PASSAGE_WORDS - 1) or is_whole:
            unkept[event.phrase] = max(unkept.get(event.phrase, 0), n_missing)
    return sum(unkept.values())
