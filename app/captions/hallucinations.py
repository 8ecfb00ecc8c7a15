"""Recognises text that Whisper is known to invent: credits, the ends of videos, thanks; pure.

Whisper learnt from subtitles, whose last line is often a credit, and hears it in silence, music and applause. There are
three kinds. Credits ("Untertitelung des ZDF, 2020") are never said, so they are removed wherever they stand as a
sentence of their own. The ends of videos ("Thanks for watching!") are removed when they are all there is, or when no
voice is under them. Stock phrases ("Thank you.") are said all day; they are removed when no voice is under them. Lines
of other languages are recognised too: the model invents in whatever language it likes.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.decode.hypothesis import Word

PATTERNS = Path(__file__).parent / "hallucinations.json"

WORDS_MAX = 40
"""No credit or end of a video has more words."""

GAP_S = 0.5
"""A pause before or after which a credit may stand without punctuation."""

ENDS = tuple('.?!…。？！।؟,;:،、，；：–—-♪>)]»”"')
STARTS = tuple('([<«„“"-–—♪©¡¿*')
"""What the word before a credit ends with, or the credit begins with."""

CHARACTERS = {"©": " copyright ", "&": " and ", ":": " : ", "ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O"}
CHARACTERS |= {"đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "œ": "oe"}
"""How characters are written in folded text, if not as they are or as a space."""

ORGANISATION = "Xorgx"
"""Stands for the name of any broadcaster or maker of subtitles, so that the patterns stay small."""

TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Uninvented:
    """The words of a hypothesis without what Whisper is known to invent."""

    words: tuple[Word, ...]
    is_changed: bool = False
    """Whether words were removed."""


@dataclass(frozen=True, slots=True)
class _Bag:
    """An end of a video as words in any order."""

    needs: tuple[re.Pattern[str], ...]
    """Each fits at least one word of the text."""
    words: frozenset[str]
    """All words of the text are among these, or fit one of `needs`."""

    def contains(self, text: str) -> bool:
        """Return whether a folded text is such an end."""
        said = text.casefold().split()
        if not all(any(need.fullmatch(word) for word in said) for need in self.needs):
            return False
        return all(word in self.words or any(need.fullmatch(word) for need in self.needs) for word in said)


@dataclass(frozen=True, slots=True)
class _Known:
    """All that is known to be invented."""

    organisations: re.Pattern[str]
    """Broadcasters and makers of subtitles; each counts as one word, ORGANISATION, in the credits."""
    credits: re.Pattern[str]
    sign_offs: re.Pattern[str]
    bags: tuple[_Bag, ...]
    stock: frozenset[str]


def strip_hallucinations(words: Sequence[Word], is_spoken: Callable[[int, int], bool]) -> Uninvented:
    """Leave out what nobody said; `is_spoken(first, end)` says whether there is enough voice under words[first:end].

    Only whole sentences go, and parts that punctuation or a pause separates. Ends of videos and stock phrases go from
    the end of the text only: people begin with "Yes, ...".
    """
    gone = [False] * len(words)
    for begin, end in _find(words, is_credit):
        gone[begin:end] = [True] * (end - begin)
    left = [i for i in range(len(words)) if not gone[i]]
    if not left or _is_all_sign_off([words[i] for i in left]):
        return Uninvented((), is_changed=bool(words))
    end = left[-1] + 1
    while (first := _find_tail(words, left[0], end)) is not None and not is_spoken(first, end):
        gone[first:end] = [True] * (end - first)
        end = max((i + 1 for i in range(first) if not gone[i]), default=0)
    return Uninvented(tuple(word for word, is_gone in zip(words, gone, strict=True) if not is_gone), any(gone))


def is_credit(text: str) -> bool:
    """Return whether a folded text is a credit: who made the subtitles, or who owns the rights."""
    known = _known()
    short = known.organisations.sub(ORGANISATION, text)
    return bool(known.credits.fullmatch(text) or known.credits.fullmatch(short))


def is_sign_off(text: str) -> bool:
    """Return whether a folded text is the end of a video: thanks for watching, subscribe, see you in the next one."""
    known = _known()
    return bool(known.sign_offs.fullmatch(text)) or any(bag.contains(text) for bag in known.bags)


def is_stock(text: str) -> bool:
    """Return whether a folded text is a phrase that Whisper writes where nobody speaks, and that people say too."""
    return text.casefold().replace(" ", "") in _known().stock


def fold(words: Sequence[Word]) -> str:
    """Return words as the patterns expect them: no accents, tags or punctuation except colons, single spaces.

    Case stays, because names of people are recognised by it.
    """
    text = "".join((" " if word.spaced else "") + word.text for word in words)
    return fold_text(text)


def fold_text(text: str) -> str:
    """Fold running text; see `fold`."""
    text = unicodedata.normalize("NFKC", TAG.sub(" ", text).replace("©", " copyright "))
    return " ".join("".join(_fold_letter(letter) for letter in _strip_accents(text)).split())


def _find(words: Sequence[Word], fits: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Yield the separate parts whose folded text fits, the longest first where they overlap."""
    borders = [i for i in range(len(words) + 1) if _is_border(words, i)]
    at = 0
    for number, first in enumerate(borders):
        if first < at:
            continue
        for end in reversed(borders[number + 1 :]):
            if end - first <= WORDS_MAX and fits(fold(words[first:end])):
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


def _find_tail(words: Sequence[Word], begin: int, end: int) -> int | None:
    """Return where the longest stock phrase or end of a video that ends before word `end` begins, if there is one."""
    for first in range(max(begin, end - WORDS_MAX), end):
        if (first == begin or _is_border(words, first)) and _is_tail(fold(words[first:end])):
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


def _strip_accents(text: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter) != "Mn")
    return unicodedata.normalize("NFC", plain)


def _fold_letter(letter: str) -> str:
    if letter in CHARACTERS:
        return CHARACTERS[letter]
    return letter if unicodedata.category(letter)[0] in "LNM" else " "


@cache
def _known() -> _Known:
    read = json.loads(PATTERNS.read_text(encoding="utf-8"))
    parts: dict[str, str] = read["parts"]

    def expand(pattern: str) -> str:
        """Put the named parts in, whose own parts too."""
        while (filled := re.sub(r"\{([a-z][a-z0-9_]*)\}", lambda part: parts[part[1]], pattern)) != pattern:
            pattern = filled
        return _strip_accents(unicodedata.normalize("NFKC", pattern))

    def join(patterns: Sequence[str]) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{expand(pattern)})" for pattern in patterns), re.IGNORECASE)

    bags = tuple(
        _Bag(
            tuple(re.compile(need, re.IGNORECASE) for need in bag["needs"]),
            frozenset(fold_text(bag["words"]).casefold().split()),
        )
        for bag in read["sign_off_bags"]
    )
    stock = frozenset(fold_text(text).casefold().replace(" ", "") for texts in read["stock"].values() for text in texts)
    organisations = re.compile(rf"\b(?:{expand(read['organisations'])})\b", re.IGNORECASE)
    return _Known(organisations, join(read["credits"]), join(read["sign_offs"]), bags, stock)
