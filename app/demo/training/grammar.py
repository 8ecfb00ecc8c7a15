"""Draws random sentences of the demo world, each in the four languages in which it can be written."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.demo.training import french, portuguese
from app.demo.training.world import SLOTS, TEMPLATES

LANGUAGES = ("de", "en")
"""The languages that are spoken."""

WRITTEN = ("de", "en", "fr", "pt")
"""The languages that the translation model reads and writes."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in all languages of the world."""

    german: str
    english: str
    french: str
    portuguese: str

    def spoken(self, language: str) -> str:
        """Return the sentence in `de` or `en`."""
        return self.german if language == "de" else self.english

    def written(self, language: str) -> str:
        """Return the sentence in `de`, `en`, `fr` or `pt`."""
        return (self.german, self.english, self.french, self.portuguese)[WRITTEN.index(language)]


def draw(generator: random.Random, names: Sequence[str] = ()) -> Sentence:
    """Draw one sentence of the world, or one with a name of `names` instead of the world's."""
    german, english = generator.choice(TEMPLATES)
    values = {slot: generator.choice(pairs) for slot, pairs in SLOTS.items()}
    if names:
        while "{name}" not in german:
            german, english = generator.choice(TEMPLATES)
        values["name"] = (generator.choice(names),) * 2
    return fill(german, english, values)


def find(german: str) -> Sentence:
    """Return the sentence of the world whose German is this.

    Raises:
        LookupError: The world cannot say it.
    """
    for template, english in TEMPLATES:
        for text in (german, german[0].lower() + german[1:]):
            match = _pattern(template).fullmatch(text)
            if match:
                heard = match.groupdict()
                values = {slot: pairs[0] for slot, pairs in SLOTS.items()}
                values |= {slot: (value, dict(SLOTS[slot]).get(value, value)) for slot, value in heard.items()}
                return fill(template, english, values)
    raise LookupError(f"Expected a German sentence of the demo world, but got {german!r}; take one of world.TEMPLATES.")


@lru_cache
def vocabulary(language: str) -> tuple[str, ...]:
    """Return every word that the world can say in `de` or `en`, sorted, without punctuation."""
    column = LANGUAGES.index(language)
    texts = [template[column] for template in TEMPLATES]
    for slot, pairs in SLOTS.items():
        texts = [text.replace("{" + slot + "}", "") for text in texts] + [pair[column] for pair in pairs]
    return tuple(sorted({word.strip(".,?") for text in texts for word in text.split()} - {""}))


@lru_cache
def written_words(language: str) -> frozenset[str]:
    """Return every word of the world in one of the written languages, without punctuation and people's names."""
    if language in LANGUAGES:
        words = set(vocabulary(language)) - {pair[0] for pair in SLOTS["name"]}
    else:
        own = french if language == "fr" else portuguese
        texts = [re.sub(r"{\w+}", " ", template) for template in own.TEMPLATES.values()]
        texts += [value for values in own.SLOTS.values() for value in values.values()]
        texts += [value for pair in own.QUALITIES.values() for value in pair]
        words = {word.strip(".,?") for text in texts for word in text.split()} - {""}
    return frozenset(words | {_capitalised(word) for word in words})


def draw_words(generator: random.Random, language: str) -> str:
    """Draw two to seven unrelated words: the model cannot guess them from the context."""
    words = vocabulary(language)
    return " ".join(generator.choice(words) for _ in range(generator.randint(2, 7)))


def fill(german: str, english: str, values: Mapping[str, tuple[str, str]]) -> Sentence:
    """Return a template in all languages; values that the world does not know stand in all of them as they are."""
    german_values = {slot: pair[0] for slot, pair in values.items()}
    return Sentence(
        _capitalised(german.format_map(german_values)),
        _capitalised(english.format_map({slot: pair[1] for slot, pair in values.items()})),
        _capitalised(french.TEMPLATES[german].format_map(french.forms(german_values))),
        _capitalised(portuguese.TEMPLATES[german].format_map(portuguese.forms(german_values))),
    )


@lru_cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what matches every German sentence of a template; a name is any words."""
    pattern = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
    for slot, pairs in SLOTS.items():
        values = "[^.,?]+" if slot == "name" else "|".join(re.escape(pair[0]) for pair in pairs)
        pattern = pattern.replace("{" + slot + "}", f"(?P<{slot}>{values})")
    return re.compile(pattern)


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]
