"""Gives words their times from the path of a forced alignment; pure.

The path covers all of a window's sound: its first token begins at frame 0, and each next one where the last ends. So
silence is part of some token, mostly of the punctuation or the blank between two words. A word therefore lasts from its
first heard token to the end of its last heard one, and silence inside it is bounded by how long a word may take.
"""

import unicodedata
from collections.abc import Sequence

from app.decode.hypothesis import Word
from app.decode.tokens import SpelledWord

SECONDS_PER_FRAME = 0.02
"""One encoder frame; Whisper halves its 10 ms mel frames."""

SLOWEST_WORD_S = 0.4
SLOWEST_LETTER_S = 0.12
SLOWEST_SIGN_S = 0.4
"""The longest that a word may take: a constant, and more for each letter (8 letters a second are slow speech, 12 to 15
normal) or for each sign that is a syllable or a word by itself: a digit, a capital, a character of Chinese or
Korean."""


def longest_s(text: str) -> float:
    """Return the longest time that a word may plausibly take, in seconds."""
    letters = [letter for letter in text if unicodedata.category(letter)[0] in "LNMS"]
    signs = sum(not _is_letter(letter) for letter in letters)
    return SLOWEST_WORD_S + SLOWEST_SIGN_S * signs + SLOWEST_LETTER_S * (len(letters) - signs)


def time_words(
    grouped: Sequence[SpelledWord],
    alignments: Sequence[tuple[int, int]],
    probabilities: Sequence[float],
    duration_s: float,
) -> tuple[Word, ...]:
    """Return the words with times in seconds from the start of the window, in order and within `duration_s`.

    `alignments` contains (token index, encoder frame) along the path, the end-of-text token last, as CTranslate2's
    `Whisper.align` returns it; `probabilities` one per token. Too long a word loses time at its start if it is the
    first one or follows punctuation, because the pause was there; otherwise at its end. Source: the idea of aligning
    punctuation apart is openai/whisper's `split_to_word_tokens`, and of bounded words its `add_word_timestamps`.
    """
    first_frame: dict[int, int] = {}
    for token_index, frame in alignments:
        first_frame.setdefault(token_index, frame)

    def moment(token_index: int) -> float:
        frame = first_frame.get(token_index)
        return duration_s if frame is None else min(frame * SECONDS_PER_FRAME, duration_s)

    words: list[Word] = []
    floor_s, follows_pause = 0.0, True
    for word in grouped:
        start_s = max(floor_s, moment(word.spoken_first))
        end_s = max(start_s, moment(word.spoken_last))
        longest = longest_s(word.text)
        if end_s - start_s > longest:
            start_s, end_s = (end_s - longest, end_s) if follows_pause else (start_s, start_s + longest)
        is_heard = word.spoken_first < word.spoken_last
        own = probabilities[word.spoken_first : word.spoken_last] if is_heard else probabilities[word.first : word.last]
        probability = sum(own) / len(own) if own else 0.0
        words.append(Word(word.text.strip(), start_s, end_s, probability, word.text.startswith(" ")))
        floor_s, follows_pause = end_s, word.spoken_last < word.last or not is_heard
    return tuple(words)


def _is_letter(letter: str) -> bool:
    """Return whether it is a letter or mark that takes a part of a syllable, not all of one."""
    category = unicodedata.category(letter)
    return category in ("Ll", "Lm") or category[0] == "M" or (category == "Lo" and not "\u3040" <= letter <= "\ud7ff")
