"""Counts words that readers saw and that the final text neither keeps nor replaces; pure."""

from collections.abc import Sequence

from app.bench import score
from app.bench.shown_event import ShownEvent
from app.bench.word_losses import split_spoken
from app.captions.event import Event

PASSAGE_WORDS = 3
"""Without a reference, grey words count from this length on: a shorter difference may be a correction."""


REST_WORDS = 30
"""Words of the reference beyond the number on the screen that may be meant: some before them may be lost."""


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
    """Return the places of the reference whose words stood on any screen.

    Only phrases that may still change are compared each time, or an hour would take hours.
    """
    order = _order_phrases(shown)
    last = {event.phrase: (i, split_spoken(event.text)) for i, event in enumerate(shown)}
    final = [word for phrase in order for word in last[phrase][1]]
    found = {own: place for place, own in score.match_words(reference, final).items()}
    places = set(found.values())
    texts: dict[str, list[str]] = {}
    n_phrases = n_settled = first = 0
    for i, event in enumerate(shown):
        texts[event.phrase] = split_spoken(event.text)
        words = [word for phrase in order[n_phrases:] for word in texts.get(phrase, [])]
        rest = reference[first : first + len(words) + REST_WORDS]
        places |= {first + place for place in score.match_start(rest, words)}
        while n_phrases < len(order) and last[order[n_phrases]][0] <= i:
            n_own = len(last[order[n_phrases]][1])
            known = [found[own] + 1 for own in range(n_settled, n_settled + n_own) if own in found]
            first = max([first, *known])
            n_phrases, n_settled = n_phrases + 1, n_settled + n_own
    return places


def _order_phrases(shown: Sequence[Event]) -> list[str]:
    """Return the names of all phrases in the order of their sound."""
    return sorted({event.phrase for event in shown}, key=lambda phrase: int(phrase.rpartition("-")[2]))


def _count_unkept(shown: Sequence[Event]) -> int:
    """Return how many words of passages or whole phrases are missing from the final text."""
    last = {event.phrase: score.split_words(event.text) for event in shown}
    order = _order_phrases(shown)
    places = {phrase: place for place, phrase in enumerate(order)}
    unkept: dict[str, int] = {}
    for event in shown:
        place = places[event.phrase]
        around = [word for phrase in order[max(0, place - 1) : place + 2] for word in last[phrase]]
        words = score.split_words(event.text)
        kept = score.match_words(words, around)
        n_missing = len(words) - len(kept)
        is_whole = not last[event.phrase] and not kept
        if (n_missing >= PASSAGE_WORDS and len(words) > len(last[event.phrase]) + PASSAGE_WORDS - 1) or is_whole:
            unkept[event.phrase] = max(unkept.get(event.phrase, 0), n_missing)
    return sum(unkept.values())
