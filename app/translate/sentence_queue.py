"""The sentences of one source that are not translated yet, in order; pure."""

import math
from collections import deque
from dataclasses import dataclass, field

from app.captions.event import Event, join_texts
from app.translate.phrase_translation import Piece
from app.translate.request import Translation
from app.translate.sentence_division import divide_text
from app.translate.sentence_split import is_long, split_sentences

SENTENCE_WAIT_S = 2.0
"""How long a phrase that ends in mid-sentence waits for the rest: half a sentence alone is translated badly, but its
reader waits."""

CONTEXT_MAX_S = 30.0
"""Silence after which the sentence before is no context any more."""


@dataclass(slots=True)
class SourceSentence:
    """One sentence, or the part of it that was said in time; one request translates it."""

    language: str
    pieces: list[Piece] = field(default_factory=list)
    """One for each phrase that it is in."""
    due_s: float = -math.inf
    """When to stop waiting for its rest, on the room's clock."""
    start_s: float = 0.0
    end_s: float = 0.0
    """Where the first of its phrases begins and the last ends, on the room's clock."""

    @property
    def text(self) -> str:
        """What was said."""
        text = ""
        for piece in self.pieces:
            text = join_texts(text, piece.source)
        return text.strip()

    @property
    def is_whole(self) -> bool:
        """Whether it ends as a sentence does."""
        return not split_sentences(self.text, self.language, is_end=True).rest

    def settle(self, translation: Translation | None, target: str) -> bool:
        """Give the phrases their parts, of the original text if there is no translation; return whether there is."""
        if translation is None or translation.fault is not None or not translation.text.strip():
            for piece in self.pieces:
                piece.text, piece.language = piece.source, self.language
            return False
        parts = divide_text(translation.text.strip(), [len(piece.source) for piece in self.pieces], target)
        for piece, part in zip(self.pieces, parts, strict=True):
            piece.text, piece.language = part, target
        return True


def may_join(before: Event, following: Event) -> bool:
    """Return whether a sentence of one phrase may go on in the next one of its source."""
    return (
        before.language == following.language
        and before.speaker == following.speaker
        and session_of(before) == session_of(following)
        and following.start_s - before.end_s <= SENTENCE_WAIT_S
    )


def session_of(event: Event) -> str:
    """Return the number of the source session in which a phrase was said."""
    return event.phrase.partition("-")[0]


class SentenceQueue:
    """The sentences that wait for their rest or their translation; only the last one may wait for its rest."""

    def __init__(self) -> None:
        """Start with no sentence."""
        self._waiting: deque[SourceSentence] = deque()
        self.open: SourceSentence | None = None
        """The sentence that waits for its rest; it is the last one."""
        self._ended_in: Event | None = None
        """The phrase in which the open sentence breaks off."""

    def __len__(self) -> int:
        """Return how many sentences wait."""
        return len(self._waiting)

    @property
    def due_s(self) -> float:
        """When the open sentence waits no longer."""
        return self.open.due_s if self.open else math.inf

    def first(self) -> SourceSentence | None:
        """Return the sentence to translate next, None if there is none that is whole."""
        return self._waiting[0] if self._waiting and self._waiting[0] is not self.open else None

    def remove_first(self) -> None:
        """Remove the first sentence, which is translated."""
        self._waiting.popleft()

    def add(self, piece: Piece, phrase: Event) -> None:
        """Add a whole sentence of a phrase, or the rest of the open one."""
        if self.open is not None:
            self._extend(piece, phrase)
            self.close()
        else:
            self._append(piece, phrase)

    def add_open(self, piece: Piece, phrase: Event, due_s: float) -> None:
        """Add what a phrase ends with; it waits for the rest of its sentence until `due_s`."""
        if self.open is None:
            self.open = self._append(piece, phrase)
            self.open.due_s = due_s
        else:
            self._extend(piece, phrase)
        self._ended_in = phrase
        if is_long(self.open.text):
            self.close()

    def accepts(self, phrase: Event) -> bool:
        """Return whether the open sentence may go on in this phrase."""
        return self._ended_in is not None and may_join(self._ended_in, phrase)

    def close(self) -> None:
        """Let the open sentence wait no longer."""
        self.open = self._ended_in = None

    def _append(self, piece: Piece, phrase: Event) -> SourceSentence:
        sentence = SourceSentence(phrase.language, [piece], start_s=phrase.start_s, end_s=phrase.end_s)
        self._waiting.append(sentence)
        return sentence

    def _extend(self, piece: Piece, phrase: Event) -> None:
        assert self.open is not None
        self.open.pieces.append(piece)
        self.open.end_s = phrase.end_s
