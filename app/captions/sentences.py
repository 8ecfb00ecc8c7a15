"""Where a sentence or a clause ends, by the text alone; pure.

The marks are those of all scripts. A full stop is ambiguous: it also ends ordinals ("am 3. Oktober"), initials
("J. R. R. Tolkien") and abbreviations ("z. B."), which `abbreviations.json` lists per language.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SENTENCE_ENDS = tuple(".?!…‼‽⁇⁈⁉։؟۔܀܁܂।॥။።፧፨។៕᠃᠉᙮༎།׃。．！？｡")
"""Marks that may end a sentence: Latin, Armenian, Arabic, Urdu, Syriac, Devanagari, Burmese, Ethiopic, Khmer,
Mongolian, Canadian, Tibetan, Hebrew, Chinese and Japanese. Source: Unicode's Sentence_Terminal, and the ellipsis."""

CLAUSE_ENDS = (*SENTENCE_ENDS, *",;:、，；：､·‧՝،؛፣፤፥၊៖᠂߸")
"""Marks after which a long phrase may be divided."""

FULL_STOPS = ".．․"
"""Full stops that also end abbreviations and numbers; two or more of them in a row are an ellipsis."""

OTHER_ENDS = {"el": (";", "\u037e"), "hy": (":",), "am": ("::", "፡፡"), "ti": ("::", "፡፡")}
"""Sentence ends of single languages: the Greek question mark, and what is typed for "։" and "።"."""

DOTTED_ORDINALS = frozenset(
    {
        "de",
        "da",
        "no",
        "nn",
        "fi",
        "et",
        "lv",
        "cs",
        "sk",
        "sl",
        "hr",
        "sr",
        "bs",
        "hu",
        "is",
        "fo",
        "lb",
        "tr",
        "pl",
        "eu",
    }
)
"""Languages that write ordinals with a full stop, and kings too: "Ludwig XIV. von Frankreich"."""

LIST_MAX = 12
"""A bare number up to this one followed by a full stop may be the number of a list item, whatever follows it."""

VOWELS = frozenset("aeiouyаеиоуыэюяєіїαεηιουω")
"""Base letters that make a word pronounceable; `_is_unpronounceable` removes their accents first."""

VOWELLESS_WORDS = frozenset({"hm", "hmm", "mhm", "mm", "mmm", "pst", "psst", "brr", "grr", "sch", "pff", "tss"})
"""Words without a vowel that are no abbreviations."""

SYLLABIC = frozenset(["cs", "sk", "sl", "hr", "sr", "bs", "mk", "bg", "cy"])
"""Languages with ordinary words without a vowel, such as "prst" and "smrt"."""

ABBREVIATIONS = Path(__file__).parent / "abbreviations.json"


@dataclass(frozen=True, slots=True)
class _Abbreviations:
    """The abbreviations of one language, without their last full stop."""

    inside: frozenset[str]
    """They need the next word: "Dr.", "z. B."."""
    may_end: frozenset[str]
    """They may also be the last word of a sentence: "usw.", "Inc."."""
    before_number: frozenset[str]
    """They are abbreviations only before a number: "No. 5", "sept. 2020"."""
    openers: frozenset[str]
    """Words that, written with a capital, begin a sentence: articles, pronouns, conjunctions; no names and no nouns."""


def ends_sentence(word: str, language: str, following: str | None = None) -> bool:
    """Return whether a sentence may end after a word, by its text; `following` is the next word, if one is known.

    Quotes and brackets that close after the mark belong to it: `gut.“` ends a sentence. Every mark ends one, except:

    - an ellipsis, which is hesitation: only if an opener follows, a word that clearly begins a sentence;
    - a full stop after a number: only if an opener follows, and never after a bare number up to LIST_MAX;
    - a full stop after a single letter, or a Roman number where ordinals have full stops: never;
    - a full stop after an abbreviation: only after one that may end a sentence (usw., Inc., U.S.), and if an opener
      follows. A short word without a vowel, unless in capitals, counts as such an abbreviation.
    """
    text = _strip_closing(word)
    if text.endswith(OTHER_ENDS.get(language, ())):
        return True
    stem = text.rstrip("".join(SENTENCE_ENDS) + FULL_STOPS)
    marks = text[len(stem) :]
    stem = _strip_opening(stem)
    if not marks:
        return False
    if any(mark not in FULL_STOPS and mark != "…" for mark in marks):
        return True
    if not stem and len(marks) == 1 and marks != "…":
        return True  # a mark with a space before it ends what is before
    if len(marks) > 1 or marks == "…":
        return _opens_sentence(following, language)
    if _is_number(stem):
        is_bare = stem.isdigit() and int(stem) <= LIST_MAX
        return not is_bare and _opens_sentence(following, language)
    may_end = _may_end(stem, language, following)
    return may_end if may_end is not None else _opens_sentence(following, language)


def ends_clause(word: str, language: str, following: str | None = None) -> bool:
    """Return whether a clause may end after a word: a sentence may, or it has a comma, colon or semicolon."""
    text = _strip_closing(word)
    return ends_sentence(word, language, following) or text.endswith(CLAUSE_ENDS[len(SENTENCE_ENDS) :])


def strip_sentence_end(text: str) -> str:
    """Return a word without the marks that end a sentence; quotes and brackets after them stay."""
    body = _strip_closing(text)
    stem = body.rstrip("".join(SENTENCE_ENDS))
    return stem + text[len(body) :] if stem else text


def _may_end(stem: str, language: str, following: str | None) -> bool | None:
    """Return whether a full stop ends a sentence after this word; None for an abbreviation that may end one."""
    first = following.lstrip("([„“\"'")[:1] if following else ""
    known = _read_abbreviations(language)
    forms = {stem, re.split(r"[-'’]", stem)[-1]}
    if language == "de" and stem.endswith("str"):
        forms.add("str")  # Goethestr. 12
    if stem[0].isupper() and stem[1:].islower() and (first.islower() or first.isdigit()):
        forms.add(stem.lower())  # "Ca. 20" at the start of a sentence, but not "Ich heiße Max. Ich"
    if forms & known.before_number and first.isdigit():
        return False
    if forms & known.may_end:
        return None
    if forms & known.inside or _is_initial(stem) or (language in DOTTED_ORDINALS and not stem.strip("IVX")):
        return False
    if "." in stem and all(len(part) <= 2 for part in stem.split(".")):
        return None
    return None if language not in SYLLABIC and _is_unpronounceable(stem) else True


def _opens_sentence(following: str | None, language: str) -> bool:
    """Return whether this word clearly begins a sentence."""
    if not following:
        return False
    if following[0] in "¿¡":
        return True
    word = _strip_opening(following)
    if not word[:1].isupper():
        return False
    plain = word.lower().replace("\u0307", "").replace("’", "'").rstrip("".join(CLAUSE_ENDS) + "\"'”»)")
    openers = _read_abbreviations(language).openers
    return plain in openers or plain.partition("'")[0] + "'" in openers


def _is_number(stem: str) -> bool:
    """Return whether a word is written in digits: 3, 3.10, 1,5, 10:30."""
    return any(letter.isdigit() for letter in stem) and all(
        letter.isdigit() or letter in ".,:/'’+-−" for letter in stem
    )


def _is_initial(stem: str) -> bool:
    """Return whether a word is one letter of an alphabet; one syllable or ideogram may be a whole word."""
    letters = [letter for letter in stem if unicodedata.category(letter)[0] != "M"]
    if len(letters) != 1 or not letters[0].isalpha():
        return False
    return letters[0].lower() != letters[0].upper() or "\u0590" <= letters[0] <= "\u06ff"


def _is_unpronounceable(stem: str) -> bool:
    """Return whether a word is a short one without a vowel, and not in capitals: "bzw", "Hrn", "Mrd"."""
    if len(stem) > 5 or not stem.isalpha() or (stem.isupper() and len(stem) > 1) or stem.lower() in VOWELLESS_WORDS:
        return False
    if all("ก" <= letter <= "ฮ" for letter in stem):
        return len(stem) <= 2  # Thai writes most vowels, and abbreviates as in "ดร."
    bases = unicodedata.normalize("NFD", stem.lower())
    is_cased = all(letter.lower() != letter.upper() for letter in stem)
    return is_cased and not any(base in VOWELS for base in bases)


def _strip_closing(text: str) -> str:
    """Return a text without the quotes and brackets at its end."""
    n = len(text)
    while n and (text[n - 1] in "\"'" or unicodedata.category(text[n - 1]) in {"Pe", "Pf", "Pi"}):
        n -= 1
    return text[:n]


def _strip_opening(text: str) -> str:
    """Return a text without the quotes, brackets and dashes at its start."""
    i = 0
    while i < len(text) and (text[i] in "\"'¿¡" or unicodedata.category(text[i]) in {"Ps", "Pf", "Pi", "Pd"}):
        i += 1
    return text[i:]


@cache
def _read_abbreviations(language: str) -> _Abbreviations:
    """Return the abbreviations of a language, with those of all languages that it does not have itself."""
    read = json.loads(ABBREVIATIONS.read_text(encoding="utf-8"))
    own, common = read.get(language, {}), read["any"]
    known = {word for kind in _Abbreviations.__slots__ for word in own.get(kind, [])}
    return _Abbreviations(
        *(frozenset(own.get(kind, [])) | (frozenset(common[kind]) - known) for kind in _Abbreviations.__slots__)
    )
