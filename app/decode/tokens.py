"""Groups the tokens of a hypothesis into words; pure."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.decode.hypothesis import Word
from app.decode.scripts import UNSPACED

SPOKEN_SIGNS = frozenset("%‰&@#§*/+=<>$°")
"""Characters that are punctuation or symbols and are read aloud; all other punctuation is silent."""

JOINERS = ("\u17d2", "\u1039")
"""Signs of Khmer and Burmese that put the next letter under this one, so no word begins between them."""


@dataclass(frozen=True, slots=True)
class SpelledWord:
    """A word and its tokens."""

    text: str
    """The word with its punctuation, and the space before it."""
    first: int
    """Number of its first token."""
    last: int
    """One past its last token."""
    spoken_first: int
    """Number of its first token that is heard: silence, blanks and punctuation before it are skipped."""
    spoken_last: int
    """One past its last token that is heard: a pause belongs to the punctuation after it. A word of punctuation alone
    has no such token, and both numbers are the same."""


def fold_word(text: str) -> str:
    """Return a word in the form that comparisons use: compatibility forms folded, no case, no punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LNM")


def is_spoken(text: str) -> bool:
    """Return whether anything in a text is heard."""
    return any(letter in SPOKEN_SIGNS or unicodedata.category(letter)[0] in "LNMS" for letter in text)


def group_tokens(tokens: Sequence[int], decode: Callable[[list[int]], str], language: str) -> list[SpelledWord]:
    """Group tokens into words; `decode` turns token ids into text.

    A token that ends inside a character joins the tokens after it; the rest of a character that was never finished is
    left out. In spaced languages a word begins where its text begins with a space. A blank token belongs to the word
    after it, but is not heard.
    """
    words: list[SpelledWord] = []
    for text, first, last in _spell(tokens, decode):
        begins = not words or text.startswith(" ") or not words[-1].text.strip()
        if not begins and language in UNSPACED and not words[-1].text.endswith(JOINERS):
            begins = any(letter.isalnum() for letter in text)
        spoken = (first, last) if is_spoken(text) else (last, last)
        if begins:
            if words and not words[-1].text.strip():
                blank = words.pop()
                text, first = blank.text + text.lstrip(" "), blank.first
            words.append(SpelledWord(text, first, last, *spoken))
            continue
        word = words[-1]
        is_heard = word.spoken_first < word.spoken_last
        start = word.spoken_first if is_heard else spoken[0]
        end = spoken[1] if spoken[0] < spoken[1] else (word.spoken_last if is_heard else start)
        words[-1] = SpelledWord(word.text + text, word.first, last, start, end)
    return [word for word in words if word.text.strip()]


def untimed_words(grouped: Sequence[SpelledWord], probability: float) -> tuple[Word, ...]:
    """Return the words without times, as for a translation."""
    return tuple(Word(word.text.strip(), 0.0, 0.0, probability, word.text.startswith(" ")) for word in grouped)


def _spell(tokens: Sequence[int], decode: Callable[[list[int]], str]) -> list[tuple[str, int, int]]:
    """Return the smallest texts of whole characters, each with its first token and one past its last."""
    pieces: list[tuple[str, int, int]] = []
    first = 0
    for i in range(len(tokens)):
        text = decode(list(tokens[first : i + 1]))
        if not text.endswith("\ufffd"):  # one before the end is a character that no token will finish
            pieces.append((text.replace("\ufffd", ""), first, i + 1))
            first = i + 1
    return pieces
