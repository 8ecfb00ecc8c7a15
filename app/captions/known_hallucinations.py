"""What Whisper is known to invent, as patterns over folded text; pure.

`hallucinations.json` has them in many languages: credits and ends of videos as regular expressions or as bags of words,
and stock phrases as texts. Text is folded first, so that a pattern fits every spelling.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from app.decode.hypothesis import Word

PATTERNS = Path(__file__).parent / "hallucinations.json"

CACHED = 8192
"""Texts whose verdicts are kept: a running utterance is judged every second, and most of its parts stay the same."""

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

BEGINNING_LETTERS = 4
"""Fewest letters of the beginning of a stock phrase."""

TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


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

    def may_begin(self, said: frozenset[str]) -> bool:
        """Return whether these folded words may be the first of such an end."""
        first = self.needs[0]
        return said <= self.words and len(said) > 1 and any(first.fullmatch(word) for word in said)


@dataclass(frozen=True, slots=True)
class _CreditBag:
    """A credit of an organisation or a year, as words in any order after a word for subtitles."""

    begins: re.Pattern[str]
    words: frozenset[str]
    """All other words are names, years or among these."""

    def contains(self, text: str) -> bool:
        """Return whether a folded text, with organisations replaced, is such a credit."""
        is_signed = any(word == ORGANISATION or YEAR.fullmatch(word) for word in text.split())
        return is_signed and CLOSED.search(text) is not None and self.may_begin(text)

    def may_begin(self, text: str) -> bool:
        """Return whether a folded text may be the beginning of such a credit."""
        begin = self.begins.match(text)
        return begin is not None and all(
            word[0].isupper() or word == ":" or word.casefold() in self.words or YEAR.fullmatch(word)
            for word in text[begin.end() :].split()
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


def may_begin_credit(word: Word) -> bool:
    """Return whether a credit may begin with this word."""
    return _known().credit_bag.begins.match(fold([word])) is not None or fold([word]).startswith(("Sous", "Copyright"))


def is_closed_credit(text: str) -> bool:
    """Return whether a folded text ends as credits do that need no punctuation after them."""
    return CLOSED.search(_known().organisations.sub(ORGANISATION, text)) is not None


@lru_cache(maxsize=CACHED)
def is_beginning(text: str) -> bool:
    """Return whether a folded text may be the beginning of a line that is known to be invented."""
    known = _known()
    plain = text.casefold().replace(" ", "")
    if len(plain) >= BEGINNING_LETTERS and any(stock.startswith(plain) for stock in known.stock):
        return True
    said = frozenset(text.casefold().split())
    return known.credit_bag.may_begin(text) or any(bag.may_begin(said) for bag in known.bags)


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
