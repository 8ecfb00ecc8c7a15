"""Finds speech in one stream of sound: a cheap gate first, then the speech model while the gate is open."""

from dataclasses import dataclass

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.silero import CONTEXT, STEP, SileroModel, SileroState, shared_model
from app.audio.speech_gate import SpeechGate
from app.audio.speech_thresholds import THRESHOLDS, SpeechThresholds

WARM_STEPS = 8
"""Steps before the opening of the gate that the model hears first, so that it knows the room: a quarter of a second."""

_HISTORY = CONTEXT + WARM_STEPS * STEP


@dataclass(frozen=True, slots=True, eq=False)
class SpeechChunk:
    """A chunk of sound as it is decoded, and where there is speech in it."""

    chunk: Chunk
    """The sound after the automatic gain, without samples that came before."""
    probabilities: tuple[float, ...]
    """Probability of speech of every step of STEP_S that this sound completes; steps are counted from 0 s on the
    session's clock. A gap before the chunk gives steps of 0."""


class SpeechStream:
    """Speech detection of one source; chunks arrive in order."""

    def __init__(self, thresholds: SpeechThresholds = THRESHOLDS, model: SileroModel | None = None) -> None:
        """Start at 0 s on the session's clock; None is the process's model.

        Raises:
            ModelError: There is no speech model.
        """
        self._thresholds = thresholds
        self._model = model or shared_model()
        self._gate = SpeechGate(thresholds.gate_dbfs)
        self._end = 0
        """Number of the sample after the newest one."""
        self._sound = np.zeros(_HISTORY, np.float32)
        """The newest sound: the history before the next step, then the part of this step that has arrived."""
        self._state: SileroState | None = None
        """The model's memory while the gate is open, else None."""
        self._open_s = 0.0
        """How long the gate stays open."""
        self._taken: tuple[Chunk, int] | None = None
        """The chunk that waits for the model, and the steps of silence before it."""

    def feed(self, chunk: Chunk) -> SpeechChunk:
        """Analyse the next chunk; a gap before it counts as silence, samples that came before are left out."""
        return self.take(chunk) or self.finish()

    def take(self, chunk: Chunk) -> SpeechChunk | None:
        """Take the next chunk; return it if there is no speech for sure, else None: `finish` must follow."""
        chunk, n_silent = self._align(chunk)
        self._sound = np.concatenate([self._sound, chunk.samples])
        self._end += len(chunk.samples)
        self._open_s -= len(chunk.samples) / SAMPLE_RATE
        if self._gate.hears(chunk.samples):
            self._open_s = self._thresholds.hold_s
        if self._open_s > 0:
            self._taken = chunk, n_silent
            return None
        self._state = None
        return SpeechChunk(chunk, (0.0,) * (n_silent + self._drop_steps()))

    def finish(self) -> SpeechChunk:
        """Run the model on the chunk that was taken; blocks for 0.07 ms a step."""
        if self._taken is None:
            raise ValueError("there is no chunk that waits for the model")
        (chunk, n_silent), self._taken = self._taken, None
        if len(self._sound) < _HISTORY + STEP:
            return SpeechChunk(chunk, (0.0,) * n_silent)
        first = _HISTORY - CONTEXT
        if self._state is None:
            self._state = SileroState()
            self._model.run(self._sound[:_HISTORY], self._state)
        probabilities = self._model.run(self._sound[first:], self._state)
        self._drop_steps()
        return SpeechChunk(chunk, (0.0,) * n_silent + tuple(probabilities))

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

    def _drop_steps(self) -> int:
        """Remove the complete steps from the newest sound, and return how many there were."""
        n_steps = (len(self._sound) - _HISTORY) // STEP
        self._sound = self._sound[n_steps * STEP :]
        return n_steps
