"""Draws previous text for training windows: earlier sentences, or a glossary unrelated to the sound."""

import random

from app.demo.training.grammar import vocabulary as world_words
from app.demo.training.pool import Utterance
from app.demo.training.tokenizer import Vocabulary

LIVE_TOKENS = 32
"""The live path cuts every prompt of a batch to the same length; this length is trained most."""
MAX_TOKENS = 120


class Prompts:
    """Draws prompts, start-of-previous first."""

    def __init__(self, items: dict[str, list[Utterance]], vocabulary: Vocabulary, generator: random.Random) -> None:
        self._items = items
        self._vocabulary = vocabulary
        self._generator = generator

    def draw(self, language: str) -> list[int]:
        """Draw a prompt in the language that is being written; cut anywhere, as a fixed length cuts mid-word."""
        generator = self._generator
        kind = generator.random()
        text: list[int] = []
        if kind > 0.6:
            text += self._glossary(language)
        if kind < 0.75:
            for _ in range(generator.choice([1, 1, 2, 4])):
                text += self._sentence(language)
        if generator.random() < 0.5 and len(text) > LIVE_TOKENS:
            text = text[-LIVE_TOKENS:]
        elif generator.random() < 0.2:
            text = text[generator.randint(0, len(text) // 2) :]
        return [self._vocabulary.previous, *text[-MAX_TOKENS:]]

    def _sentence(self, language: str) -> tuple[int, ...]:
        item = self._generator.choice(self._items[language])
        words = item.text.split()
        if self._generator.random() < 0.15:
            words = words[: self._generator.randint(1, len(words))]
        return self._vocabulary.encode(" ".join(words))

    def _glossary(self, language: str) -> list[int]:
        words = world_words(language)
        wanted = self._generator.randint(5, 40)
        tokens: list[int] = []
        while len(tokens) < wanted:
            tokens += self._vocabulary.encode(self._generator.choice(words) + ",")
        return tokens[:wanted]
