"""Cuts the sound of one stream into windows of voice, from which a speaker model finds who speaks; pure."""

from dataclasses import dataclass

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Samples
from app.audio.silero import STEP_S
from app.audio.speech_stream import SpeechChunk


@dataclass(frozen=True, slots=True)
class VoiceWindowTimes:
    """Lengths of windows, in seconds."""

    window_s: float = 1.5
    """Longest window. Speaker models need one or two seconds; a longer one more often has two people in it."""
    hop_s: float = 0.5
    """Voice between two windows of a long utterance."""
    pause_s: float = 0.3
    """A silence as long as this ends an utterance: people take turns at pauses, so no window goes across one."""
    least_s: float = 0.5
    """Shorter utterances are not analysed: they say too little about the voice."""


WINDOW_TIMES = VoiceWindowTimes()


@dataclass(frozen=True, slots=True, eq=False)
class VoiceWindow:
    """Some voice of one utterance, in one piece."""

    samples: Samples
    start_s: float
    """On the session's clock."""
    end_s: float
    utterance: int
    """Number of the utterance, rising: between two of them was a pause."""
    is_last: bool
    """Whether the utterance ends with it."""


class VoiceWindows:
    """The windows of one stream; keeps the sound of one window and its pause, and no more."""

    def __init__(self, times: VoiceWindowTimes = WINDOW_TIMES) -> None:
        """Start at 0 s with silence."""
        self._times = times
        self._sound = np.zeros(0, np.float32)
        self._end = 0
        """Number of the sample after the newest one."""
        self._n_steps = 0
        self._is_voice = False
        self._utterance = 0
        self._begun_s: float | None = None
        """Where the running utterance begins; None in a pause."""
        self._voice_end_s = 0.0
        """Where its newest voice ends."""
        self._cut_s = 0.0
        """Where its newest window ends."""

    def feed(self, speech: SpeechChunk) -> list[VoiceWindow]:
        """Add the next sound and return the windows that it completes, oldest first."""
        gap_s = speech.chunk.start_s - self._end / SAMPLE_RATE
        found = self.end() if gap_s >= self._times.pause_s else []  # its sound is not kept over the gap
        self._keep(speech)
        for probability in speech.probabilities:
            self._is_voice = probability >= (speech.limits.off if self._is_voice else speech.limits.on)
            start_s = self._n_steps * STEP_S
            self._n_steps += 1
            if self._is_voice:
                if self._begun_s is None:
                    self._begun_s = self._cut_s = start_s
                    self._utterance += 1
                self._voice_end_s = start_s + STEP_S
                is_due = self._voice_end_s - self._cut_s >= self._times.hop_s - 1e-6
                if is_due and self._voice_end_s - self._begun_s >= self._times.window_s - 1e-6:
                    found.append(self._take(is_last=False))
            elif self._begun_s is not None and start_s + STEP_S - self._voice_end_s >= self._times.pause_s:
                found += self.end()
        return found

    def end(self) -> list[VoiceWindow]:
        """End the running utterance and return its last window, if it has enough voice."""
        if self._begun_s is None:
            return []
        is_long = self._voice_end_s - self._begun_s >= self._times.least_s
        last = [self._take(is_last=True)] if is_long and self._voice_end_s > self._cut_s else []
        self._begun_s = None
        return last

    def _take(self, *, is_last: bool) -> VoiceWindow:
        assert self._begun_s is not None
        end_s = self._cut_s = self._voice_end_s
        start_s = max(self._begun_s, end_s - self._times.window_s)
        first = self._end - len(self._sound)
        samples = self._sound[max(0, round(start_s * SAMPLE_RATE) - first) : round(end_s * SAMPLE_RATE) - first]
        return VoiceWindow(samples.copy(), start_s, end_s, self._utterance, is_last)

    def _keep(self, speech: SpeechChunk) -> None:
        chunk = speech.chunk
        start = round(chunk.start_s * SAMPLE_RATE)
        if start > self._end:
            silence = np.zeros(min(start - self._end, SAMPLE_RATE), np.float32)
            self._sound = np.concatenate([self._sound, silence])
        self._end = start + len(chunk.samples)
        n_kept = round((self._times.window_s + self._times.pause_s + 0.5) * SAMPLE_RATE)
        self._sound = np.concatenate([self._sound, chunk.samples])[-n_kept:]
