"""The text of a room as messages give it, word by word, to compare it with what a page shows."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WIDE = r"[\u3040-\u30ff\u3400-\u9fff]"
TOKEN = re.compile(rf"{WIDE}|[^\s\u3040-\u30ff\u3400-\u9fff]+")
IS_WIDE = re.compile(WIDE).match
SENTENCE_END = re.compile(r"[.?!…:。？！؟][\"'”’»)]*$")
RECENT = 12
"""Phrases of a track among which a shown word is looked for."""

KEPT_S = 3.0
"""How long a tentative word that its phrase has lost still counts as text of the room."""


def normal(text: str) -> str:
    """Return a word without case and punctuation, or a mark as it is."""
    return re.sub(r"[^\w]", "", text.casefold()) or text


@dataclass(slots=True)
class KnownWord:
    """A word of the room's text."""

    phrase: str
    at: int
    text: str
    seen_s: float
    committed_s: float | None
    gone_s: float | None = None
    shown_s: float | None = None


class KnownText:
    """The text of one track as messages give it."""

    def __init__(self) -> None:
        self.phrases: dict[str, list[KnownWord]] = {}
        self.all: list[KnownWord] = []

    def apply(self, at_s: float, caption: dict[str, object]) -> None:
        """Take the newest state of a phrase."""
        phrase = str(caption["phrase"])
        committed = TOKEN.findall(str(caption["committed"])) if caption["state"] != "withdrawn" else []
        words = committed + (TOKEN.findall(str(caption["tentative"])) if caption["state"] == "open" else [])
        before = [word for word in self.phrases.get(phrase, []) if word.gone_s is None]
        now: list[KnownWord] = []
        matched: set[int] = set()
        olds, news = [normal(word.text) for word in before], [normal(word) for word in words]
        pairs = {
            b + i: a + i
            for a, b, n in SequenceMatcher(None, olds, news, autojunk=False).get_matching_blocks()
            for i in range(n)
        }
        for at, text in enumerate(words):
            known = before[pairs[at]] if at in pairs else KnownWord(phrase, at, text, at_s, None)
            if at in pairs:
                matched.add(pairs[at])
            else:
                self.all.append(known)
            known.at, known.text = at, text
            if at < len(committed) and known.committed_s is None:
                known.committed_s = at_s
            now.append(known)
        for i, word in enumerate(before):
            if i not in matched:
                word.gone_s = at_s
        lost = [word for word in self.phrases.get(phrase, []) if word.gone_s is not None]
        self.phrases[phrase] = now + [word for word in [*lost, *before] if word.gone_s is not None and word not in now]

    def words(self, at_s: float) -> list[KnownWord]:
        """Return the words that were just lost, then the text of the newest phrases."""
        recent = [word for words in list(self.phrases.values())[-RECENT:] for word in words]
        lost = [word for word in recent if word.gone_s is not None and at_s - word.gone_s < KEPT_S]
        return lost + [word for word in recent if word.gone_s is None]
