"""Names of microphone pages and of the people who speak there.

A page proposes a label, and the service gives a name that no other source has. A person at the console decides by the
name which source to stop. So a page must not look like the room's stream, the microphone or another page, and its name
must not change how the text around it is shown. Names of people stand before what they say.
"""

import re
import unicodedata
from collections.abc import Iterable

LABEL_CHARS = 40
"""Longest label in a name; the number after it must stay visible in a narrow list."""

DEFAULT_LABEL = "browser"
"""The label of pages that propose none that can be used."""

RESERVED = ("stream", "microphone", "standardinput")
"""Names of sources that the service opens; labels that begin like these are not used."""

MARKS_MAX = 2
"""Accents on one letter; more of them would cover the lines above and below."""

BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that look like nothing: Hangul fillers and the blank braille pattern."""

LOOKALIKE_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN", "COPTIC"})
"""Scripts with letters that look the same; a word that mixes them imitates another one."""


SPEAKER_CHARS = 40
"""Longest name of a person: it stands before the text, on the same line."""

_NUMBERED = re.compile(r"(?:speaker|stimme|voix|voz)\W*\d*", re.IGNORECASE)
"""The names of people who are distinguished by their voices, as pages show them in each language; a microphone page
must not take them."""

_NAME_ENDS = re.compile(r"[:\uff1a\ufe55\u2236\ua789<>]")
"""Characters that would end a name, so that what follows looks like text: colons, also wide ones, and brackets."""

_BIDI = re.compile(r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Characters that change the direction of what follows, and spaces without width."""


def clean_speaker(name: str) -> str:
    """Return the name of a person as it may stand before text; empty if it is none that can be used."""
    name = " ".join(_NAME_ENDS.sub(" ", _clean(name)).split())[:SPEAKER_CHARS].strip()
    return "" if not _fold(name) or _mixes_scripts(name) or _NUMBERED.fullmatch(name) else name


def clean_shown_name(name: str) -> str:
    """Return a name that an operator gave without what turns the text after it around; empty if nothing is seen of it.

    Joiners stay, because Persian names and some symbols need them.
    """
    seen = [one for one in name if one not in BLANK_LETTERS]
    return _BIDI.sub("", name).strip() if _fold("".join(seen)) or any(map(_is_symbol, seen)) else ""


def name_page(label: str, number: int, others: Iterable[str]) -> str:
    """Return the name of a page; `number` must be its own, and `others` are the sources that are not pages."""
    label = _clean(label)
    folded = _fold(label)
    taken = [*RESERVED, *(_fold(other) for other in others)]
    label = label.rstrip(" 0123456789.#:-_()[]")  # the number at the end is the service's
    if not _fold(label) or _mixes_scripts(label) or any(one and folded.startswith(one) for one in taken):
        label = DEFAULT_LABEL
    return f"{label} {number}"


def _clean(label: str) -> str:
    """Return what can be read of a label, without control and bidi characters."""
    kept, n_marks = [], 0
    for character in unicodedata.normalize("NFKC", label):
        category = unicodedata.category(character)
        n_marks = n_marks + 1 if category.startswith("M") else 0
        if character.isspace():
            kept.append(" ")
        elif category[0] != "C" and n_marks <= MARKS_MAX and character not in BLANK_LETTERS:
            kept.append(character)
    return " ".join("".join(kept).split())[:LABEL_CHARS]


def _fold(text: str) -> str:
    """Return the letters and digits of a text, without accents and case."""
    return "".join(one for one in unicodedata.normalize("NFKD", text).casefold() if one.isalnum())


def _mixes_scripts(label: str) -> bool:
    """Return whether a word has letters of several scripts that look alike."""
    return any(
        len({unicodedata.name(one, "").split(" ")[0] for one in word if one.isalpha()} & LOOKALIKE_SCRIPTS) > 1
        for word in label.split()
    )


def _is_symbol(character: str) -> bool:
    return unicodedata.category(character)[0] in "SP"
