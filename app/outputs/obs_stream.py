"""Closed captions inside a stream, which viewers switch on in their player: two short lines of Latin letters; pure.

They are CEA-608, the captions of American television. OBS inserts them immediately, without pauses.
"""

import unicodedata
from collections import deque
from dataclasses import dataclass

from app.captions.speaker_names import mark_change
from app.outputs.cues import wrap
from app.outputs.recent_phrases import RecentPhrases

COLUMNS = 32
"""Of a CEA-608 row."""

LINES = 2

PACE_S = 1.0
"""Between two captions, as in Web Captioner and OBS's own captions plug-in; players drop some that come faster."""

WAITING_MAX = 8
"""Maximum waiting captions: half a minute of fast talk. Beyond that the oldest is dropped."""

KNOWN_MAX = 500
"""Phrases that are remembered as sent or waiting; about half an hour of talk."""

ASCII = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "...", "ł": "l"})
"""Replacements of characters that CEA-608 does not have."""


@dataclass(frozen=True, slots=True)
class _StreamCaption:
    phrase: str
    text: str


class StreamCaptions:
    """The captions waiting to be sent; they can still change."""

    def __init__(self) -> None:
        """Start with no caption."""
        self._waiting: deque[_StreamCaption] = deque()
        self._started = ""
        """The phrase of the last caption that was sent; more of it may wait."""
        self._speaker: str | None = None
        """Name of who said the phrase that was added last."""
        self._marks: dict[str, str] = {}
        """What stands before the words of waiting phrases whose speaker is another one: a name, or a mark."""
        self._known = RecentPhrases(KNOWN_MAX)
        """Phrases that were added."""
        self.n_dropped = 0
        """Captions that were dropped for newer ones."""

    def add(self, phrase: str, text: str, speaker: str | None = None) -> None:
        """Add a final phrase, once; text that cannot be written in Latin letters is left out.

        The name of the speaker stands before it if somebody else said the phrase before; a mark, if there is no name or
        it cannot be written.
        """
        if phrase in self._known:  # published again, as a translation whose original was corrected
            return
        self._known.add(phrase)
        if speaker != self._speaker:
            self._marks[phrase] = mark_change(self._speaker, speaker if speaker and split_captions(speaker) else None)
        self._speaker = speaker
        self._waiting.extend(_StreamCaption(phrase, block) for block in self._split(phrase, text))
        self._drop_oldest()

    def change(self, phrase: str, text: str) -> None:
        """Change the text of a phrase that waits; an empty text removes it.

        After the first caption of a phrase was sent, the rest keeps its words: it must fit the first.
        """
        places = [i for i, caption in enumerate(self._waiting) if caption.phrase == phrase]
        if not places or (text and phrase == self._started):
            return
        first = places[0]
        others = [caption for caption in self._waiting if caption.phrase != phrase]
        changed = [_StreamCaption(phrase, block) for block in self._split(phrase, text)]
        self._waiting = deque(others[:first] + changed + others[first:])
        self._drop_oldest()

    @property
    def n_waiting(self) -> int:
        """Captions that wait."""
        return len(self._waiting)

    def pop(self) -> str:
        """Remove the oldest caption and return its text; there must be one."""
        caption = self._waiting.popleft()
        self._started = caption.phrase
        return caption.text

    def clear(self) -> None:
        """Remove all captions that wait."""
        self._waiting.clear()

    def _split(self, phrase: str, text: str) -> list[str]:
        """Return the captions of a phrase, with the name or mark before it if it has one."""
        return split_captions(self._marks.get(phrase, "") + text) if split_captions(text) else []

    def _drop_oldest(self) -> None:
        while len(self._waiting) > WAITING_MAX:
            self._started = self._waiting.popleft().phrase
            self.n_dropped += 1
        waiting = {caption.phrase for caption in self._waiting}
        self._marks = {phrase: mark for phrase, mark in self._marks.items() if phrase in waiting}


def split_captions(text: str) -> list[str]:
    """Return a text as CEA-608 captions; none if fewer than half of its letters are Latin."""
    letters = [letter for letter in text if letter.isalpha()]
    if sum(_is_latin(letter) for letter in letters) * 2 < len(letters):
        return []
    lines = wrap("".join(map(_to_latin, unicodedata.normalize("NFC", text).translate(ASCII))), COLUMNS)
    return ["\n".join(lines[first : first + LINES]) for first in range(0, len(lines), LINES)]


def _is_latin(letter: str) -> bool:
    return bool(_to_latin(letter.translate(ASCII)).strip())


def _to_latin(letter: str) -> str:
    """Return the character if Latin-1 has it, otherwise the character without its marks, if Latin-1 has that."""
    if ord(letter) < 0x100:
        return letter
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if ord(part) < 0x100)
