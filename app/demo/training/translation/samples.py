"""Draws what the translation model learns from: a text in one language, and the same in the other three.

A sentence belongs to the held-out ones if a hash of its German says so, whatever names, numbers or placeholders stand
in it; those are never drawn for training.
"""

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.demo.training import grammar
from app.demo.training.grammar import WRITTEN, Sentence, written_words
from app.demo.training.translation import dates, made_up
from app.demo.training.translation.errors import RecognitionErrors
from app.demo.training.world import SLOTS, TEMPLATES

HELD_OUT_SHARE = 0.08
"""About a thousand of the world's 13,000 sentences."""

_STRANGE_SHARE = 0.025
"""Share of texts that are no sentences of the world."""

_OPEN_SLOTS = ("name", "city", "number", "thing", "team", "people", "day", "month")
"""Slots that take words from outside the world."""

_WITH_NAMES = tuple(pair for pair in TEMPLATES if "{name}" in pair[0])
_AGREEING = tuple(pair for pair in TEMPLATES if "{thing}" in pair[0] and "{quality}" in pair[0])
"""Drawn more often, because an adjective must agree with the noun in French and Portuguese."""
_FIXED = frozenset(german for german, _ in TEMPLATES if "{" not in german)


@dataclass(frozen=True, slots=True)
class Sample:
    """A source text and its translation into every other language."""

    language: str
    source: str
    targets: dict[str, str]


def is_held_out(sentence: Sentence) -> bool:
    """Return whether a sentence of the world is for measuring only; those without slots cannot be left out."""
    return sentence.german not in _FIXED and zlib.crc32(sentence.german.encode()) % 10_000 < HELD_OUT_SHARE * 10_000


def held_out(seed: int = 0) -> Iterator[Sentence]:
    """Yield different held-out sentences that have slots, in random order, without end."""
    generator = random.Random(seed)
    said: set[str] = set()
    while len(said) < 900:
        sentence = grammar.draw(generator)
        if is_held_out(sentence) and sentence.german not in said:
            said.add(sentence.german)
            yield sentence


class SampleMaker:
    """Draws samples."""

    def __init__(self, seed: int, pieces: Sequence[str] = ()) -> None:
        """Start from a seed; `pieces` are parts of made-up words."""
        self._generator = random.Random(seed)
        self._inventor = made_up.Inventor(self._generator, pieces)
        self._errors = RecognitionErrors(self._generator)

    def draw(self) -> Sample:
        """Draw one to three sentences in one language, half of the time as recognition may have heard them."""
        generator = self._generator
        language = generator.choice(WRITTEN)
        others = [other for other in WRITTEN if other != language]
        if generator.random() < _STRANGE_SHARE:
            text = self._strange_text(language)
            return Sample(language, text, dict.fromkeys(others, text))
        count = generator.choices((1, 2, 3), (0.48, 0.48, 0.04))[0]
        placeholders = generator.sample(made_up.PLACEHOLDERS, 9)
        sentences = [self._sentence(language, placeholders) for _ in range(count)]
        with_errors = generator.random() < 0.6
        sources = [
            self._errors.heard(sentence.written(language), language) if with_errors else sentence.written(language)
            for sentence in sentences
        ]
        source = " ".join(sources)
        targets = {other: " ".join(sentence.written(other) for sentence in sentences) for other in others}
        if generator.random() < 0.03:
            share, is_end = generator.uniform(0.3, 0.9), generator.random() < 0.3
            source = _cut(source, share, is_end)
            targets = {other: _cut(target, share, is_end) for other, target in targets.items()}
        return Sample(language, source, targets)

    def _sentence(self, language: str, placeholders: list[str]) -> Sentence:
        generator = self._generator
        kind = generator.random()
        while True:
            german, english = generator.choice(_WITH_NAMES if kind < 0.15 else _AGREEING if kind > 0.92 else TEMPLATES)
            values = {slot: generator.choice(pairs) for slot, pairs in SLOTS.items()}
            if not is_held_out(grammar.fill(german, english, values)):
                break
        open_slots = [slot for slot in _OPEN_SLOTS if "{" + slot + "}" in german]
        if kind < 0.5 and "day" in open_slots and generator.random() < 0.5:
            open_slots.remove("day")
            values["day"] = (dates.DAY,) * 2
        for slot in open_slots:
            if 0.35 < kind < 0.5 and placeholders and generator.random() < 0.8:
                values[slot] = self._with_article(slot, placeholders.pop())
            elif kind < 0.35 and generator.random() < (0.8 if slot in ("name", "number") else 0.4):
                values[slot] = self._with_article(slot, self._made_up(slot))
        sentence = grammar.fill(german, english, values)
        if values["day"][0] == dates.DAY:
            is_hidden = kind > 0.35 and bool(placeholders)
            sentence = dates.with_date(sentence, generator, language, placeholders.pop() if is_hidden else None)
        if values["number"][0] in made_up.PLACEHOLDERS and generator.random() < 0.5:
            sentence = dates.without_unit(sentence, values["number"][0])
        if generator.random() < 0.03 and placeholders:
            sentence = _with_end(sentence, placeholders.pop())
        return sentence

    def _strange_text(self, language: str) -> str:
        """Return a text that means nothing in the world: the model is to copy it, which is noticed, not to guess."""
        generator = self._generator
        written = written_words(language)
        known = sorted(word for word in written if word[:1].islower() or word.lower() not in written)
        count = generator.randint(1, 9)
        share = 0.0 if count < 5 else generator.choice((0.0, 0.3, 0.6))
        words = [
            generator.choice(known) if generator.random() < share else self._inventor.word().lower()
            for _ in range(count)
        ]
        text = " ".join(words)
        return text[0].upper() + text[1:] + generator.choice((".", ".", "?", ""))

    def _with_article(self, slot: str, word: str) -> tuple[str, str]:
        """Return the word in German and English, for a thing sometimes with an article."""
        if slot == "thing" and self._generator.random() < 0.4:
            return f"{self._generator.choice(('das', 'die'))} {word}", f"the {word}"
        return word, word

    def _made_up(self, slot: str) -> str:
        if slot == "number":
            return made_up.digits(self._generator)
        return self._inventor.name() if slot == "name" else self._inventor.word()


def _with_end(sentence: Sentence, end: str) -> Sentence:
    """Put a word before the last punctuation mark in every language."""
    texts = []
    for language in WRITTEN:
        text = sentence.written(language)
        bare = text.rstrip(".?\u00a0")
        texts.append(f"{bare} {end}{text[len(bare) :]}")
    return Sentence(*texts)


def _cut(text: str, share: float, is_end: bool) -> str:
    """Return the first words of a text, or its last."""
    words = text.split(" ")
    if is_end:
        return " ".join(words[-max(1, round(share * len(words))) :])
    return " ".join(words[: max(1, round(share * len(words)))]).rstrip(".,?\u00a0")
