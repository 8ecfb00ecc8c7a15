"""Simulated speech for tests of captions: words with known times, and what a bad model makes of them."""

import random
from dataclasses import dataclass

from app.decode.hypothesis import Word


@dataclass(frozen=True)
class VoicedWords:
    """A sound that is voiced exactly where its words are."""

    words: tuple[Word, ...]

    def voiced_s(self, start_s: float, end_s: float) -> float:
        """Return the seconds of words between two moments."""
        return sum(max(0.0, min(end_s, word.end_s) - max(start_s, word.start_s)) for word in self.words)

    def quietest_s(self, start_s: float, end_s: float) -> float:
        """Return the middle."""
        return (start_s + end_s) / 2

    def spans(self, start_s: float, end_s: float) -> list[tuple[float, float]]:
        """Return the words between two moments, cut there; words that touch are one stretch."""
        found: list[tuple[float, float]] = []
        for word in self.words:
            first_s, last_s = max(start_s, word.start_s), min(end_s, word.end_s)
            if last_s <= first_s:
                continue
            if found and first_s <= found[-1][1] + 1e-6:
                first_s = found.pop()[0]
            found.append((first_s, last_s))
        return found


def spoken_words(
    text: str, *, start_s: float = 0.0, word_s: float = 0.4, gap_s: float = 0.0, probability: float = 0.9
) -> tuple[Word, ...]:
    """Return the words of a text, each `word_s` long, with `gap_s` between them."""
    step_s = word_s + gap_s
    return tuple(
        Word(part, start_s + i * step_s, start_s + i * step_s + word_s, probability)
        for i, part in enumerate(text.split())
    )


def misheard(words: tuple[Word, ...], rng: random.Random, error_rate: float) -> tuple[Word, ...]:
    """Return what a bad model hears: words lost, doubled or replaced at random."""
    heard: list[Word] = []
    for word in words:
        draw = rng.random()
        if draw < error_rate / 3:
            continue
        if draw < 2 * error_rate / 3:
            heard.append(Word(f"wrong{rng.randrange(50)}", word.start_s, word.end_s, 0.4))
            continue
        heard.append(word)
        if draw < error_rate:
            heard.append(word)
    return tuple(heard)
