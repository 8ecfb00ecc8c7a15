"""Sentences of the world with dates and units in digits, which each language writes in its own way."""

import random

from app.demo.training import french, portuguese
from app.demo.training.grammar import WRITTEN, Sentence
from app.demo.training.world import SLOTS

DAY = "⟦day⟧"
"""Stands for the day in a sentence that is to get a date."""

_UNITS = (
    (" Prozent", " percent", " pour cent", " por cento"),
    (" Millionen Euro", " million euros", " millions d'euros", " milhões de euros"),
)


def with_date(sentence: Sentence, generator: random.Random, source: str, placeholder: str | None) -> Sentence:
    """Put a date, in digits or as a placeholder, where DAY stands.

    Args:
        sentence: A sentence with DAY in every language.
        generator: Draws the date.
        source: The language that the model reads; only there a date is written in several ways.
        placeholder: What stands for the digits, or for the whole date; None for digits.
    """
    if placeholder is not None and generator.random() < 0.5:
        dates = dict.fromkeys(WRITTEN, placeholder)
    else:
        number = placeholder or str(generator.randint(1, 31))
        german, english = generator.choice(SLOTS["month"])
        has_point = placeholder is None or (source == "de" and generator.random() < 0.5)
        is_month_first = source == "en" and generator.random() < 0.5
        dates = {
            "de": f"{number}. {german}" if has_point else f"{number} {german}",
            "en": f"{english} {number}" if is_month_first else f"{number} {english}",
            "fr": f"{number} {french.SLOTS['month'][german]}",
            "pt": f"{number} de {portuguese.SLOTS['month'][german]}",
        }
    return Sentence(
        sentence.german.replace(DAY, dates["de"]),
        sentence.english.replace(DAY, dates["en"]),
        sentence.french.replace(f"de {DAY}", f"du {dates['fr']}").replace(DAY, f"le {dates['fr']}"),
        sentence.portuguese.replace(f"Na {DAY}", f"Em {dates['pt']}")
        .replace(f"na {DAY}", f"em {dates['pt']}")
        .replace(DAY, dates["pt"]),
    )


def without_unit(sentence: Sentence, placeholder: str) -> Sentence:
    """Leave out the unit behind a placeholder, which then stands for number and unit together."""
    texts = [sentence.written(language) for language in WRITTEN]
    for units in _UNITS:
        texts = [text.replace(placeholder + unit, placeholder) for text, unit in zip(texts, units, strict=True)]
    return Sentence(*texts)
