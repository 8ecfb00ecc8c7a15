"""Words that a small model may not know: names and nouns with a capital letter; pure."""

import re
from collections.abc import Sequence

from app.translate.language_evidence import frequent_words
from app.translate.protection import ProtectedPart

UNKNOWN_MAX = 4
"""Most words of a sentence that are tried."""

_CAPITALISED = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def find_unknown_parts(text: str, parts: Sequence[ProtectedPart], language: str) -> list[ProtectedPart]:
    """Return the words with a capital letter that may be names, each to be copied; those of `parts` are known."""
    common = frequent_words().get(language, frozenset())
    found = []
    for word in _CAPITALISED.finditer(text):
        start, end = word.span()
        if not word[0][0].isupper() or word[0].lower() in common:
            continue
        if all(end <= part.start or start >= part.end for part in parts):
            found.append(ProtectedPart(start, end, word[0], is_term=False))
    return found[:UNKNOWN_MAX]
