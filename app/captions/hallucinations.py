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
from functools import cache, lru_cache
from pathlib import Path

from app.decode.hypothesis import Word

PATTERNS = Path(__file__).parent / "hallucinations.json"

WORDS_MAX = 40
"""No credit or end of a video has more words."""

CACHED = 8192
"""Texts whose verdicts are kept: a running utterance is judged every second, and most of its parts stay the same."""

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

YEAR = re.compile("(?:19|20)[0-9]{2}")

CLOSED = re.compile(
    rf"(?:{ORGANISATION}|(?:19|20)[0-9]{{2}}|community|gemeinschaft|gemeenschap|group|dimatorzok|org|com|net|tv|text)$",
    re.IGNORECASE,
)
"""How a credit ends that needs no punctuation after it."""

UNSPACED_GAP = re.compile("(?<=[\u0e00-\u0eff\u3000-\u9fff]) (?=[\u0e00-\u0eff\u3000-\u9fff])")
"""A space between letters of scripts that write none between words, where punctuation was."""

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

    def contains(self, said: frozenset[str]) -> bool:
        """Return whether a text with these folded words is such an end."""
        if any(not any(need.fullmatch(word) for need in self.needs) for word in said - self.words):
            return False
        return all(any(need.fullmatch(word) for word in said) for need in self.needs)


@dataclass(frozen=True, slots=True)
class _CreditBag:
    """A credit of an organisation or a year, as words in any order after a word for subtitles."""

    begins: re.Pattern[str]
    words: frozenset[str]
    """All other words are names, years or among these."""

    def contains(self, text: str) -> bool:
        """Return whether a folded text, with organisations replaced, is such a credit."""
        begin = self.begins.match(text)
        if begin is None:
            return False
        said = text[begin.end() :].split()
        is_signed = any(word == ORGANISATION or YEAR.fullmatch(word) for word in said)
        return (
            is_signed
            and CLOSED.search(text) is not None
            and all(
                word[0].isupper() or word == ":" or word.casefold() in self.words or YEAR.fullmatch(word)
                for word in said
            )
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """All that is known to be invented."""

    organisations: re.Pattern[str]
    """Broadcasters and makers of subtitles; each counts as one word, ORGANISATION, in the credits."""
    credits: re.Pattern[str]
    sign_offs: re.Pattern[str]
    credit_bag: _CreditBag
    bags: tuple[_Bag, ...]
    stock: frozenset[str]


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


@lru_cache(maxsize=CACHED)
def is_credit(text: str) -> bool:
    """Return whether a folded text is a credit: who made the subtitles, or who owns the rights."""
    known = _known()
    short = known.organisations.sub(ORGANISATION, text)
    forms = {text, short, UNSPACED_GAP.sub("", text)}
    return any(known.credits.fullmatch(form) for form in forms) or known.credit_bag.contains(short)


@lru_cache(maxsize=CACHED)
def is_sign_off(text: str) -> bool:
    """Return whether a folded text is the end of a video: thanks for watching, subscribe, see you in the next one."""
    known = _known()
    forms = {text, UNSPACED_GAP.sub("", text)}
    said = frozenset(text.casefold().split())
    return any(known.sign_offs.fullmatch(form) for form in forms) or any(bag.contains(said) for bag in known.bags)


def is_stock(text: str) -> bool:
    """Return whether a folded text is a phrase that Whisper writes where nobody speaks, and that people say too."""
    return text.casefold().replace(" ", "") in _known().stock


def fold(words: Sequence[Word]) -> str:
    """Return words as the patterns expect them: no accents, tags or punctuation except colons, single spaces.

    Case stays, because names of people are recognised by it.
    """
    text = "".join((" " if word.spaced else "") + _fold_piece(word.text) for word in words)
    return " ".join(text.split())


def fold_text(text: str) -> str:
    """Fold running text; see `fold`."""
    return " ".join(_fold_piece(text).split())


@lru_cache(maxsize=CACHED)
def _fold_piece(text: str) -> str:
    text = unicodedata.normalize("NFKC", TAG.sub(" ", text).replace("©", " copyright "))
    return "".join(_fold_letter(letter) for letter in _strip_accents(text))


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
        if first < at or not (words[first].text[:1].isupper() and _is_sign_of_credit(words[first])):
            continue
        for end in range(min(len(words), first + WORDS_MAX), first + 1, -1):
            is_end = _is_border(words, end) or words[end].text[:1].isupper()
            if not is_end or not is_credit(text := fold(words[first:end])):
                continue
            is_sure = _is_border(words, first) or not text.casefold().startswith("untertitel")
            is_closed = CLOSED.search(_known().organisations.sub(ORGANISATION, text))
            if is_closed and (is_sure or not is_spoken(first, end)):
                yield first, end
                at = end
                break


def _is_sign_of_credit(word: Word) -> bool:
    """Return whether a credit may begin with this word."""
    return _known().credit_bag.begins.match(fold([word])) is not None or fold([word]).startswith(("Sous", "Copyright"))


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
        if is_part and _is_tail(fold(words[first:end])) and not is_spoken(first, end):
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

    credit_bag = _CreditBag(
        join([f"(?:{read['credit_bag']['begins']})(?= |$)"]),
        frozenset(fold_text(read["credit_bag"]["words"]).casefold().split()),
    )
    bags = tuple(
        _Bag(
            tuple(re.compile(need, re.IGNORECASE) for need in bag["needs"]),
            frozenset(fold_text(bag["words"]).casefold().split()),
        )
        for bag in read["sign_off_bags"]
    )
    stock = frozenset(fold_text(text).casefold().replace(" ", "") for texts in read["stock"].values() for text in texts)
    organisations = re.compile(rf"\b(?:{expand(read['organisations'])})\b", re.IGNORECASE)
    return _Known(organisations, join(read["credits"]), join(read["sign_offs"]), credit_bag, bags, stock)
