"""The text of the text source in OBS: the last two lines of what was said; pure."""

from dataclasses import dataclass

from app.captions.event import Event
from app.captions.speaker_names import SpeakerNaming, mark_change
from app.outputs.cues import CUE_LINES, fill
from app.outputs.hidden_speech import HiddenSpeech
from app.outputs.recent_phrases import RecentPhrases

CLEAR_S = 5.0
"""Silence after which the text is cleared."""

SHOWN_MAX = 4
"""Number of kept phrases: two fill the lines, the others return if those are withdrawn."""

KNOWN_MAX = 500
"""Phrases that have left the text and are remembered; about half an hour of talk."""


@dataclass(frozen=True, slots=True)
class _NamedText:
    text: str
    label: str | None
    before: str | None
    """Label of who spoke before, which stays: a phrase that moves up must not change its lines."""


class ObsText:
    """Turns events into two lines of text.

    Each phrase begins a line. A word stays on its line, and lines only move up: text that grows is not wrapped again.
    Times are seconds of any clock that never goes back.
    """

    def __init__(self) -> None:
        """Start with no text."""
        self._shown: dict[str, _NamedText] = {}
        """Text of each phrase, oldest first."""
        self._naming = SpeakerNaming()
        self._removed: dict[str, str | None] = {}
        """Phrases no longer in the text, with their last text; None if they must not return."""
        self._hidden = RecentPhrases(KNOWN_MAX)
        self._hidden_speech = HiddenSpeech()
        self.clears_s: float | None = None
        """When the text is cleared unless more is said; None without text."""

    @property
    def phrases(self) -> tuple[str, ...]:
        """Names of the phrases kept."""
        return tuple(self._shown)

    @property
    def text(self) -> str:
        """The lines, joined by a line feed."""
        lines = [line for shown in self._shown.values() for line in fill(self._with_name(shown))]
        return "\n".join(lines[-CUE_LINES:])

    def update(self, event: Event, now_s: float) -> None:
        """Show the current state of a phrase; corrections only change phrases that are in the text."""
        name, text, before = event.phrase, _event_text(event), self.text
        last = next(reversed(self._shown.values())).label if self._shown else None
        if name in self._hidden:
            return
        if name in self._shown:
            if text:
                self._shown[name] = _NamedText(text, event.speaker, self._shown[name].before)
            else:
                self._remove(name)
        elif name not in self._removed and self._hidden_speech.includes(now_s):
            self.hide_phrase(event)
        elif text and event.state in ("open", "final") and self._removed.get(name, "") not in (None, text):
            self._removed.pop(name, None)
            self._shown[name] = _NamedText(text, event.speaker, last)
            if len(self._shown) > SHOWN_MAX:
                self._remove(self.phrases[0], for_good=True)
        if self.text != before:
            self.clears_s = now_s + CLEAR_S if self._shown else None

    def set_naming(self, naming: SpeakerNaming) -> bool:
        """Show other names of speakers, and return whether the text changes."""
        before, self._naming = self.text, naming
        return self.text != before

    def hide_phrase(self, event: Event) -> None:
        """Never show this phrase, on any track: it was said while screens were hidden."""
        self._shown.pop(event.phrase, None)
        self._hidden.add(event.phrase)

    def is_phrase_hidden(self, event: Event) -> bool:
        """Return whether the phrase must not be shown."""
        return event.phrase in self._hidden

    def clear(self) -> None:
        """Remove all text; a phrase returns only if its text changes."""
        for name in self.phrases:
            self._remove(name)
        self.clears_s = None

    def show(self, now_s: float) -> None:
        """Show what is said from now on, after screens were hidden."""
        self._hidden_speech.show(now_s)

    def forget(self) -> None:
        """Remove and forget all text, because the room has erased it."""
        self._shown.clear()
        self._removed.clear()
        self.clears_s = None

    def clear_if_due(self, now_s: float) -> None:
        """Clear the text after a silence."""
        if self.clears_s is not None and now_s >= self.clears_s:
            self.clear()

    def _with_name(self, shown: _NamedText) -> str:
        mark = mark_change(self._naming.shown(shown.before), self._naming.shown(shown.label))
        return mark.encode("utf-8", "replace").decode() + shown.text

    def _remove(self, name: str, *, for_good: bool = False) -> None:
        text = self._shown.pop(name).text
        self._removed.pop(name, None)
        self._removed[name] = None if for_good else text
        if len(self._removed) > KNOWN_MAX:
            del self._removed[next(iter(self._removed))]


def _event_text(event: Event) -> str:
    if event.state == "withdrawn":
        return ""
    # a lone surrogate cannot be encoded and would end the connection
    return event.text.encode("utf-8", "replace").decode().strip()
