"""Recognises text that Whisper is known to invent: credits, the ends of videos, thanks; pure.

Whisper learnt from subtitles, whose last line is often a credit, and hears it in silence, music and applause. There are
three kinds. Credits ("Untertitelung des ZDF, 2020") are never said, so they are removed wherever they stand as a
sentence of their own. The ends of videos ("Thanks for watching!") are removed when they are all there is, or when no
voice is under them. Stock phrases ("Thank you.") are said all day; they are removed when no voice is under them. Lines
of other languages are recognised too: the model invents in whatever language it likes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.captions.known_hallucinations import (
    fold,
    is_beginning,
    is_closed_credit,
    is_credit,
    is_sign_off,
    is_stock,
    may_begin_credit,
)
from app.captions.sentences import SENTENCE_ENDS
from app.decode.hypothesis import Word

WORDS_MAX = 40
"""No credit or end of a video has more words."""

GAP_S = 0.5
"""A pause before or after which a credit may stand without punctuation."""

ENDS = tuple('.?!…。？！।؟,;:،、，；：–—-♪>)]»”"')
STARTS = tuple('([<«„“"-–—♪©¡¿*')
"""What the word before a credit ends with, or the credit begins with."""


@dataclass(frozen=True, slots=True)
class Uninvented:
    """The words of a hypothesis without what Whisper is known to invent."""

    words: tuple[Word, ...]
    is_changed: bool = False
    """Whether words were removed."""


def strip_hallucinations(words: Sequence[Word], is_spoken: Callable[[int, int], bool]) -> Uninvented:
    """Leave out what nobody said; `is_spoken(first, end)` says whether there is enough voice under words[first:end].

    Only whole sentences go, and parts that punctuation or a pause separates. Ends of videos and stock phrases go from
    the end of the text only: people begin with "Yes, ...".
    """
    gone = [False] * len(words)
    for begin, end in (*_find(words, is_credit), *_find_closed(words, is_spoken)):
        gone[begin:end] = [True] * (end - begin)
    left = [i for i in range(len(words)) if not gone[i]]
    end = left[-1] + 1 if left else 0
    # first what has no voice: a spoken "That is all for today." may stand before an invented "Thanks for watching!"
    while left and (first := _find_tail(words, left[0], end, is_spoken)) is not None:
        gone[first:end] = [True] * (end - first)
        end = max((i + 1 for i in range(first) if not gone[i]), default=0)
    left = [i for i in range(len(words)) if not gone[i]]
    if not left or _is_all_sign_off([words[i] for i in left]):
        return Uninvented((), is_changed=bool(words))
    return Uninvented(tuple(word for word, is_gone in zip(words, gone, strict=True) if not is_gone), any(gone))


def _find(words: Sequence[Word], fits: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Yield the separate parts whose folded text fits, the longest first where they overlap."""
    borders = [i for i in range(len(words) + 1) if _is_border(words, i)]
    at = 0
    for number, first in enumerate(borders):
        if first < at:
            continue
        for end in reversed(borders[number + 1 :]):
            is_whole = end == len(words) or not (words[end].text[:1].isdigit() and words[end - 1].text.endswith(","))
            if is_whole and end - first <= WORDS_MAX and fits(fold(words[first:end])):
                yield first, end
                at = end
                break


def _find_closed(words: Sequence[Word], is_spoken: Callable[[int, int], bool]) -> Iterator[tuple[int, int]]:
    """Yield the credits without punctuation around them: "... thank you Subtitles by the Amara.org community".

    They begin with a capital and end with an organisation or a year. German nouns have capitals too, so a German credit
    must have no voice, or begin the text.
    """
    at = 0
    for first in range(len(words)):
        if first < at or not (words[first].text[:1].isupper() and may_begin_credit(words[first])):
            continue
        for end in range(min(len(words), first + WORDS_MAX), first + 1, -1):
            is_end = _is_border(words, end) or words[end].text[:1].isupper()
            if not is_end or not is_credit(text := fold(words[first:end])):
                continue
            is_sure = _is_border(words, first) or not text.casefold().startswith("untertitel")
            is_closed = is_closed_credit(text)
            if is_closed and (is_sure or not is_spoken(first, end)):
                yield first, end
                at = end
                break


def _is_all_sign_off(words: Sequence[Word]) -> bool:
    """Return whether the words are the end of a video, alone or with stock phrases."""
    if is_sign_off(fold(words)):
        return True
    parts = list(_find(words, _is_tail))
    is_all = sum(end - first for first, end in parts) == len(words)
    return is_all and any(is_sign_off(fold(words[first:end])) for first, end in parts)


def _find_tail(words: Sequence[Word], begin: int, end: int, is_spoken: Callable[[int, int], bool]) -> int | None:
    """Return where the longest unspoken stock phrase or end of a video before word `end` begins, if there is one."""
    for first in range(max(begin, end - WORDS_MAX), end):
        is_capital = words[first].text[:1].isupper() and end - first > 1
        is_part = first == begin or is_capital or _is_border(words, first)
        text = fold(words[first:end])
        # the end of a window may cut a line off: "Subtitles by"
        is_cut = first > begin and words[first - 1].text.endswith(SENTENCE_ENDS) and is_beginning(text)
        if ((is_part and _is_tail(text)) or is_cut) and not is_spoken(first, end):
            return first
    return None


def _is_tail(text: str) -> bool:
    return is_sign_off(text) or is_stock(text)


def _is_border(words: Sequence[Word], i: int) -> bool:
    """Return whether a separate part may begin or end before word i."""
    if i in (0, len(words)):
        return True
    before, after = words[i - 1], words[i]
    return before.text.endswith(ENDS) or after.text.startswith(STARTS) or after.start_s - before.end_s >= GAP_S
