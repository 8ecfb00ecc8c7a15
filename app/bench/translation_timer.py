"""Times translation models of known shapes: a sentence into one and into four languages."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import ctranslate2

from app.bench.model_timer import time_fastest
from app.bench.translation_shapes import TRANSLATION_SHAPES, TranslationShape, write_translation_model
from app.decode.device import count_cores

N_SOURCE, N_TARGET = 25, 30
"""Tokens of a sentence and of its translation: about 18 words."""

TARGETS = (1, 4)
"""Languages of one sentence, in one batch."""

REPEATS = 3


@dataclass(frozen=True, slots=True)
class TimedShape:
    """The times of one model."""

    name: str
    weights_mib: float
    load_s: float
    sentence_ms: dict[int, float]
    """By the number of target languages."""


@dataclass(frozen=True, slots=True)
class TranslationTimes:
    """The times of several models on one machine."""

    device: str
    compute_type: str
    n_threads: int
    shapes: tuple[TimedShape, ...]

    def as_json(self) -> dict[str, object]:
        """Return all figures."""
        return {
            "device": self.device,
            "compute_type": self.compute_type,
            "threads": self.n_threads,
            "shapes": {
                one.name: {
                    "weights_mib": round(one.weights_mib, 1),
                    "load_s": round(one.load_s, 2),
                    "sentence_ms": {str(n): round(time_ms, 1) for n, time_ms in one.sentence_ms.items()},
                }
                for one in self.shapes
            },
        }

    def table(self) -> str:
        """Return the figures as text for a terminal."""
        rows = [
            f"A sentence of {N_SOURCE} tokens to {N_TARGET} tokens, random weights, {self.device}, "
            f"{self.compute_type}, {self.n_threads} threads; times in ms",
            f"{'shape':<14}{'MiB':>8}{'1 target':>10}{'4 targets':>11}",
        ]
        for one in self.shapes:
            times = (f"{one.sentence_ms[n]:>{10 + (n > 1)}.0f}" for n in TARGETS)
            rows.append(f"{one.name:<14}{one.weights_mib:>8.0f}" + "".join(times))
        return "\n".join(rows)


def time_translation_shapes(
    names: Sequence[str], device: str, compute_type: str, on_progress: Callable[[str], object]
) -> TranslationTimes:
    """Build a model of each shape, time it, and delete it."""
    n_threads = count_cores() if device == "cpu" else 0
    timed = []
    for name in names:
        on_progress(f"Building a model shaped like {name} with random weights ...")
        with tempfile.TemporaryDirectory(prefix="surtitle-shape-") as folder:
            stored = "int8" if "int8" in compute_type else "float16"
            write_translation_model(TRANSLATION_SHAPES[name], Path(folder), stored)
            timed.append(_time(name, TRANSLATION_SHAPES[name], folder, device, compute_type, n_threads))
        on_progress(f"  {name}: {timed[-1].sentence_ms[1]:.0f} ms a sentence")
    return TranslationTimes(device, compute_type, n_threads, tuple(timed))


def _time(
    name: str, shape: TranslationShape, folder: str, device: str, compute_type: str, n_threads: int
) -> TimedShape:
    began_s = time.perf_counter()
    translator: Any = ctranslate2.Translator(
        folder, device=device, compute_type=compute_type, inter_threads=1, intra_threads=n_threads
    )
    load_s = time.perf_counter() - began_s
    source = [f"t{100 + number}" for number in range(N_SOURCE - 1)] + ["</s>"]

    def translate(n_targets: int) -> None:
        translator.translate_batch(
            [source] * n_targets,
            target_prefix=[[f"t{number}"] for number in range(n_targets)],
            beam_size=1,
            max_decoding_length=N_TARGET,
            min_decoding_length=N_TARGET,
        )

    translate(1)
    times = {n: 1000 * time_fastest(partial(translate, n), REPEATS) for n in TARGETS}
    weights_mib = (Path(folder) / "model.bin").stat().st_size / 2**20
    return TimedShape(name, weights_mib, load_s, times)
