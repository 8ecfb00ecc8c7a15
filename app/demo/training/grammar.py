"""Draws random sentences of the demo world, each in German and in English."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.demo.training.world import SLOTS, TEMPLATES

LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in both languages of the world."""

    german: str
    english: str

    def spoken(self, language: str) -> str:
        """Return the sentence in `de` or `en`."""
        return self.german if language == "de" else self.english


def draw(generator: random.Random, names: Sequence[str] = ()) -> Sentence:
    """Draw one sentence of the world, or one with a name of `names` instead of the world's."""
    german, english = generator.choice(TEMPLATES)
    values = {slot: generator.choice(pairs) for slot, pairs in SLOTS.items()}
    if names:
        while "{name}" not in german:
            german, english = generator.choice(TEMPLATES)
        values["name"] = (generator.choice(names),) * 2
    return Sentence(
        _capitalised(german.format(**{slot: pair[0] for slot, pair in values.items()})),
        _capitalised(english.format(**{slot: pair[1] for slot, pair in values.items()})),
    )


@lru_cache
def vocabulary(language: str) -> tuple[str, ...]:
    """Return every word that the world can say in `de` or `en`, sorted, without punctuation."""
    column = LANGUAGES.index(language)
    texts = [template[column] for template in TEMPLATES]
    for slot, pairs in SLOTS.items():
        texts = [text.replace("{" + slot + "}", "") for text in texts] + [pair[column] for pair in pairs]
    return tuple(sorted({word.strip(".,?") for text in texts for word in text.split()} - {""}))


def draw_words(generator: random.Random, language: str) -> str:
    """Draw two to seven unrelated words: the model cannot guess them from the context."""
    words = vocabulary(language)
    return " ".join(generator.choice(words) for _ in range(generator.randint(2, 7)))


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]
