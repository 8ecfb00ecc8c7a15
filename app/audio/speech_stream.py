"""Finds speech in one stream of sound: a cheap gate first, then the speech model while the gate is open."""

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.gain import AutomaticGain
from app.audio.silero import CONTEXT, STEP, SileroModel, SileroState, shared_model
from app.audio.speech_gate import SpeechGate
from app.audio.speech_thresholds import THRESHOLDS, SpeechThresholds

WARM_STEPS = 8
"""Steps before the opening of the gate that the model hears first, so that it knows the room: a quarter of a second."""

SCALE_STEPS = 64
"""The model hears the loudest of this many steps, two seconds, at SCALED_RMS. It misses quiet speech in noise, and a
voice that becomes louder in leaps; noise is no speech to it at any level."""

SCALED_RMS = 10 ** (-25 / 20)

SCALE_MAX = 10 ** (30 / 20)
"""Largest factor for the model; its ear needs no more."""

GATE_SCALE_MAX = 10 ** (20 / 20)
"""Largest factor for the gate: a larger one would open it for the noise of a silent room."""

_HISTORY = CONTEXT + WARM_STEPS * STEP
_SILENT = 1e-6


LATE_GAIN_S = 1.5
"""How far back the first gain is applied: from before the first word and the silence that is decoded with it. No decode
has begun then, because the first one needs 0.8 s of voice."""


@dataclass(frozen=True, slots=True)
class LateGain:
    """A gain for sound that was passed on without it, because the level of the speech was not known yet."""

    start_s: float
    end_s: float
    factor: float


@dataclass(frozen=True, slots=True, eq=False)
class SpeechChunk:
    """A chunk of sound as it is decoded, and where there is speech in it."""

    chunk: Chunk
    """The sound after the automatic gain, without samples that came before."""
    probabilities: tuple[float, ...]
    """Probability of speech of every step of STEP_S that this sound completes; steps are counted from 0 s on the
    session's clock. A gap before the chunk gives steps of 0."""
    limits: SpeechThresholds = THRESHOLDS
    """From which probability on a step is speech."""
    late_gain: LateGain | None = None
    """Must be applied after this sound was added; comes once, in the first word of a stream."""


class SpeechStream:
    """Speech detection and automatic gain of one source; chunks arrive in order."""

    def __init__(self, thresholds: SpeechThresholds = THRESHOLDS, model: SileroModel | None = None) -> None:
        """Start at 0 s on the session's clock; None is the process's model.

        Raises:
            ModelError: There is no speech model.
        """
        self._thresholds = thresholds
        self._model = model or shared_model()
        self._gate = SpeechGate(thresholds.gate_dbfs)
        self._gain = AutomaticGain(thresholds)
        self._end = 0
        """Number of the sample after the newest one."""
        self._sound = np.zeros(_HISTORY, np.float32)
        """The newest sound before the gain: the history, then the part of the running step that has arrived."""
        self._peaks: deque[float] = deque([_SILENT] * SCALE_STEPS, SCALE_STEPS)
        """RMS of the newest steps."""
        self._state: SileroState | None = None
        """The model's memory while the gate is open, else None."""
        self._open_s = 0.0
        """How long the gate stays open."""
        self._late_gain: LateGain | None = None
        self._taken: tuple[Chunk, int] | None = None
        """The chunk that waits for the model, and the steps of silence before it."""

    @property
    def is_quiet(self) -> bool:
        """Whether the newest speech has been too quiet for some seconds."""
        return self._gain.is_quiet

    def feed(self, chunk: Chunk) -> SpeechChunk:
        """Analyse the next chunk; a gap before it counts as silence, samples that came before are left out."""
        return self.take(chunk) or self.finish()

    def take(self, chunk: Chunk) -> SpeechChunk | None:
        """Take the next chunk; return it if there is no speech for sure, else None: `finish` must follow."""
        chunk, n_silent = self._align(chunk)
        self._open_s -= len(chunk.samples) / SAMPLE_RATE
        if self._gate.hears(chunk.samples * np.float32(min(self._scale(), GATE_SCALE_MAX))):
            self._open_s = self._thresholds.hold_s
        self._taken = chunk, n_silent
        return None if self._open_s > 0 else self._finish(is_open=False)

    def finish(self) -> SpeechChunk:
        """Run the model on the chunk that was taken; blocks for 0.1 ms a step."""
        return self._finish(is_open=True)

    def _finish(self, *, is_open: bool) -> SpeechChunk:
        if self._taken is None:
            raise ValueError("there is no chunk that waits for the model")
        (chunk, n_silent), self._taken = self._taken, None
        if not is_open:
            self._state = None
        elif self._state is None:
            self._state = SileroState()
            n_whole = len(self._sound) - self._n_begun
            self._model.run(self._sound[:n_whole] * np.float32(self._scale()), self._state)
        probabilities = [0.0] * n_silent
        amplified: list[Samples] = []
        self._late_gain = None
        first = 0
        while first < len(chunk.samples):
            piece = chunk.samples[first : first + STEP - self._n_begun]
            first += len(piece)
            amplified.append(self._gain.apply(piece))
            self._sound = np.concatenate([self._sound, piece])
            if self._n_begun == STEP:
                probabilities.append(self._end_step(self._end + first))
        self._end += len(chunk.samples)
        samples = np.concatenate(amplified) if amplified else chunk.samples
        return SpeechChunk(replace(chunk, samples=samples), tuple(probabilities), self._thresholds, self._late_gain)

    @property
    def _n_begun(self) -> int:
        """Samples of the running step that have arrived."""
        return len(self._sound) - _HISTORY

    def _scale(self) -> float:
        """Return the factor at which the model hears the sound."""
        return min(max(1.0, SCALED_RMS / max(self._peaks)), SCALE_MAX)

    def _end_step(self, end: int) -> float:
        """Return the probability of the complete step, which ends before sample number `end`, and begin the next."""
        step = self._sound[-STEP:]
        rms = math.sqrt(float(np.dot(step, step)) / STEP)
        self._peaks.append(max(rms, _SILENT))
        probability = 0.0
        if self._state is not None:
            given = self._sound[-CONTEXT - STEP :] * np.float32(self._scale())
            [probability] = self._model.run(given, self._state)
            late = self._gain.follow(rms, probability)
            if late is not None and late > 1:
                end_s = end / SAMPLE_RATE
                self._late_gain = LateGain(max(0.0, end_s - LATE_GAIN_S), end_s, late)
        self._sound = self._sound[-_HISTORY:]
        return probability

    def _align(self, chunk: Chunk) -> tuple[Chunk, int]:
        """Return the new part of a chunk, and the steps that a gap before it completes."""
        missing = round(chunk.start_s * SAMPLE_RATE) - self._end
        if missing < 0:
            return Chunk(chunk.samples[-missing:], self._end / SAMPLE_RATE), 0
        if missing == 0:
            return chunk, 0
        n_before = self._end // STEP
        self._end += missing
        self._gate.reset()
        self._open_s, self._state = 0.0, None
        self._sound = np.zeros(_HISTORY + self._end % STEP, np.float32)
        return chunk, self._end // STEP - n_before
