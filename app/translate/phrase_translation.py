"""One phrase on one target track, from its first translated sentence until it is final; pure."""

from dataclasses import dataclass, field, replace

from app.captions.event import Event, join_texts

REVS_PER_S = 100
"""Revisions a second at most. A phrase's revisions begin at this many for each second of the room's clock, so that they
rise even if its translation begins again: after a restart of the service, or when readers come back."""


@dataclass(slots=True)
class Piece:
    """A part of a phrase's text on the target track: a translated sentence, its share of one, or words as they were
    said."""

    source: str
    """What was said, with the space before it."""
    text: str | None = None
    """What readers get; None until it is translated."""
    language: str = ""
    """Of `text`: the target, or the spoken language where the original text stands for a translation."""


@dataclass(frozen=True, slots=True)
class TranslatedEvent:
    """An event of a target track."""

    event: Event
    original: str
    """What the original said when this was translated."""


@dataclass(slots=True)
class PhraseTranslation:
    """The state of a phrase; its committed text only grows."""

    original: Event
    """Its newest state on the original track."""
    target: str
    is_backfilled: bool = False
    """Whether it was said before the translation began, and is not shown as news."""
    n_taken: int = 0
    """Characters of its original text that are in pieces."""
    pieces: list[Piece] = field(default_factory=list)
    preview: str = ""
    """Grey text after the translated pieces, ..."""
    preview_after: int = 0
    """... if there are this many."""
    rev: int = 0
    _shown: tuple[str, str] = ("", "")

    @property
    def is_final(self) -> bool:
        """Whether nothing follows on the original track."""
        return self.original.is_logged

    @property
    def passes(self) -> bool:
        """Whether it is spoken in the target language, which needs no translation."""
        return self.original.language == self.target

    @property
    def untaken(self) -> str:
        """The committed original text that is in no piece yet."""
        return self.original.committed[self.n_taken :]

    @property
    def n_known(self) -> int:
        """How many pieces, from the first on, have their text."""
        return next((i for i, piece in enumerate(self.pieces) if piece.text is None), len(self.pieces))

    @property
    def is_done(self) -> bool:
        """Whether all of its text is there."""
        return self.is_final and self.n_known == len(self.pieces) and not self.untaken.strip()

    def take(self, source: str) -> Piece:
        """Return a new piece for the next part of the original text."""
        self.n_taken += len(source)
        self.pieces.append(Piece(source))
        return self.pieces[-1]

    def take_untranslated(self) -> None:
        """Take the rest of the committed text as it is."""
        if self.untaken:
            piece = self.take(self.untaken)
            piece.text, piece.language = piece.source, self.original.language

    def show(self, now_s: float) -> TranslatedEvent | None:
        """Return the event that shows its text; None if it is shown already. `now_s` is on the room's clock."""
        tentative = self._tentative()
        shown = (self._committed(), tentative)
        if shown == self._shown:
            return None
        self._shown = shown
        return self._build(now_s, tentative)

    def hide(self, now_s: float) -> TranslatedEvent | None:
        """Return the event that removes its text; None if there is none."""
        if self._shown == ("", ""):
            return None
        self._shown = ("", "")
        removed = self._build(now_s, "")
        return replace(removed, event=replace(removed.event, committed="", doubtful=()))

    def close(self, now_s: float) -> TranslatedEvent:
        """Return the event that closes the phrase."""
        closed = self._build(now_s, "")
        return replace(closed, event=replace(closed.event, state="final", is_backfilled=self.is_backfilled))

    def _committed(self) -> str:
        text = ""
        for piece in self.pieces[: self.n_known]:
            text = join_texts(text, piece.text or "")
        return text.strip()

    def _tentative(self) -> str:
        if self.passes and self.n_known == len(self.pieces):
            return self.original.tentative
        return self.preview if self.preview_after == self.n_known else ""

    def _build(self, now_s: float, tentative: str) -> TranslatedEvent:
        self.rev = max(self.rev + 1, round(now_s * REVS_PER_S))
        original, committed = self.original, self._committed()
        languages = {piece.language for piece in self.pieces[: self.n_known]} - {self.target}
        event = replace(
            original,
            epoch="",
            seq=None,
            rev=self.rev,
            track=self.target,
            state="open",
            # an original text among translations is marked, whatever its share
            language=languages.pop() if languages else self.target,
            committed=committed,
            tentative=tentative,
            is_outdated=False,
            doubtful=original.doubtful if committed == original.committed else (),
        )
        return TranslatedEvent(event, original.committed)
