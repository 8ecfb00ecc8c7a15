"""Moves the starts and ends of words to the edges of the voice that they were spoken with; pure.

Forced alignment is accurate to a tenth of a second, and gives a pause to one of the words beside it. Speech detection
knows where the pause is, but not the words. Together they say where a word ends and the next begins.
"""

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from app.captions.windows import VoiceActivity
from app.decode.hypothesis import Word

REACH_S = 0.25
"""How far a start moves back to the edge of its voice, and a word over a pause before it: the error of forced
alignment. Ends never move on: speech detection ends late, and would close pauses of 0.2 s that alignment has found (on
held-out speakers of the demo world 74 of 99 were left, instead of 86). Chosen with the demo model."""

PAUSE_S = 0.15
"""Shorter silence is part of a word: the closure of a plosive takes up to 0.1 s."""

ROOM_S = 0.03
"""Least time for a word between a pause and the next word. Without it, the pause is behind the word; the error of
alignment, here the demo model's, leaves no more than this for a short word."""

JOINING = "'’-‐‑"
"""Punctuation after which no pause is expected."""

Span = tuple[float, float]
"""First and last moment of a stretch of voice or of a word, in seconds."""


def snap_words(words: Sequence[Word], sound: VoiceActivity) -> tuple[Word, ...]:
    """Return the words with their starts and ends at the edges of the voice around them.

    Words and sound are on one clock. A word that reaches into silence ends where its voice ends, however far that is; a
    word with a pause inside keeps the side with more voice. The first word, one after punctuation and one with a
    capital are different: the pause is before them if the next word leaves room there, so they leave the voice before
    it to the word before, and begin after it, at most REACH_S behind their end. A start moves back to the edge of its
    voice by at most REACH_S, and not into the word before. So no word leaves its place by more than twice REACH_S.
    Words stay in order and never get a negative duration. Words without voice and words without times stay as they are.
    """
    timed = [i for i, word in enumerate(words) if word.end_s > word.start_s]
    if not timed:
        return tuple(words)
    # from farther away than any word grows, because the first and last stretch are cut there
    voice = sound.spans(words[timed[0]].start_s - 3 * REACH_S, words[timed[-1]].end_s + 3 * REACH_S)
    snapped = list(words)
    floor_s = float("-inf")
    for i, following in zip(timed, [*timed[1:], None], strict=True):
        word = words[i]
        ceiling_s = float("inf") if following is None else words[following].start_s
        begins = i == 0 or _ends_with_pause(words[i - 1].text) or word.text[:1].isupper()
        part = (_find_part_after_pause(word, voice, ceiling_s) if begins else None) or _find_part(word, voice)
        if part is not None:
            onset_s = _find_onset_s(word, part, voice, floor_s)
            snapped[i] = replace(word, start_s=onset_s, end_s=part[1])
        floor_s = max(floor_s, snapped[i].end_s)
    return tuple(snapped)


def _ends_with_pause(text: str) -> bool:
    """Return whether a pause is likely after a word."""
    return unicodedata.category(text[-1:] or " ")[0] == "P" and text[-1] not in JOINING


def _find_part_after_pause(word: Word, voice: Sequence[Span], ceiling_s: float) -> Span | None:
    """Return where a word is if its start is in voice that began before it and a pause follows; else None."""
    for (first_s, last_s), (next_s, next_end_s) in itertools.pairwise(voice):
        if first_s < word.start_s <= last_s and next_s - last_s >= PAUSE_S:
            end_s = word.end_s if word.end_s > next_s else min(ceiling_s, next_s + REACH_S)
            is_near = next_s <= word.end_s + REACH_S
            has_room = next_s + ROOM_S <= min(end_s, ceiling_s)
            return (next_s, min(end_s, next_end_s)) if is_near and has_room else None
    return None


def _find_part(word: Word, voice: Sequence[Span]) -> Span | None:
    """Return the part of a word with the most voice and no pause; None without voice."""
    parts: list[tuple[float, float, float]] = []
    for first_s, last_s in voice:
        start_s, end_s = max(first_s, word.start_s), min(last_s, word.end_s)
        if end_s <= start_s:
            continue
        if parts and start_s - parts[-1][1] < PAUSE_S:
            begin_s, _, voiced_s = parts.pop()
            parts.append((begin_s, end_s, voiced_s + end_s - start_s))
        else:
            parts.append((start_s, end_s, end_s - start_s))
    if not parts:
        return None
    start_s, end_s, _ = max(parts, key=lambda part: part[2])
    return start_s, end_s


def _find_onset_s(word: Word, part: Span, voice: Sequence[Span], floor_s: float) -> float:
    """Return where the voice of a part begins, if that is near and no other word's; else where the part does."""
    least_s = max(floor_s, word.start_s - REACH_S)
    return next((first_s for first_s, last_s in voice if least_s <= first_s <= part[0] <= last_s), part[0])
