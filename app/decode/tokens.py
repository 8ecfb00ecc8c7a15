"""Groups tokens into words, with times from a forced alignment; pure."""

import unicodedata
from collections.abc import Callable, Sequence

from app.decode.hypothesis import Word

SECONDS_PER_FRAME = 0.02
"""One encoder frame; Whisper halves its 10 ms mel frames."""

UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages without spaces; each of their tokens with a letter or digit begins a word. Source: faster-whisper."""


def fold_word(text: str) -> str:
    """Return a word in the form that comparisons use: compatibility forms folded, no case, no punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LNM")


def group_tokens(tokens: Sequence[int], decode: Callable[[list[int]], str], language: str) -> list[tuple[str, int]]:
    """Group tokens into words, as (text with the space before it, number of tokens).

    `decode` turns token ids into text. A token that ends inside a character joins the tokens after it. In spaced
    languages a word begins where its text begins with a space.
    """
    pieces: list[tuple[str, int]] = []
    pending: list[int] = []
    for token in tokens:
        pending.append(token)
        text = decode(pending)
        if "\ufffd" not in text:
            pieces.append((text, len(pending)))
            pending = []
    if pending:
        pieces.append((decode(pending), len(pending)))
    words: list[tuple[str, int]] = []
    for text, n_tokens in pieces:
        is_word = language in UNSPACED and any(letter.isalnum() for letter in text)
        if words and not text.startswith(" ") and not is_word:
            words[-1] = (words[-1][0] + text, words[-1][1] + n_tokens)
        else:
            words.append((text, n_tokens))
    return [(text, n_tokens) for text, n_tokens in words if text.strip()]


def time_words(
    grouped: Sequence[tuple[str, int]],
    alignments: Sequence[tuple[int, int]],
    probabilities: Sequence[float],
    duration_s: float,
) -> tuple[Word, ...]:
    """Return the words with times from the path of a forced alignment.

    `alignments` contains (token index, encoder frame) along the path, the end-of-text token last, as CTranslate2's
    `Whisper.align` returns it; `probabilities` one per token. Times are seconds from the start of the window, kept in
    order and within `duration_s`. Source: faster-whisper `find_alignment`.
    """
    first_frame: dict[int, int] = {}
    for token_index, frame in alignments:
        first_frame.setdefault(token_index, frame)

    def moment(token_index: int) -> float:
        frame = first_frame.get(token_index)
        return duration_s if frame is None else min(frame * SECONDS_PER_FRAME, duration_s)

    words: list[Word] = []
    position, floor_s = 0, 0.0
    for text, n_tokens in grouped:
        start_s = max(floor_s, moment(position))
        end_s = max(start_s, moment(position + n_tokens))
        own = probabilities[position : position + n_tokens]
        probability = sum(own) / len(own) if own else 0.0
        words.append(Word(text.strip(), start_s, end_s, probability, text.startswith(" ")))
        position, floor_s = position + n_tokens, start_s
    return tuple(words)


def untimed_words(grouped: Sequence[tuple[str, int]], probability: float) -> tuple[Word, ...]:
    """Return the words without times, as for a translation."""
    return tuple(Word(text.strip(), 0.0, 0.0, probability, text.startswith(" ")) for text, _ in grouped)
