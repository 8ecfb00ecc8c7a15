"""Notices within five seconds what a person should look at: sound that fails, speech without text, outputs; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.captions.event import Event
from app.captions.room_state import Alarm, OutputState, RoomState, SourceState

LOOK_S = 0.5
"""Time between two looks."""

SPEECH_S = 4.0
"""Speech in a row without a word of text; first words take 0.8 s as a rule and 1.4 s at p95."""

RETRYING_S = 2.0
"""One request that fails and is sent again is no trouble yet."""

BEHIND_S = 5.0
"""From here on readers are told that words are late, and so is the operator."""


@dataclass(slots=True)
class _Speech:
    """What is known of one source."""

    since_text_s: float = 0.0
    """Speech since its last word of text."""
    looked_s: float = 0.0


class Watchdog:
    """Watches one room; called about every LOOK_S seconds, with seconds on any clock that never goes back."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._speeches: dict[str, _Speech] = {}
        self._troubled: dict[str, float] = {}
        """Since when an output has not worked."""

    def hear(self, event: Event) -> None:
        """Take note of text that a source's speech became."""
        if (event.committed or event.tentative) and event.source in self._speeches:
            self._speeches[event.source].since_text_s = 0.0

    def look(self, state: RoomState, problem: str, now_s: float) -> tuple[Alarm, ...]:
        """Return what is wrong now; `problem` is the log's."""
        alarms = [Alarm("store", "captions", problem)] if problem else []
        known = {source.name for source in state.sources}
        self._speeches = {name: speech for name, speech in self._speeches.items() if name in known}
        for source in state.sources:
            alarms += self._of_source(source, now_s, is_paused=state.showing.is_paused)
        alarms += self._of_outputs(state.outputs, now_s)
        return tuple(alarms)

    def _of_outputs(self, outputs: tuple[OutputState, ...], now_s: float) -> Iterator[Alarm]:
        troubled = [output for output in outputs if output.health.status in ("retrying", "failed")]
        self._troubled = {output.id: self._troubled.get(output.id, now_s) for output in troubled}
        for output in troubled:
            if output.health.status == "failed" or now_s - self._troubled[output.id] >= RETRYING_S:
                yield Alarm("output", output.id, output.health.message)

    def _of_source(self, source: SourceState, now_s: float, *, is_paused: bool) -> Iterator[Alarm]:
        speech = self._speeches.setdefault(source.name, _Speech(looked_s=now_s))
        if source.status != "listening" or not source.is_speech or is_paused:
            speech.since_text_s = 0.0
        else:
            speech.since_text_s += now_s - speech.looked_s
        speech.looked_s = now_s
        if source.status in ("waiting", "retrying", "failed"):
            yield Alarm("no_sound", source.name, source.message)
        if source.status != "listening":
            return
        if source.is_dead:
            yield Alarm(
                "no_sound", source.name, "Only digital silence arrives. Look for a mute switch or a loose cable."
            )
        if source.is_clipping:
            yield Alarm("clipping", source.name, "The sound is too loud and cut off. Turn the microphone down.")
        if source.behind_s >= BEHIND_S:
            yield Alarm(
                "behind", source.name, f"Words come {source.behind_s:.0f} s late; the machine has too much to do."
            )
        elif speech.since_text_s >= SPEECH_S:
            yield Alarm("no_text", source.name, "Somebody speaks, but no text comes of it. Check the spoken language.")
