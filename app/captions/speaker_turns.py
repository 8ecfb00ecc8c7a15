"""Who speaks when in one session, and where a closed phrase is cut because another person goes on; pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from app.captions.policy import ClosedPhrase
from app.decode.hypothesis import Word

PART_MIN_S = 0.6
"""Words of another person that take less time than this stay in the phrase: times of words and turns differ by up to
a quarter of a second each, and nobody wants a line for half a word."""

PART_GAP_S = 0.02
"""The least by which the cuts between parts rise: a frame of the encoder."""


class SpeakerTurns(Protocol):
    """Knows who spoke; times are on the session's clock."""

    def label(self, start_s: float, end_s: float) -> str | None:
        """Return the label of the person who spoke most of this time; None if nobody knows.

        The answer for the newest seconds may change until a phrase that contains them is closed.
        """


class OneSpeaker:
    """The turns of a source that has one name, or none."""

    def __init__(self, name: str | None) -> None:
        """Let `name` be the label of everything that is said."""
        self.name = name

    def label(self, start_s: float, end_s: float) -> str | None:
        """Return the name, whatever the time."""
        del start_s, end_s
        return self.name


def find_turns(words: Sequence[Word], turns: SpeakerTurns) -> list[tuple[int, str | None]]:
    """Return the turns of words as (number of the first word, label), oldest first; none if there are no words.

    A word without a label, and words of somebody that take less than PART_MIN_S, belong to the turn around them.
    """
    found: list[tuple[int, str | None]] = []
    for i, word in enumerate(words):
        label = turns.label(word.start_s, word.end_s)
        if not found:
            found.append((i, label))
        elif found[-1][1] is None:
            found[-1] = (found[-1][0], label)
        elif label not in (None, found[-1][1]):
            found.append((i, label))
    while len(found) > 1:
        ends = [*(first for first, _ in found[1:]), len(words)]
        lengths = [words[end - 1].end_s - words[first].start_s for (first, _), end in zip(found, ends, strict=True)]
        shortest = min(range(len(found)), key=lengths.__getitem__)
        if lengths[shortest] >= PART_MIN_S:
            break
        found = _drop(found, shortest)
    return found


def split_by_speaker(closed: ClosedPhrase, turns: SpeakerTurns) -> list[tuple[ClosedPhrase, str | None]]:
    """Return a closed phrase as one part for each turn in it, with their labels."""
    words = closed.words
    found = find_turns(words, turns)
    if len(found) < 2:
        return [(closed, found[0][1] if found else None)]
    parts: list[tuple[ClosedPhrase, str | None]] = []
    cut_s = 0.0
    for (first, label), (end, _) in zip(found, [*found[1:], (len(words), None)], strict=True):
        if end == len(words):
            part = replace(closed, words=words[first:], cut_s=max(closed.cut_s, cut_s + PART_GAP_S))
        else:
            cut_s = max((words[end - 1].end_s + words[end].start_s) / 2, cut_s + PART_GAP_S)
            part = ClosedPhrase(words[first:end], cut_s, cut_s)
        parts.append((part, label))
    return parts


def _drop(found: list[tuple[int, str | None]], number: int) -> list[tuple[int, str | None]]:
    """Give a turn's words to the one before it, or to the one after it if it is the first; join equal neighbours."""
    if number == 0:
        return [(found[0][0], found[1][1]), *found[2:]]
    kept = [*found[:number], *found[number + 1 :]]
    if number < len(kept) and kept[number][1] == kept[number - 1][1]:
        del kept[number]
    return kept
