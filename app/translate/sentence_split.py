"""Splits the text of a phrase into sentences, each of which is translated alone; pure.

No character is lost: the sentences and the rest, one after the other, are the text.
"""

import re
from dataclasses import dataclass

from app.captions.event import UNSPACED
from app.captions.sentences import FULL_STOPS, SENTENCE_ENDS, ends_clause, ends_sentence

SENTENCE_MAX_WORDS = 60
"""A sentence that is longer, as some models write without full stops, is cut after its last clause: models that were
trained on single sentences drop parts of longer ones."""

SENTENCE_MAX_LETTERS = 120
"""The same for scripts without spaces."""

UNMARKED = frozenset({"th", "lo"})
"""Languages without marks at the end of a sentence: the end of a phrase is the end of its sentence."""

_WIDE_ENDS = "".join(mark for mark in SENTENCE_ENDS if mark not in ".?!…‼⁇⁈⁉")
_INNER_END = re.compile(rf"(?<=[{UNSPACED}])[{re.escape(_WIDE_ENDS)}?!…]+[\"'”’」』）)\]】》〉]*(?=.)")
"""A mark inside a run of a script without spaces, where the next sentence follows at once."""

_WORD = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class SplitText:
    """A text as sentences."""

    sentences: tuple[str, ...]
    """Whole sentences, each with the space before it."""
    rest: str
    """What follows the last whole sentence; it may go on."""


def split_sentences(text: str, language: str, *, is_end: bool) -> SplitText:
    """Split a text; `is_end`: whether no further word of its phrase follows.

    A sentence ends where its mark is followed by another word. At the end of the phrase the mark is enough.
    """
    sentences: list[str] = []
    first = 0
    words = _find_words(text)
    for i, (begin, end) in enumerate(words):
        following = text[slice(*words[i + 1])].strip() if i + 1 < len(words) else None
        if following is None and not is_end:
            break
        is_unmarked = following is None and language in UNMARKED
        if is_unmarked or ends_sentence(text[begin:end].strip(), language, following):
            sentences += _cut_long(text[first:end], language)
            first = end
    rest = text[first:]
    if rest.strip() == "" and sentences:
        sentences[-1] += rest
        rest = ""
    *done, rest = _cut_long(rest, language)
    return SplitText((*sentences, *done), rest)


def is_long(text: str) -> bool:
    """Return whether a text is as long as a sentence may be."""
    return len(text.split()) >= SENTENCE_MAX_WORDS or len(re.findall(f"[{UNSPACED}]", text)) >= SENTENCE_MAX_LETTERS


def _find_words(text: str) -> list[tuple[int, int]]:
    """Return where words begin and end, with the space before them; in unspaced scripts, sentences count as words."""
    words: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        begin = match.start()
        for inner in _INNER_END.finditer(text, match.start(), match.end()):
            if not text[inner.end() - 1 : inner.end()].strip(FULL_STOPS):
                continue
            words.append((begin, inner.end()))
            begin = inner.end()
        if begin < match.end():
            words.append((begin, match.end()))
    return words


def _cut_long(text: str, language: str) -> list[str]:
    """Return a text as parts that are not too long, cut after a clause if possible."""
    parts: list[str] = []
    while is_long(text):
        cut = _find_cut(text, language)
        if cut >= len(text):
            break
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text]


def _find_cut(text: str, language: str) -> int:
    """Return where to cut a text that is too long."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)][:SENTENCE_MAX_WORDS]
    if len(words) >= SENTENCE_MAX_WORDS:
        ends = [end for begin, end in words[len(words) // 4 :] if ends_clause(text[begin:end].strip(), language, "a")]
        return ends[-1] if ends else words[-1][1]
    head = text[: SENTENCE_MAX_LETTERS + text[:SENTENCE_MAX_LETTERS].count(" ")]
    clauses = [match.end() for match in re.finditer(r"[、，,;；：:]", head) if match.end() > len(head) // 4]
    return clauses[-1] if clauses else len(head)
