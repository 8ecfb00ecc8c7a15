"""Captions inside a stream, which players switch on: Latin letters, two short lines, one a second; pure.

They are CEA-608, the captions of American television. OBS puts them into the stream as they come and paces nothing.
"""

import unicodedata
from collections import deque
from dataclasses import dataclass

from app.outputs.cues import wrap

COLUMNS = 32
"""Of a CEA-608 row."""

LINES = 2

PACE_S = 1.0
"""Between two captions; more often, players drop some (the pace of Web Captioner, as OBS's own captions plug-in)."""

WAITING_MAX = 8
"""Captions that may wait: those of the last half minute of fast talk. The oldest gives way."""

KNOWN_MAX = 500
"""Phrases that are known to have been taken; about half an hour of talk."""

ASCII = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "...", "ł": "l"})
"""What CEA-608 has no character for, and what stands for it."""


@dataclass(frozen=True, slots=True)
class _StreamCaption:
    phrase: str
    text: str


class StreamCaptions:
    """The captions that wait for their turn, which can still be changed."""

    def __init__(self) -> None:
        """Begin with none."""
        self._waiting: deque[_StreamCaption] = deque()
        self._begun = ""
        """The phrase of which captions left last; more of it may wait."""
        self._known: dict[str, None] = {}
        """Phrases that were taken, the oldest first."""
        self.n_dropped = 0
        """Captions that others took the place of."""

    def take(self, phrase: str, text: str) -> None:
        """Let a final phrase wait, once; what cannot be written in Latin letters is left out."""
        if phrase in self._known:  # told again, as a translation whose original was corrected
            return
        self._known[phrase] = None
        if len(self._known) > KNOWN_MAX:
            del self._known[next(iter(self._known))]
        self._waiting.extend(_StreamCaption(phrase, block) for block in blocks(text))
        self._give_way()

    def change(self, phrase: str, text: str) -> None:
        """Let a phrase that waits go out with these words, or, where there are none, let what waits of it not go out.

        One that has begun to go out keeps its words: its second half must fit the first.
        """
        places = [i for i, caption in enumerate(self._waiting) if caption.phrase == phrase]
        if not places or (text and phrase == self._begun):
            return
        first = places[0]
        others = [caption for caption in self._waiting if caption.phrase != phrase]
        changed = [_StreamCaption(phrase, block) for block in blocks(text)]
        self._waiting = deque(others[:first] + changed + others[first:])
        self._give_way()

    @property
    def n_waiting(self) -> int:
        """Captions that wait."""
        return len(self._waiting)

    def next(self) -> str:
        """Take the oldest out; there must be one."""
        caption = self._waiting.popleft()
        self._begun = caption.phrase
        return caption.text

    def clear(self) -> None:
        """Let none wait."""
        self._waiting.clear()

    def _give_way(self) -> None:
        while len(self._waiting) > WAITING_MAX:
            self._begun = self._waiting.popleft().phrase
            self.n_dropped += 1


def blocks(text: str) -> list[str]:
    """Return a text as CEA-608 captions; none if fewer than half of its letters are Latin."""
    letters = [letter for letter in text if letter.isalpha()]
    if sum(_is_latin(letter) for letter in letters) * 2 < len(letters):
        return []
    lines = wrap("".join(map(_latin, unicodedata.normalize("NFC", text).translate(ASCII))), COLUMNS)
    return ["\n".join(lines[first : first + LINES]) for first in range(0, len(lines), LINES)]


def _is_latin(letter: str) -> bool:
    return bool(_latin(letter.translate(ASCII)).strip())


def _latin(letter: str) -> str:
    """Return the character if Latin-1 has it, else what is left of it without its marks."""
    if ord(letter) < 0x100:
        return letter
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if ord(part) < 0x100)
