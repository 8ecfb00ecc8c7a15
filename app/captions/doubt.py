"""Which words of a caption the model was not sure of, by their numbers; pure.

Spaces separate words. In scripts without spaces each character counts as a word, because readers of a caption cannot
know where the model's words begin. `static/console/doubtful_words.js` numbers them in the same way.
"""

import re
from collections.abc import Sequence

from app.captions.event import UNSPACED
from app.decode.hypothesis import Word

_NUMBERED = re.compile(f"[{UNSPACED}]|[^ {UNSPACED}]+")


def number_doubtful(words: Sequence[Word]) -> tuple[int, ...]:
    """Return the numbers, from 0, of the doubtful words in the text that `join_words` writes."""
    text = ""
    spans: list[tuple[int, int]] = []
    for word in words:
        text += (" " if word.spaced and text else "") + word.text
        if word.is_doubtful:
            spans.append((len(text) - len(word.text), len(text)))
    places = [found.span() for found in _NUMBERED.finditer(text)] if spans else []
    return tuple(number for number, (start, end) in enumerate(places) if any(a < end and start < b for a, b in spans))
