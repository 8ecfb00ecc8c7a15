"""Numbers in digits and in words, for comparison only; pure.

A model writes "20%" in one hypothesis and "zwanzig Prozent" in the next. Both have the key "20%". The language need not
be known: a group of words has the keys of all languages in which it is a number.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

GROUP_MAX = 7
"""Most words that are one number: "two thousand three hundred and twenty five" has seven."""

SYMBOLS = "%€$£°&+"
"""Symbols that are read as a word."""

BARE_UNITS = frozenset("&+")
"""Symbols that stand alone: "und" is "&", but "zwanzig und" is no number."""

CARDINAL, ORDINAL = "c", "o"

GRAMMARS = Path(__file__).parent / "numbers.json"

_DIGITS = re.compile(r"\d+(?:[.,']\d+)*")


@dataclass(frozen=True, slots=True)
class _Grammar:
    """How one language writes numbers; all words without accents, spaces and hyphens."""

    language: str
    values: dict[str, int]
    scales: dict[str, int]
    """Words that multiply what is before them: hundred, thousand, million."""
    ordinals: dict[str, int]
    joiner: str
    """The word for "and"."""
    point: str
    """The word for the decimal point."""
    units: dict[str, str]
    """Words that have a symbol."""
    digit_endings: tuple[str, ...]
    """What makes an ordinal of digits, besides a full stop: 3rd, 3e, 3º."""


@dataclass(frozen=True, slots=True)
class _Sum:
    """A number as far as it is read."""

    total: Decimal = Decimal(0)
    """What is complete: the thousands and millions."""
    current: Decimal | None = None
    """What the next scale multiplies."""
    scale: int = 10**12
    """The last scale; the next is smaller."""
    is_joined: bool = False
    """Whether "and" was the last word."""

    @property
    def value(self) -> Decimal:
        """The number."""
        return self.total + (self.current or 0)


def is_number_part(text: str) -> bool:
    """Return whether a word can be part of a number, or is the word or the symbol of a unit."""
    plain = _plain(text)
    return bool(plain) and (any(letter in SYMBOLS for letter in plain) or _parts().fullmatch(plain) is not None)


def is_same_number(texts: Sequence[str], others: Sequence[str]) -> bool:
    """Return whether two groups of words are the same number, at least one of them in digits or with a symbol.

    Two groups without a digit are no number here, so that "ein" and "eine" are different words.
    """
    if not any(_has_digit(text) for text in (*texts, *others)):
        return False
    return bool(number_keys(tuple(texts)) & number_keys(tuple(others)))


def rest_of_number(begun: Sequence[str], whole: str) -> str:
    """Return what a number in digits has after the words that begin it, empty if they do not.

    After "zwanzig" it is the "%" of "20%", after "zweitausend" the "25" of "2025".
    """
    plain = _plain(whole)
    if not plain[:1].isdigit():
        return ""
    symbol = plain[-1] if plain[-1] in SYMBOLS else ""
    digits = plain.removesuffix(symbol)
    for key in number_keys(tuple(begun)):
        if not (key[0] == CARDINAL and key[1:].isdigit() and digits.isdigit()):
            continue
        more = int(digits) - int(key[1:])
        place = 10 ** (len(key) - len(key.rstrip("0")))
        if more == 0 or 0 < more < place:
            return (str(more) if more else "") + symbol
    return ""


@lru_cache(maxsize=4096)
def number_keys(texts: tuple[str, ...], language: str = "") -> frozenset[str]:
    """Return a key for each number that a group of words can be: "c20%" for "20%", "zwanzig Prozent" and "20 percent".

    Bare digits are a cardinal and an ordinal number, since a hypothesis may lack the full stop of "3.". Empty if the
    words are no number. With a language, only its grammar is used.
    """
    plains = [_plain(text) for text in texts]
    if not all(plains):
        return frozenset()
    for left, right in pairwise(plains):
        if left[-1].isdigit() and right[0].isdigit() and not re.match(r"\d{3}(?!\d)", right):
            return frozenset()  # 10 000 is one number, 10 20 are two
    joined = "".join(plains)
    grammars = (grammar for grammar in _read_grammars() if language in ("", grammar.language))
    return frozenset(key for grammar in grammars for key in _keys(joined, grammar))


def _keys(text: str, grammar: _Grammar) -> Iterator[str]:
    """Yield the keys of a text in one language."""
    if text in SYMBOLS or text in grammar.units:
        yield grammar.units.get(text, text)
        return
    unit = ""
    for word, symbol in grammar.units.items():
        if symbol not in BARE_UNITS and text.endswith(word):
            text, unit = text[: -len(word)], symbol
            break
    for symbol in SYMBOLS:
        if symbol not in BARE_UNITS and (text.startswith(symbol) or text.endswith(symbol)):
            text, unit = text.strip(symbol), symbol
    if _DIGITS.fullmatch(text):
        value = _read_digits(text)
        yield f"{CARDINAL}{_write(value)}{unit}"
        if not unit:
            yield f"{ORDINAL}{_write(value)}"
        return
    for ending in grammar.digit_endings:
        stem = text.removesuffix(ending)
        if stem != text and stem.isdigit():
            yield f"{ORDINAL}{int(stem)}"
            return
    whole, point, fraction = text.partition(grammar.point)
    decimals = _read_decimals(fraction, grammar) if point and whole else ""
    for kind, value in _read(whole if decimals else text, grammar, _Sum()):
        if decimals and kind == CARDINAL:
            value += Decimal(f"0.{decimals}")
        yield f"{kind}{_write(value)}{unit}"


def _read(text: str, grammar: _Grammar, read: _Sum) -> Iterator[tuple[str, Decimal]]:
    """Yield kind and value of each way to read the rest of a text, after what is already read."""
    if not text:
        if (read.current is not None or read.total) and not read.is_joined:
            yield CARDINAL, read.value
        return
    if text in grammar.ordinals:
        with_last = _add(read, Decimal(grammar.ordinals[text]), grammar)
        if with_last is not None:
            yield ORDINAL, with_last.value
    if digits := _DIGITS.match(text):
        if read.current is None:
            yield from _read(text[digits.end() :], grammar, _Sum(read.total, _read_digits(digits[0]), read.scale))
        return
    if text.startswith(grammar.joiner) and read.value and not read.is_joined:
        joined = _Sum(read.total, read.current, read.scale, is_joined=True)
        yield from _read(text[len(grammar.joiner) :], grammar, joined)
    for n in range(min(len(text), 16), 0, -1):
        word = text[:n]
        if word in grammar.values:
            after = _add(read, Decimal(grammar.values[word]), grammar)
            if after is not None:
                yield from _read(text[n:], grammar, after)
        if word in grammar.scales:
            after = _scale(read, grammar.scales[word])
            if after is not None:
                yield from _read(text[n:], grammar, after)


def _add(read: _Sum, value: Decimal, grammar: _Grammar) -> _Sum | None:
    """Return the number after one more word, None if the word cannot follow."""
    current = read.current
    if current is None:
        return _Sum(read.total, value, read.scale)
    tens = current % 100
    if grammar.language in {"de", "nl"}:
        is_reversed = read.is_joined and 0 < tens < 10 and 20 <= value < 100
        can_follow = is_reversed or (tens == 0 and current > 0 and value < 100)
    else:
        can_follow = current > 0 and (
            (tens == 0 and value < 100)
            or (tens >= 20 and tens % 10 == 0 and value < 10)
            or (grammar.language == "fr" and tens in {60, 80} and value < 20)
        )
        if grammar.language == "en" and 10 <= current < 100 and 10 <= value < 100 and not can_follow:
            return _Sum(read.total, current * 100 + value, read.scale)  # nineteen ninety-eight
    return _Sum(read.total, current + value, read.scale) if can_follow else None


def _scale(read: _Sum, scale: int) -> _Sum | None:
    """Return the number after a word like hundred or thousand, None if it cannot follow."""
    current = Decimal(1) if read.current is None else read.current
    if scale == 100:
        return _Sum(read.total, current * 100, read.scale) if 0 < current < 100 else None
    if scale >= read.scale or not current:
        return None
    return _Sum(read.total + current * scale, None, scale)


def _read_decimals(text: str, grammar: _Grammar) -> str:
    """Return the digits after a decimal point: "funfzwei" is 52, as is "zweiundfunfzig"; empty if they are none."""
    digits = ""
    while text:
        word = next((text[:n] for n in range(min(len(text), 16), 0, -1) if text[:n] in grammar.values), None)
        if word is None or grammar.values[word] > 9:
            break
        digits += str(grammar.values[word])
        text = text[len(word) :]
    if not text or text.isdigit():
        return digits + text
    return next((_write(value) for kind, value in _read(text, grammar, _Sum()) if kind == CARDINAL), "")


def _read_digits(text: str) -> Decimal:
    """Return the value of digits with separators; a group of three digits after one is thousands."""
    groups = re.split(r"[.,']", text)
    if len(groups) > 1 and groups[0] != "0" and len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]):
        return Decimal("".join(groups))
    if len(groups) > 1:
        return Decimal("".join(groups[:-1]) + "." + groups[-1])
    return Decimal(text)


def _write(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() or letter in SYMBOLS for letter in text)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Return a word without case, accents and punctuation, except what belongs to numbers."""
    folded = unicodedata.normalize("NFKD", text).casefold().strip(".,'")
    return "".join(
        letter
        for i, letter in enumerate(folded)
        if letter.isalnum()
        or letter in SYMBOLS
        or (letter in ".,'" and folded[i - 1 : i].isdigit() and folded[i + 1 : i + 2].isdigit())
    )


@cache
def _parts() -> re.Pattern[str]:
    """Return a pattern of words that are made of number words."""
    words = {"per", "por", "pour"}
    for grammar in _read_grammars():
        words |= {*grammar.values, *grammar.scales, *grammar.ordinals, *grammar.units, grammar.joiner, grammar.point}
        words |= set(grammar.digit_endings)
    joined = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?:{_DIGITS.pattern}|{joined})+")


@cache
def _read_grammars() -> tuple[_Grammar, ...]:
    read = json.loads(GRAMMARS.read_text(encoding="utf-8"))
    del read["source"]
    return tuple(
        _Grammar(
            language=language,
            values=grammar["values"],
            scales=grammar["scales"],
            ordinals={
                stem + ending: value
                for stem, value in grammar["ordinals"].items()
                for ending in grammar["ordinal_endings"]
            },
            joiner=grammar["joiner"],
            point=grammar["point"],
            units=grammar["units"],
            digit_endings=tuple(grammar["digit_endings"]),
        )
        for language, grammar in read.items()
    )
