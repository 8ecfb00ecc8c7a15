"""Runs a speaker model: an ONNX file that turns the filterbank of a voice into an embedding.

The file has WeSpeaker's, 3D-Speaker's or sherpa-onnx' form: one input of shape (batch, frames, 80), and an output of
shape (batch, size). Names and sizes are read from the file.
"""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as errors

from app.audio.chunk import SAMPLE_RATE, Samples
from app.audio.filterbank import HOP, N_BANDS, centred, filterbank
from app.errors import ModelError

SIMILARITY = 0.3
"""Cosine from which on two windows of 1.5 s are likely one person, for a model that does not say its own. Models
trained on thousands of people give two windows of one person about 0.5 to 0.7, and of two people about 0 to 0.2."""

SIMILARITY_NOTE = "surtitle_similarity"
"""Under this key a file's metadata may say its own."""

FRAMES_MIN = 20
"""Least frames of a window, 0.2 s; shorter ones are not worth an embedding."""

_FORMS = "a WeSpeaker, 3D-Speaker or sherpa-onnx model with one input of 80 bands (batch, frames, 80)"


class SpeakerModel:
    """A loaded speaker model; threads may share it."""

    def __init__(self, path: Path) -> None:
        """Load a file and try it on a second of noise; takes a tenth of a second for 25 MB.

        Raises:
            ModelError: It is no such file, or not a speaker model of a known form.
        """
        self.path = path
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1  # the decoding needs the other cores
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except (errors.Fail, errors.InvalidProtobuf, errors.NoSuchFile, errors.InvalidGraph) as exc:
            raise ModelError(f"Expected {_FORMS}, but {path.name} cannot be loaded ({_first_line(exc)}).") from exc
        except (errors.NotImplemented, errors.RuntimeException, errors.InvalidArgument, ValueError) as exc:
            raise ModelError(f"Expected {_FORMS}, but {path.name} cannot be run ({_first_line(exc)}).") from exc
        self._input, self._output = self._find_names()
        self.similarity = self._read_similarity()
        noise = np.random.default_rng(0).standard_normal(SAMPLE_RATE).astype(np.float32) * np.float32(0.1)
        tried = self.embed(noise)
        if tried is None or not np.isfinite(tried).all():
            raise ModelError(f"Expected {_FORMS}, but {path.name} gives no finite embedding for a second of noise.")
        self.size = len(tried)
        """Numbers in an embedding."""

    def embed(self, samples: Samples) -> NDArray[np.float32] | None:
        """Return the embedding of a voice, of length 1; None if there is too little of it, or no sound.

        Raises:
            ModelError: The model cannot be run.
        """
        if len(samples) < FRAMES_MIN * HOP:
            return None
        bands = centred(filterbank(samples))
        try:
            found = np.asarray(self._session.run([self._output], {self._input: bands[None]})[0], np.float32)
        except (errors.Fail, errors.RuntimeException, errors.InvalidArgument) as exc:
            raise ModelError(f"Expected {_FORMS}, but {self.path.name} cannot be run ({_first_line(exc)}).") from exc
        length = float(np.linalg.norm(found))
        if not np.isfinite(length) or length <= 0:
            return None
        embedding: NDArray[np.float32] = found.reshape(-1) / np.float32(length)
        return embedding

    def _find_names(self) -> tuple[str, str]:
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        forms = ", ".join(f"{one.name} {one.shape}" for one in inputs)
        is_known = len(inputs) == 1 and len(inputs[0].shape) == 3 and "float" in inputs[0].type
        n_bands = inputs[0].shape[-1] if is_known else 0
        if n_bands not in (N_BANDS, None) and not isinstance(n_bands, str):
            raise ModelError(f"Expected {_FORMS}, but {self.path.name} has {forms}. Choose another file.")
        embeddings = [one for one in outputs if len(one.shape) == 2] or outputs
        return inputs[0].name, embeddings[-1].name

    def _read_similarity(self) -> float:
        notes = self._session.get_modelmeta().custom_metadata_map
        try:
            return min(0.95, max(0.05, float(notes.get(SIMILARITY_NOTE, SIMILARITY))))
        except ValueError:
            return SIMILARITY


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
