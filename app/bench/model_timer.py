"""Times the calls of one model with random features."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import ctranslate2
import numpy as np

from app.bench.model_report import Cell, count_steps
from app.bench.model_shapes import N_TEXT, ModelShape
from app.decode.device import count_cores

REPEATS = 3
"""Runs of each call. The fastest counts, because other programs can only slow a run down."""

START = [N_TEXT + 1, N_TEXT + 2]
"""Start of transcript, and the first language."""


def load_model(folder: str, device: str, compute_type: str, lanes: int = 1) -> Any:
    """Load a model that runs `lanes` batches at once; on a CPU they share its cores."""
    threads = max(1, count_cores() // lanes) if device == "cpu" else 0
    return ctranslate2.models.Whisper(
        folder, device=device, compute_type=compute_type, intra_threads=threads, inter_threads=lanes
    )


class ModelTimer:
    """Times the calls of one model."""

    def __init__(self, model: Any, shape: ModelShape) -> None:
        """Time `model`, which has this shape."""
        self.model, self.shape = model, shape
        self._end = N_TEXT
        self._transcribe = N_TEXT + 2 + shape.n_languages + 1
        self._no_timestamps = self._transcribe + 4

    def cell(self, n_rows: int, size: int, repeats: int = REPEATS) -> Cell:
        """Time one batch size at one window."""
        mel, encoded = self.mel(n_rows, size), self.encoded(n_rows, size)
        steps = count_steps(size)
        text = [list(range(1000, 1000 + steps))] * n_rows
        return Cell(
            n_rows,
            size,
            encode_s=time_fastest(lambda: self.model.encode(mel), repeats),
            generate_s=time_fastest(lambda: self.generate(encoded, n_rows, steps), repeats),
            align_s=time_fastest(
                lambda: self.model.align(encoded, [*START, self._transcribe], text, [size] * n_rows), repeats
            ),
            steps=steps,
        )

    def mel(self, n_rows: int, size: int) -> Any:
        """Return random features, shape (n_rows, n_mels, 2 * size)."""
        noise = np.random.default_rng(0).standard_normal((n_rows, self.shape.n_mels, 2 * size), np.float32)
        return ctranslate2.StorageView.from_array(noise)

    def encoded(self, n_rows: int, size: int) -> Any:
        """Return the encoder's output for random features."""
        return self.model.encode(self.mel(n_rows, size))

    def generate(
        self, encoded: Any, n_rows: int, steps: int, suppressed: Sequence[int] = (), timestamps: bool = False
    ) -> None:
        """Write exactly `steps` tokens in every row; the end token is suppressed."""
        prompt = [*START, self._transcribe] + ([] if timestamps else [self._no_timestamps])
        self.model.generate(
            encoded,
            [prompt] * n_rows,
            beam_size=1,
            max_length=2 * steps,
            suppress_blank=False,
            suppress_tokens=[self._end, *suppressed],
            return_scores=True,
        )


def time_fastest(call: Callable[[], object], repeats: int) -> float:
    """Return the time of the fastest call, in seconds."""
    times = []
    for _ in range(repeats):
        began_s = time.perf_counter()
        call()
        times.append(time.perf_counter() - began_s)
    return min(times)
