"""`surtitle bench model`: how fast this machine runs a model of some shape, and how many rooms that would carry."""

import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np

from app.bench import model_shapes, report_path
from app.bench.model_report import Cell, ModelReport, n_steps
from app.bench.model_shapes import N_TEXT, ModelShape
from app.decode import cuda
from app.decode.device import count_cores, has_gpu, pick_device
from app.errors import SettingsError

CELL_MAX_S = 30.0
"""A cell that would take longer is skipped and marked."""

REPEATS = 3
"""Runs of each call, of which the fastest counts: other programs only ever make it slower."""

START = [N_TEXT + 1, N_TEXT + 2]
"""Start of transcript, and the first language."""

Tell = Callable[[str], object]
"""Says a line to whoever waits."""


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """What to time."""

    like: str = "large-v3-turbo"
    batches: tuple[int, ...] = (1, 8, 32, 64)
    windows: tuple[int, ...] = (512, 768, 1500)
    """Encoder lengths in frames of 20 ms."""
    device: str = "auto"
    compute_type: str = "auto"
    everything: bool = False
    """Whether to time suppression, timestamps, lanes and the memory pool too."""


def run(plan: ModelPlan, *, json_path: Path | None = None, plot: Path | None = None, tell: Tell = print) -> ModelReport:
    """Do what the command does, and return the report it wrote.

    Raises:
        SettingsError: A size, the device or a place to write to is not as it should be.
    """
    shape = model_shapes.find(plan.like)
    for path in (json_path, plot):
        if path is not None:
            report_path.check(path)
    draw = report_path.find_draw(plot, "model") if plot is not None else None
    if not plan.batches or min(plan.batches) < 1 or not all(1 <= size <= 1500 for size in plan.windows):
        raise SettingsError("Expected batches of 1 or more and windows of 1 to 1500 frames, as in --window 512.")
    if shape.n_mels in plan.windows:
        raise SettingsError(f"CTranslate2 takes a window of {shape.n_mels} frames for features. Choose another length.")
    device = pick_device(plan.device)
    if device == "cuda" and not has_gpu():
        raise SettingsError("Expected a GPU for --device cuda, but CTranslate2 sees none. Use --device cpu.")
    if device == "cuda":
        cuda.prepare()
    if not memory_is_enough(shape):
        raise SettingsError(f"A model like {plan.like} does not fit in free memory. Choose a smaller one.")
    compute_type = {"cpu": "int8", "cuda": "float16"}[device] if plan.compute_type == "auto" else plan.compute_type
    with tempfile.TemporaryDirectory(prefix="surtitle-shape-") as folder:
        tell(f"Building a model shaped like {plan.like} with random weights ...")
        model_shapes.build(shape, Path(folder), "int8" if "int8" in compute_type else "float16")
        report = _measure(plan, shape, folder, device, compute_type, tell)
    if json_path is not None:
        json_path.write_text(json.dumps(report.as_json(), indent=1) + "\n", encoding="utf-8")
    if draw is not None and plot is not None:
        draw(report, plot)
    return report


def _measure(
    plan: ModelPlan, shape: ModelShape, folder: str, device: str, compute_type: str, tell: Tell
) -> ModelReport:
    began_s = time.perf_counter()
    model = _load(folder, device, compute_type)
    load_s = time.perf_counter() - began_s
    bench = _Bench(model, shape)
    began_s = time.perf_counter()
    bench.cell(1, min(plan.windows), repeats=1)
    first_s = time.perf_counter() - began_s  # memory is taken, and on a GPU without machine code in the wheel, the JIT
    cells: list[Cell] = []
    for size in plan.windows:
        for n_rows in sorted(plan.batches):
            likely_s = _likely_s(cells, n_rows, size)
            cell = Cell(n_rows, size) if likely_s > CELL_MAX_S else bench.cell(n_rows, size)
            cells.append(cell)
            tell(f"  batch {n_rows}, window {size}: " + (f"{cell.batch_s:.3f} s" if cell.is_timed else "skipped"))
    extras = _extras(plan, bench, folder, device, compute_type, cells) if plan.everything else {}
    name = next((gpu.name for gpu in cuda.gpus()), "GPU") if device == "cuda" else f"CPU, {count_cores()} cores"
    return ModelReport(plan.like, name, device, compute_type, load_s, first_s, tuple(cells), extras)


def _load(folder: str, device: str, compute_type: str, lanes: int = 1) -> Any:
    threads = max(1, count_cores() // lanes) if device == "cpu" else 0
    return ctranslate2.models.Whisper(
        folder, device=device, compute_type=compute_type, intra_threads=threads, inter_threads=lanes
    )


class _Bench:
    """Times the calls of one model."""

    def __init__(self, model: Any, shape: ModelShape) -> None:
        self._model, self._shape = model, shape
        self._end = N_TEXT
        self._transcribe = N_TEXT + 2 + shape.n_languages + 1
        self._no_timestamps = self._transcribe + 4

    def cell(self, n_rows: int, size: int, repeats: int = REPEATS) -> Cell:
        """Time one batch size at one window."""
        mel, encoded = self.mel(n_rows, size), self.encoded(n_rows, size)
        steps = n_steps(size)
        text = [list(range(1000, 1000 + steps))] * n_rows
        return Cell(
            n_rows,
            size,
            encode_s=_fastest(lambda: self._model.encode(mel), repeats),
            generate_s=_fastest(lambda: self.generate(encoded, n_rows, steps), repeats),
            align_s=_fastest(
                lambda: self._model.align(encoded, [*START, self._transcribe], text, [size] * n_rows), repeats
            ),
            steps=steps,
        )

    def mel(self, n_rows: int, size: int) -> Any:
        noise = np.random.default_rng(0).standard_normal((n_rows, self._shape.n_mels, 2 * size), np.float32)
        return ctranslate2.StorageView.from_array(noise)

    def encoded(self, n_rows: int, size: int) -> Any:
        return self._model.encode(self.mel(n_rows, size))

    def generate(
        self, encoded: Any, n_rows: int, steps: int, suppressed: Sequence[int] = (), timestamps: bool = False
    ) -> None:
        """Write exactly so many tokens in every row: the end is suppressed."""
        prompt = [*START, self._transcribe] + ([] if timestamps else [self._no_timestamps])
        self._model.generate(
            encoded,
            [prompt] * n_rows,
            beam_size=1,
            max_length=2 * steps,
            suppress_blank=False,
            suppress_tokens=[self._end, *suppressed],
            return_scores=True,
        )


def _extras(
    plan: ModelPlan, bench: _Bench, folder: str, device: str, compute_type: str, cells: list[Cell]
) -> dict[str, float | str]:
    """Time what decides how the model is called, each against its alternative, as a ratio of times."""
    size = min(plan.windows)
    most = max((cell.n_rows for cell in cells if cell.is_timed and cell.size == size and cell.batch_s < 5), default=1)
    encoded, steps = bench.encoded(most, size), n_steps(size)

    def ratio(slow: Callable[[], object], fast: Callable[[], object]) -> float:
        return round(_fastest(slow, REPEATS) / _fastest(fast, REPEATS), 3)

    def plain() -> None:
        bench.generate(encoded, most, steps)

    found: dict[str, float | str] = {
        f"suppressing {model_shapes.N_SUPPRESSED} tokens over none, batch {most}": ratio(
            lambda: bench.generate(encoded, most, steps, range(1, model_shapes.N_SUPPRESSED + 1)), plain
        ),
        f"timestamps over none, batch {most}": ratio(
            lambda: bench.generate(encoded, most, steps, timestamps=True), plain
        ),
    }
    alone_s = _lanes_s(folder, device, compute_type, 1, most, size, bench)
    for lanes in (2, 3):
        found[f"throughput of {lanes} lanes over one, batch {most}"] = round(
            alone_s / _lanes_s(folder, device, compute_type, lanes, most, size, bench), 3
        )
    if device == "cuda":
        before_s = _fastest(plain, REPEATS)
        found["memory pool as it is over one that keeps"] = (
            round(before_s / _fastest(plain, REPEATS), 3) if cuda.keep_memory(0) else "the driver refused"
        )
    else:
        found["memory pool as it is over one that keeps"] = "needs a GPU"
    found["word errors by window"] = "need a real model: surtitle bench stream and bench rooms --without short"
    return found


def _lanes_s(folder: str, device: str, compute_type: str, lanes: int, n_rows: int, size: int, bench: _Bench) -> float:
    """Return the time of one batch when so many run at once."""
    own = _Bench(_load(folder, device, compute_type, lanes), bench._shape)
    mel = own.mel(n_rows, size)

    def decode(_: int) -> None:
        own.generate(own._model.encode(mel), n_rows, n_steps(size))

    with ThreadPoolExecutor(lanes) as pool:
        return _fastest(lambda: list(pool.map(decode, range(2 * lanes))), 2) / (2 * lanes)


def _fastest(call: Callable[[], object], repeats: int) -> float:
    """Return the time of the fastest call, in seconds."""
    times = []
    for _ in range(repeats):
        began_s = time.perf_counter()
        call()
        times.append(time.perf_counter() - began_s)
    return min(times)


def _likely_s(cells: list[Cell], n_rows: int, size: int) -> float:
    """Guess how long a cell will take, all its repeats, from the largest cell that was timed; 0 if none was."""
    timed = [cell for cell in cells if cell.is_timed]
    if not timed:
        return 0.0
    near = max(timed, key=lambda cell: (cell.size == size, cell.n_rows))
    return float(near.batch_s * (n_rows / near.n_rows) * (size / near.size) ** 1.5 * (REPEATS + 1))


def memory_is_enough(shape: ModelShape) -> bool:
    """Return whether this machine can hold the weights in float32 while they are built."""
    try:
        free_bytes = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return True
    return free_bytes > 8 * shape.n_parameters
