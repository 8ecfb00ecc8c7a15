"""Runs Silero VAD, the speech detector that comes with faster-whisper, on steps of 32 ms of one stream."""

from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from app.audio.chunk import SAMPLE_RATE, Samples
from app.errors import ModelError

STEP = 512
"""Samples in one step; the model knows no other length at 16 kHz."""

STEP_S = STEP / SAMPLE_RATE
"""Seconds in one step."""

CONTEXT = 64
"""Samples before a step that the model reads too."""

FILE = Path("assets", "silero_vad_v6.onnx")
"""Where the model is in the package faster_whisper."""


@dataclass(slots=True, eq=False)
class SileroState:
    """What the model remembers of one stream."""

    hidden: NDArray[np.float32] = field(default_factory=lambda: np.zeros((1, 1, 128), np.float32))
    cell: NDArray[np.float32] = field(default_factory=lambda: np.zeros((1, 1, 128), np.float32))


class SileroModel:
    """The loaded model; streams and threads share it, because each stream has its own state."""

    def __init__(self) -> None:
        """Load the model; takes 50 ms.

        Raises:
            ModelError: The installed package faster_whisper has no such model.
        """
        package = find_spec("faster_whisper")  # found, not imported: importing it loads CTranslate2
        folders = (package.submodule_search_locations or []) if package else []
        path = next((Path(folder, FILE) for folder in folders if Path(folder, FILE).is_file()), None)
        if path is None:
            raise ModelError(
                f"Expected {FILE.name} in the package faster-whisper, but it is not there. "
                "Install a version of faster-whisper that contains it, such as 1.2."
            )
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1  # a step takes 0.07 ms: more threads would only wait for each other
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(self, sound: Samples, state: SileroState) -> list[float]:
        """Return the probability of speech in each step, and advance the state.

        `sound` has the shape (CONTEXT + n * STEP,): the steps follow the samples before the first one.
        """
        n_steps = (len(sound) - CONTEXT) // STEP
        if n_steps <= 0:
            return []
        steps = np.lib.stride_tricks.as_strided(
            sound, (n_steps, CONTEXT + STEP), (STEP * sound.itemsize, sound.itemsize), writeable=False
        )
        given = {"input": np.ascontiguousarray(steps), "h": state.hidden, "c": state.cell}
        probabilities, state.hidden, state.cell = self._session.run(None, given)
        return [float(probability) for probability in probabilities.reshape(-1)]


@cache
def shared_model() -> SileroModel:
    """Return the process's model; loads it at the first call and raises ModelError."""
    return SileroModel()
