"""The final phrases that wait to be sent to a meeting, as blocks of lines that are shown together; pure.

Meeting programs can only add text, so only waiting phrases can change: corrected ones are sent corrected, withdrawn
ones are not sent. What was said while screens were hidden is never sent.
"""

from dataclasses import dataclass

from app.captions.event import Event
from app.captions.speaker_names import SpeakerNaming, mark_change
from app.outputs.cues import wrap
from app.outputs.fallback import mark_fallback
from app.outputs.hidden_speech import HiddenSpeech
from app.outputs.recent_phrases import RecentPhrases

WAIT_MAX_S = 15.0
"""Maximum wait; a phrase sent later would seem to be said now."""

KNOWN_MAX = 10_000
"""Phrases whose names are remembered, about a day of talk."""


@dataclass(frozen=True, slots=True)
class CaptionShape:
    """The size of a block."""

    columns: int
    """Of one line."""
    n_lines: int


@dataclass(frozen=True, slots=True)
class CaptionBlock:
    """Lines that are sent together."""

    lines: tuple[str, ...]
    language: str
    spoken_at_s: float
    """When its first word was spoken, in seconds since 1970."""
    parts: tuple[tuple[str, int], ...]
    """The names of its phrases, and how many lines belong to each."""


@dataclass(slots=True)
class _QueuedPhrase:
    event: Event
    lines: list[str]
    queued_s: float
    spoken_at_s: float
    n_sent: int = 0
    mark: str = ""
    """What stands before its text: the name of the speaker, or that it is another one."""


class CaptionQueue:
    """The final phrases of one track that are still to be sent."""

    def __init__(self, shape: CaptionShape) -> None:
        """Create an empty queue."""
        self._shape = shape
        self._phrases: dict[str, _QueuedPhrase] = {}
        self._open: dict[str, float] = {}
        """Phrases that are open now, and when the first event of each came, in seconds since 1970."""
        self._known = RecentPhrases(KNOWN_MAX)
        """Phrases that were sent, wait, or must not be sent."""
        self._hidden_speech = HiddenSpeech()
        self._naming = SpeakerNaming()
        self._sent_label: str | None = None
        """Who said what was sent last."""

    @property
    def is_hidden(self) -> bool:
        """Whether screens are hidden."""
        return self._hidden_speech.is_hidden

    def put(self, event: Event, track: str, *, now_s: float, unix_s: float) -> None:
        """Add the next event; `now_s` is on any clock that never goes back, `unix_s` counts from 1970."""
        event, name = mark_fallback(event), event.phrase
        if event.state == "open":
            if not (event.committed or event.tentative):
                self._open.pop(name, None)
            elif self.is_hidden or (name not in self._open and self._hidden_speech.includes(now_s)):
                self._known.add(name)
            else:
                self._open.setdefault(name, unix_s)
        elif event.track != track:
            return
        elif name in self._known:
            self._update(event)
        else:
            self._known.add(name)
            opened_at_s = self._open.pop(name, None)
            must_hide = self.is_hidden or (opened_at_s is None and self._hidden_speech.includes(now_s))
            must_hide = must_hide or event.is_backfilled  # it would seem to be said now
            lines = wrap(event.committed, self._shape.columns) if event.state == "final" and not must_hide else []
            if lines:
                spoken_at_s = unix_s - (event.end_s - event.start_s)
                spoken_at_s = spoken_at_s if opened_at_s is None else min(spoken_at_s, opened_at_s)
                self._phrases[name] = _QueuedPhrase(event, lines, now_s, spoken_at_s)
        self._put_names()

    def set_naming(self, naming: SpeakerNaming) -> None:
        """Use other names of speakers for what waits and what comes."""
        self._naming = naming
        self._put_names()

    def skip(self, event: Event, track: str) -> None:
        """Never send the phrase of an event that is older than the output."""
        if event.track == track:
            self._known.add(event.phrase)

    def hide(self) -> None:
        """Never send what waits or is being said."""
        self._hidden_speech.hide()
        self._phrases.clear()
        for name in self._open:
            self._known.add(name)
        self._open.clear()

    def show(self, *, now_s: float, behind_s: float) -> None:
        """Send what is said from now on; the decoder lags by `behind_s`."""
        self._hidden_speech.show(now_s, behind_s=behind_s)

    def clear(self) -> None:
        """Never send what waits."""
        self._phrases.clear()

    def drop_expired(self, now_s: float) -> int:
        """Drop the phrases that have waited too long, and return how many."""
        expired = [name for name, phrase in self._phrases.items() if now_s - phrase.queued_s > WAIT_MAX_S]
        for name in expired:
            del self._phrases[name]
        self._put_names()
        return len(expired)

    @property
    def n_blocks(self) -> int:
        """How many blocks the waiting lines fill."""
        n_lines = sum(len(phrase.lines) - phrase.n_sent for phrase in self._phrases.values())
        return -(-n_lines // self._shape.n_lines)

    def first(self) -> CaptionBlock | None:
        """Return the next block, which stays in the queue until it is removed; None if nothing waits."""
        lines: list[str] = []
        parts: list[tuple[str, int]] = []
        for name, phrase in self._phrases.items():
            n_free = self._shape.n_lines - len(lines)
            if not n_free or (parts and phrase.event.language != self._phrases[parts[0][0]].event.language):
                break
            part = phrase.lines[phrase.n_sent : phrase.n_sent + n_free]
            lines += part
            parts.append((name, len(part)))
        if not parts:
            return None
        head = self._phrases[parts[0][0]]
        share = sum(map(len, head.lines[: head.n_sent])) / sum(map(len, head.lines))
        spoken_at_s = head.spoken_at_s + share * (head.event.end_s - head.event.start_s)
        return CaptionBlock(tuple(lines), head.event.language, spoken_at_s, tuple(parts))

    def remove(self, block: CaptionBlock) -> None:
        """Remove a block that was sent or is given up."""
        for name, n_lines in block.parts:
            phrase = self._phrases.get(name)
            if phrase is not None:
                phrase.n_sent += n_lines
                self._sent_label = phrase.event.speaker
                if phrase.n_sent >= len(phrase.lines):
                    del self._phrases[name]

    def _update(self, event: Event) -> None:
        phrase = self._phrases.get(event.phrase)
        if phrase is None or event.state == "final":
            return
        lines = wrap(event.committed, self._shape.columns) if event.state == "corrected" else []
        if not lines:
            del self._phrases[event.phrase]
        elif not phrase.n_sent:  # after the first half was sent, the second must match it
            phrase.event, phrase.lines, phrase.mark = event, lines, ""

    def _put_names(self) -> None:
        """Put a name or mark where the speaker changes between waiting phrases; it begins the first line of one."""
        before = self._naming.shown(self._sent_label)
        for phrase in self._phrases.values():
            name = self._naming.shown(phrase.event.speaker)
            mark = mark_change(before, name)
            if not phrase.n_sent and mark != phrase.mark:
                phrase.mark = mark
                phrase.lines = wrap(mark + phrase.event.committed, self._shape.columns)
            before = name
