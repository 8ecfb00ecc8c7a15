"""Mistakes of speech recognition, put into a text; its translation stays that of the right text."""

import json
import random
from pathlib import Path

from app.demo.training.grammar import written_words

CONFUSIONS = Path(__file__).with_name("confusions.json")
"""What the demo's Whisper model wrote for a word, for each language: word → heard word → times."""

_HEARD_RIGHT = 15
"""Added to how often a word was heard right: one mistake in a few words says little about how often it is made."""
_HESITATIONS = {
    "de": ("Ähm,", "Äh", "Also", "Ja,", "Und", "Okay,", "So,"),
    "en": ("Um,", "Uh,", "Well,", "So", "And", "Okay,", "Yes,"),
    "fr": ("Euh,", "Alors,", "Et", "Bon,", "Oui,"),
    "pt": ("Hum,", "Então,", "E", "Bom,", "Sim,"),
}
"""Words before a sentence that the translation leaves out."""
_LETTERS = "abcdefghijklmnopqrstuvwxyzäöüéçã"


class RecognitionErrors:
    """Draws mistakes; words that recognition is known to confuse are confused in their real shares."""

    def __init__(self, generator: random.Random) -> None:
        self._generator = generator
        read: dict[str, dict[str, dict[str, int]]] = {}
        if CONFUSIONS.exists():
            read = json.loads(CONFUSIONS.read_text(encoding="utf-8"))
        self._heard = {
            language: {word: ([word, *heard], [_HEARD_RIGHT, *heard.values()]) for word, heard in words.items()}
            for language, words in read.items()
        }

    def heard(self, text: str, language: str) -> str:
        """Return the text as recognition may have written it."""
        generator = self._generator
        words = [heard for word in text.split(" ") for heard in self._word(word, language)]
        written = " ".join(words) or text
        if generator.random() < 0.03:
            written = f"{generator.choice(_HESITATIONS[language])} {written}"
        kind = generator.random()
        if kind < 0.12:
            written = written.rstrip(".?\u00a0")
        elif kind < 0.17:
            plain = (word.strip(".,?\u00a0") for word in written.split(" "))
            known = written_words(language)
            written = " ".join(word.lower() if word in known else word for word in plain)
        elif kind < 0.22 and written.split(" ")[0] in written_words(language):
            written = written[:1].lower() + written[1:]
        elif kind < 0.25:
            written = written.replace(",", "").replace("\u00a0", " ")
        elif kind < 0.28:
            written = written.replace("\u00a0", "")
        return written.strip() or text

    def _word(self, word: str, language: str) -> list[str]:
        generator = self._generator
        if "⟦" in word:
            return [word]
        bare = word.strip(".,?\u00a0")
        known = self._heard.get(language, {}).get(bare)
        if known is not None:
            heard = generator.choices(known[0], known[1])[0]
            if heard != bare:
                return [word.replace(bare, heard)] if heard else []
        kind = generator.random()
        if kind > 0.035:
            return [word]
        if kind < 0.007:
            return []
        if kind < 0.014:
            return [word, word]
        if bare not in written_words(language):
            # a name has to arrive as it was heard
            return [word]
        place = generator.randrange(len(word))
        if kind < 0.021:
            return [word[:place] + word[place + 1 :]] if len(word) > 1 else [word]
        return [word[:place] + generator.choice(_LETTERS) + word[place + generator.randint(0, 1) :]]
