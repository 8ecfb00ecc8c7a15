"""Final phrases to blocks of lines that a meeting program shows at once; pure.

Meeting programs only ever add text, so what waits here is all that can still be changed: a phrase that is corrected
while it waits goes out corrected, one that is withdrawn does not go out, and what was said while screens were hidden
never does.
"""

from dataclasses import dataclass

from app.captions.event import Event
from app.outputs.cues import wrap

LATE_MAX_S = 15.0
"""A phrase that waited for longer, because nothing could be sent, would be taken for what is said now."""

HEARD_LATE_S = 2.0
"""How long after a word was spoken it may be heard of first; more when the decoder is behind."""

REMEMBERED = 10_000
"""Phrases known by name, about a day of talk."""


@dataclass(frozen=True, slots=True)
class CaptionShape:
    """The form of what is shown at once."""

    columns: int
    """Of one line."""
    n_lines: int


@dataclass(frozen=True, slots=True)
class CaptionBlock:
    """Lines that go out together."""

    lines: tuple[str, ...]
    language: str
    said_s: float
    """When its first word was spoken, in seconds since 1970."""
    parts: tuple[tuple[str, int], ...]
    """The phrases it is made of, and how many lines of each."""


@dataclass(slots=True)
class _QueuedPhrase:
    event: Event
    lines: list[str]
    heard_s: float
    said_s: float
    n_taken: int = 0


class CaptionQueue:
    """The final phrases of one track that are still to be sent."""

    def __init__(self, shape: CaptionShape) -> None:
        """Begin with none."""
        self._shape = shape
        self._phrases: dict[str, _QueuedPhrase] = {}
        self._open: dict[str, float] = {}
        """Phrases that are open now, and when each was first heard of, in seconds since 1970."""
        self._known: dict[str, None] = {}
        """Phrases that are sent, waiting, or not to be sent."""
        self._clean_s = 0.0
        """What is first heard of before this moment may have been said while screens were hidden."""
        self.is_hidden = False

    def hear(self, event: Event, track: str, *, now_s: float, today_s: float) -> None:
        """Take an event as it comes; `now_s` is any clock that never goes back, `today_s` counts from 1970."""
        name = event.phrase
        if event.state == "open":
            if not (event.committed or event.tentative):
                self._open.pop(name, None)
            elif self.is_hidden or (name not in self._open and now_s < self._clean_s):
                self._know(name)
            else:
                self._open.setdefault(name, today_s)
        elif event.track != track:
            return
        elif name in self._known:
            self._change(event)
        else:
            self._know(name)
            opened_s = self._open.pop(name, None)
            is_unfit = self.is_hidden or (opened_s is None and now_s < self._clean_s)
            lines = wrap(event.committed, self._shape.columns) if event.state == "final" and not is_unfit else []
            if lines:
                said_s = today_s - (event.end_s - event.start_s)
                said_s = said_s if opened_s is None else min(said_s, opened_s)
                self._phrases[name] = _QueuedPhrase(event, lines, now_s, said_s)

    def skip(self, event: Event, track: str) -> None:
        """Never send the phrase of an event that is older than the output."""
        if event.track == track:
            self._know(event.phrase)

    def hide(self) -> None:
        """Send nothing of what waits or is being said, now or later."""
        self.is_hidden = True
        self._phrases.clear()
        for name in self._open:
            self._know(name)
        self._open.clear()

    def show(self, *, now_s: float, behind_s: float) -> None:
        """Send what is said from now on; the decoder is `behind_s` behind."""
        self.is_hidden = False
        self._clean_s = now_s + behind_s + HEARD_LATE_S

    def forget(self) -> None:
        """Send nothing of what waits."""
        self._phrases.clear()

    def expire(self, now_s: float) -> int:
        """Give up what has waited for too long, and return how many phrases."""
        late = [name for name, phrase in self._phrases.items() if now_s - phrase.heard_s > LATE_MAX_S]
        for name in late:
            del self._phrases[name]
        return len(late)

    @property
    def n_blocks(self) -> int:
        """How many blocks the waiting lines make."""
        n_lines = sum(len(phrase.lines) - phrase.n_taken for phrase in self._phrases.values())
        return -(-n_lines // self._shape.n_lines)

    def first(self) -> CaptionBlock | None:
        """Return the next block, which stays here until it is taken; None if nothing waits."""
        lines: list[str] = []
        parts: list[tuple[str, int]] = []
        for name, phrase in self._phrases.items():
            room = self._shape.n_lines - len(lines)
            if not room or (parts and phrase.event.language != self._phrases[parts[0][0]].event.language):
                break
            some = phrase.lines[phrase.n_taken : phrase.n_taken + room]
            lines += some
            parts.append((name, len(some)))
        if not parts:
            return None
        head = self._phrases[parts[0][0]]
        share = sum(map(len, head.lines[: head.n_taken])) / sum(map(len, head.lines))
        said_s = head.said_s + share * (head.event.end_s - head.event.start_s)
        return CaptionBlock(tuple(lines), head.event.language, said_s, tuple(parts))

    def take(self, block: CaptionBlock) -> None:
        """Remove a block: it was sent, or will not be sent any more from here."""
        for name, n_lines in block.parts:
            phrase = self._phrases.get(name)
            if phrase is not None:
                phrase.n_taken += n_lines
                if phrase.n_taken >= len(phrase.lines):
                    del self._phrases[name]

    def _change(self, event: Event) -> None:
        phrase = self._phrases.get(event.phrase)
        if phrase is None or event.state == "final":
            return
        lines = wrap(event.committed, self._shape.columns) if event.state == "corrected" else []
        if not lines:
            del self._phrases[event.phrase]
        elif not phrase.n_taken:  # what is out cannot be changed, and its second half must fit the first
            phrase.event, phrase.lines = event, lines

    def _know(self, name: str) -> None:
        self._known[name] = None
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
