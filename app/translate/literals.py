"""The parts of a sentence that are not translated: addresses, product codes and numbers in digits; pure.

`find_literals` finds them, with what the target language writes instead; `lost_literals` says which a translation lost.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.translate.number_format import localise, read_keys, write_ordinal
from app.translate.number_words import SpokenNumber, find_number_words, has_number_words

_MAY_HAVE = re.compile(r"\d|[@#_]|://|www\.|[a-z][A-Z]|\.[a-z]{2}")
"""What a text with a literal has somewhere; one search, because most sentences have none."""

_TOP_LEVELS = "com|org|net|edu|gov|info|io|eu|de|ch|fr|pt|es|uk|nl|pl|cz|se|dk|fi|jp|cn|br|example|local|dev|app|ai|tv"

_ADDRESS = rf"""
    (?:https?://|www\.)[!#-;=?-~]+
  | [A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+
  | (?<![A-Za-z0-9_@\#])[@\#][A-Za-zÀ-ɏ][A-Za-z0-9_.À-ɏ]*
  | (?<![\w.@-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_TOP_LEVELS})\b(?:/[!#-;=?-~]*)?
"""

_CODE = r"""
    (?<![A-Za-z0-9_.-])(?:
        [A-Z]{1,8}[-./]\d[A-Za-z0-9]*(?:[-./_][A-Za-z]*\d[A-Za-z0-9]*|[-./_][A-Z]{1,4}(?![A-Za-z0-9]))*
      | [A-Za-z]{1,12}\d[A-Za-z0-9]*(?:[-./_][A-Za-z]*\d[A-Za-z0-9]*|[-./_][A-Z]{1,4}(?![A-Za-z0-9]))*
      | [a-z]{2,5}-\d+(?![A-Za-z0-9])
      | [A-Za-z0-9]+_[A-Za-z0-9_]+
      | \d+[A-Z]{1,3}\d*(?![A-Za-z0-9])
      | [a-z]+[A-Z][A-Za-z]+ | [A-Z][a-z]{2,}[A-Z][A-Za-z0-9]+
    )(?![\u0080-\u024f])
"""

_UNIT = (
    r"%|‰|€|\$|£|¥|°\s?[CF]?|EUR|USD|CHF|km/h|m/s|[kKMGT]i?B(?:/s)?|[kMG]?Wh?|[kcm]?m[²³]?|[kmµ]?g|m?l|[MGk]?Hz|"
    r"m?s|[mk]?V|dB|px|fps"
)

_NUMBER = rf"""
    (?P<sequence>
        \d{{4}}-\d{{2}}-\d{{2}}(?:T\d{{2}}:\d{{2}}(?::\d{{2}})?Z?)?
      | \d{{1,2}}\.\ ?\d{{1,2}}\.(?:\ ?\d{{2,4}}(?!\w))?
      | \d+(?:[:/]\d+)+ | \d{{1,2}}\s?h\s?\d{{2}}(?!\w)
      | \+\d[\d\ ()/-]{{5,}}\d
      | \d+(?:\.\d+){{2,}}(?!\.?\d)
      | \d+(?:[–-]\d+)+
    )
  | (?:(?<![\w.])[-−+])?(?P<sign>[€$£¥]\s?)?
    (?P<digits>
        \d{{1,3}}(?:(?P<group>[.,'’\u00a0\u202f\ ])\d{{3}})(?:(?P=group)\d{{3}})*(?:[.,]\d+)?(?!\d)
      | \d+(?:[.,]\d+)?
    )
    (?: (?P<ordinal>(?:st|nd|rd|th|ers?|res?|es?|ème|nde?|\.?[ºª]|:[ea])\b | [ºª] )
      | (?P<unit>\s?(?:{_UNIT}))(?![\w'’]) )?
"""

_LITERAL = re.compile(f"(?P<address>{_ADDRESS})|(?P<code>{_CODE})|{_NUMBER}", re.VERBOSE)

_TRAILING = ".,;:!?)]}'\"»”…"
"""Punctuation behind an address that is not part of it."""

_GROUPS_OF_THREE = re.compile(r"\d{1,3}(?:\.\d{3})+")

_LARGE = "万萬億亿兆千百十"
"""Chinese scales: 15万 is 150,000, so its digits do not stay."""

_ORDINAL_ENDINGS = {"en": ("st", "nd", "rd", "th"), "fr": ("er", "ers", "re", "res", "e", "es", "ème", "nd", "nde")}
"""Endings of ordinal numbers in languages that have them; º and ª are ordinals everywhere."""

_BEFORE_ORDINAL = re.compile(r"\b(?:am|vom|zum|der|die|das|den|dem|des|im|ab|bis|seit|beim)\s$", re.IGNORECASE)
"""German words before a day or a rank: a full stop behind its digits makes it an ordinal number."""

_GERMAN_MONTH = re.compile(r"\s(?:Jan|Feb|Mär|Apr|Mai|Juni|Juli|Aug|Sept|Okt|Nov|Dez)")

_MERIDIEM = re.compile(r"\b[ap]\.?m\b", re.IGNORECASE)

_MIXED = re.compile(r"In(?:nen)?\b")
"""The capital of German "MitarbeiterInnen", which is a word to translate."""


_DOUBLED_UNIT = re.compile(
    r"(?<=%)\s+(?:percent|per\scent|prozent|pour\scent|por\scento|por\sciento|per\scento|procent)\b"
    r"|(?<=€)\s+(?:d'|d’|de\s)?euros?\b|(?<=\$)\s+(?:de\s)?(?:dollars?|dólares)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A part that is not translated."""

    start: int
    end: int
    text: str
    shown: str
    """What the target language writes."""
    keys: frozenset[str] = frozenset()
    """The values that a number can have; none for an address or a code."""
    is_apart: bool = True
    """Whether it is a word of its own; "1990er" is not, so that its translation is a matter of the language."""


def find_literals(text: str, language: str, target: str) -> tuple[Literal, ...]:
    """Return the literals of a text, in its order."""
    if _MAY_HAVE.search(text) is None:
        return ()
    return tuple(_find(text, language, target))


def lost_literals(text: str, literals: Sequence[Literal], translation: str, language: str, target: str) -> list[str]:
    """Return the literals and the numbers in words of a text that its translation does not have, as the text has them.

    A number counts in digits, with the separators of any language, and in words where those of the target are known.
    """
    lost = [one.text for one in literals if not one.keys and _count(one, literals) > translation.count(one.text)]
    spoken = find_number_words(text, language) if has_number_words(target) else ()
    numbers = [one for one in literals if one.keys and not _is_inside(one, spoken)]
    if not numbers and not spoken:
        return lost
    found = [one.keys for one in find_literals(translation, target, target) if one.keys]
    if has_number_words(target):
        found += [one.keys for one in find_number_words(translation, target, has_ambiguous=True)]
    is_twelve_hours = _MERIDIEM.search(translation) is not None
    for number in numbers:
        alternatives = [number.keys, _in_the_afternoon(number.keys)] if is_twelve_hours else [number.keys]
        if not _take_any([[keys] for keys in alternatives], found) and not _take_parts(number.keys, found):
            lost.append(number.text)
    for one in spoken:
        keys = one.keys | _in_the_afternoon(one.keys) if is_twelve_hours else one.keys
        if not _take_any([[keys], list(one.parts)] if one.parts else [[keys]], found):
            lost.append(text[one.start : one.end])
    return lost


def drop_doubled_unit(text: str) -> str:
    """Return a translation without the word of a unit that its number has as a sign: "12 % percent"."""
    return _DOUBLED_UNIT.sub("", text)


def _find(text: str, language: str, target: str) -> Iterator[Literal]:
    for found in _LITERAL.finditer(text):
        start = found.start()
        kind = found.lastgroup if found["address"] is None and found["code"] is None else ""
        if kind:
            number = _read_number(text, found, language, target)
            if number is not None:
                yield number
            continue
        literal = found[0].rstrip(_TRAILING) if found["address"] else found[0]
        is_word = language == "de" and found["code"] and _MIXED.search(literal) and not any(map(str.isdigit, literal))
        if literal and not is_word:
            yield Literal(start, start + len(literal), literal, literal)


def _read_number(text: str, found: re.Match[str], language: str, target: str) -> Literal | None:
    """Return a number in digits; None for one that a Chinese scale multiplies."""
    start, end = found.span()
    digits = found["sequence"] or found["digits"]
    ordinal, after = found["ordinal"], text[end : end + 1]
    if after and after in _LARGE:
        return None
    if found["sequence"] and not _GROUPS_OF_THREE.fullmatch(digits):
        shown = digits.rstrip(" ")
        return Literal(start, start + len(shown), shown, shown, read_keys(shown))
    if ordinal and (ordinal[-1] in "ºª" or ordinal in _ORDINAL_ENDINGS.get(language, ())):
        return Literal(start, end, found[0], write_ordinal(digits, target), read_keys(digits))
    if ordinal:
        end = found.end("digits")
        after = text[end : end + 1]
    if (
        language == "de"
        and text[end : end + 2] == ". "
        and (_BEFORE_ORDINAL.search(text, 0, start) or _GERMAN_MONTH.match(text, end + 1))
    ):
        return Literal(start, end + 1, text[start : end + 1], digits, read_keys(digits))
    number = localise(digits, language, target)
    shown = text[start:end].replace(digits, number, 1)
    return Literal(start, end, text[start:end], shown, read_keys(digits), not after.isalpha())


def _count(literal: Literal, literals: Sequence[Literal]) -> int:
    return sum(one.text == literal.text for one in literals)


def _is_inside(literal: Literal, spoken: Sequence[SpokenNumber]) -> bool:
    return any(one.start <= literal.start and literal.end <= one.end for one in spoken)


def _in_the_afternoon(keys: frozenset[str]) -> frozenset[str]:
    """Return the values that a time after noon has on a clock with twelve hours: 14-30 is 2-30."""
    hours = [(key, *key.partition("-")) for key in keys]
    return frozenset(
        f"{int(hour) - 12}{dash}{minute}" for _, hour, dash, minute in hours if hour.isdigit() and 12 < int(hour) < 24
    )


def _take_any(alternatives: Sequence[Sequence[frozenset[str]]], found: list[frozenset[str]]) -> bool:
    """Remove the first alternative whose numbers are all in `found`; return whether there was one."""
    for wanted in alternatives:
        places: list[int] = []
        for keys in wanted:
            place = next((i for i, one in enumerate(found) if i not in places and keys & one), None)
            if place is None:
                break
            places.append(place)
        else:
            for place in sorted(places, reverse=True):
                del found[place]
            return True
    return False


def _take_parts(keys: frozenset[str], found: list[frozenset[str]]) -> bool:
    """Remove the parts of a date or range that are numbers of their own in the translation; a month may be a word."""
    for key in keys:
        parts = key.split("-")
        if len(parts) < 2:
            continue
        wanted = [frozenset({part}) for part in parts]
        if _take_any([wanted], found) or (len(parts) == 3 and _take_any([[wanted[0], wanted[2]]], found)):
            return True
    return False
