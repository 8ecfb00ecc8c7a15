"""Names and words that the world does not know: a translation model has to copy them letter by letter."""

import random
from collections.abc import Sequence
from functools import cache

from app.demo.training.grammar import WRITTEN, written_words

_ONSETS = ("b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "kr", "l", "m", "n", "ng", "p",
           "ph", "pr", "q", "r", "s", "sch", "sh", "sk", "st", "sz", "t", "tr", "v", "w", "x", "y", "z", "zh",
           "b", "d", "k", "l", "m", "n", "r", "s", "t", "ç", "š", "č", "ł", "ñ", "ř", "ż", "ş", "ğ", "ć", "đ",
           "", "", "")  # fmt: skip
_VOWELS = (*"aeiouaeiouaeiouaeiou", "ai", "au", "ei", "ie", "oo", "ou", "y", "ä", "ö", "ü",
           "é", "è", "ê", "ã", "á", "í", "ó", "ø", "å", "ë", "ï", "ě", "ı", "ę", "ô", "ú")  # fmt: skip
_CODAS = ("", "", "", "", "n", "r", "s", "l", "m", "t", "k", "nd", "rt", "ck", "ss", "x", "ß", "ng", "th")

PLACEHOLDERS = tuple(f"⟦{number}⟧" for number in range(1, 10))
"""Stand for parts that must arrive unchanged; one token each."""


class Inventor:
    """Makes up words: of syllables, and of the pieces that a tokenizer cuts unknown words into."""

    def __init__(self, generator: random.Random, pieces: Sequence[str] = ()) -> None:
        self._generator = generator
        self._pieces = pieces

    def word(self) -> str:
        """Draw a made-up name; sometimes with a hyphen, an apostrophe, capitals or digits."""
        generator = self._generator
        made = self._base().capitalize()
        kind = generator.random()
        if kind < 0.05:
            return made + "-" + self._base().capitalize()
        if kind < 0.08:
            return generator.choice(("O'", "D'", "Mc", "Mac")) + made
        if kind < 0.12:
            return made.upper()
        if kind < 0.15:
            return made + generator.choice(("", " ", "-")) + str(generator.randint(1, 99))
        if kind < 0.17:
            return "".join(generator.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(generator.randint(2, 5)))
        if kind < 0.19:
            return made[0].lower() + made[1:]
        return made

    def name(self) -> str:
        """Draw a person's name, in a quarter of the cases with a family name."""
        return self.word() + (" " + self.word() if self._generator.random() < 0.25 else "")

    def _base(self) -> str:
        generator = self._generator
        kind = generator.random()
        if kind < 0.45:
            return _syllables(generator)
        if kind < 0.6 or not self._pieces:
            return _scraps(generator)
        made = "".join(generator.choice(self._pieces) for _ in range(generator.choice((1, 2, 2, 3))))
        return made if len(made) > 2 else made + _syllables(generator)


def digits(generator: random.Random) -> str:
    """Draw a number as digits, also with thousands, decimals, or a colon as in times."""
    kind = generator.random()
    if kind < 0.5:
        return str(generator.randint(0, 99))
    if kind < 0.8:
        return str(generator.randint(100, 9999))
    if kind < 0.9:
        return f"{generator.randint(0, 99)}{generator.choice('.,')}{generator.randint(0, 99)}"
    return f"{generator.randint(1, 999)}{generator.choice('.,:')}{generator.randint(0, 999):03d}"


def _scraps(generator: random.Random) -> str:
    """Join scraps of the world's words: a tokenizer cuts unknown names into such pieces."""
    made = ""
    for _ in range(generator.choice((1, 2, 2, 3))):
        known = generator.choice(_world_words())
        first = generator.randrange(len(known))
        made += known[first : first + generator.randint(2, 5)]
    return made if len(made) > 2 else made + generator.choice(_VOWELS) + "n"


@cache
def _world_words() -> tuple[str, ...]:
    words = {word for language in WRITTEN for word in written_words(language)}
    return tuple(sorted(word for word in words if word.isalpha() and len(word) > 2))


def _syllables(generator: random.Random) -> str:
    count = generator.choice((1, 2, 2, 2, 3, 3, 4))
    made = "".join(
        generator.choice(_ONSETS) + generator.choice(_VOWELS) + generator.choice(_CODAS) for _ in range(count)
    )
    return made if len(made) > 1 else made + "n"
