"""Raises alarms within five seconds: for sound that fails, speech without text, and failing outputs; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from app.captions.event import Event
from app.captions.room_state import Alarm, OutputState, RoomState, SourceState

CHECK_S = 0.5
"""Time between two checks."""

NO_TEXT_S = 4.0
"""Speech without text for this long is an alarm; first words usually take 0.8 s, and 1.4 s at p95."""

RETRYING_S = 2.0
"""An output that is retrying for this long is an alarm; one request that is sent again is not."""

BEHIND_ALARM_S = 5.0
"""More seconds of undecoded sound than this are an alarm for the operator. Pages call captions late from 4 s on, see
`LATE_S` in static/room/captions.js."""

QUIET = "Speech is very quiet, so words may be missed. Move the microphone closer to the speaker, or turn its level up."

QUIET_HOLD_S = 5.0
"""How long the alarm for quiet speech stays in a pause of the speaker; without it the alarm would come and go."""


@dataclass(slots=True)
class _SpeechClock:
    """Speech of one source."""

    since_text_s: float = 0.0
    """Seconds of speech since its last word of text."""
    checked_s: float = 0.0
    quiet_s: float = -inf
    """When it was too quiet last."""


class Watchdog:
    """Checks one room about every CHECK_S seconds; times are on any clock that never goes back."""

    def __init__(self) -> None:
        """Start with no sources and outputs."""
        self._speeches: dict[str, _SpeechClock] = {}
        self._failing_since_s: dict[str, float] = {}
        """When each failing output began to fail."""

    def on_event(self, event: Event) -> None:
        """Record that a source's speech led to text."""
        if (event.committed or event.tentative) and event.source in self._speeches:
            self._speeches[event.source].since_text_s = 0.0

    def check(self, state: RoomState, problem: str, now_s: float) -> tuple[Alarm, ...]:
        """Return the alarms of this moment; `problem` is the log's."""
        alarms = [Alarm("store", "captions", problem)] if problem else []
        known = {source.name for source in state.sources}
        self._speeches = {name: speech for name, speech in self._speeches.items() if name in known}
        for source in state.sources:
            alarms += self._check_source(source, now_s, is_paused=state.showing.is_paused)
        alarms += self._check_outputs(state.outputs, now_s)
        return tuple(alarms)

    def _check_outputs(self, outputs: tuple[OutputState, ...], now_s: float) -> Iterator[Alarm]:
        failing = [output for output in outputs if output.health.status in ("retrying", "failed")]
        self._failing_since_s = {output.id: self._failing_since_s.get(output.id, now_s) for output in failing}
        for output in failing:
            if output.health.status == "failed" or now_s - self._failing_since_s[output.id] >= RETRYING_S:
                yield Alarm("output", output.id, output.health.message)

    def _check_source(self, source: SourceState, now_s: float, *, is_paused: bool) -> Iterator[Alarm]:
        speech = self._speeches.setdefault(source.name, _SpeechClock(checked_s=now_s))
        if source.status != "listening" or not source.is_speech or is_paused:
            speech.since_text_s = 0.0
        else:
            speech.since_text_s += now_s - speech.checked_s
        speech.checked_s = now_s
        if source.status in ("waiting", "retrying", "failed"):
            yield Alarm("no_sound", source.name, source.message)
        if source.status != "listening":
            return
        if source.is_dead:
            yield Alarm(
                "no_sound", source.name, "Only digital silence arrives. Look for a mute switch or a loose cable."
            )
        if source.is_clipping:
            yield Alarm("clipping", source.name, "The input is clipping. Turn the microphone down.")
        if source.is_quiet and source.is_speech and not is_paused:
            speech.quiet_s = now_s
        elif not source.is_quiet:
            speech.quiet_s = -inf
        if now_s - speech.quiet_s < QUIET_HOLD_S:
            yield Alarm("quiet", source.name, QUIET)
        if source.behind_s >= BEHIND_ALARM_S:
            message = f"Subtitles are {source.behind_s:.0f} s behind; the machine is overloaded."
            yield Alarm("behind", source.name, message)
        elif speech.since_text_s >= NO_TEXT_S:
            yield Alarm(
                "no_text", source.name, "Somebody is speaking, but there is no text. Check the spoken language."
            )
