"""Runs `surtitle bench model`: times a model of a known shape and estimates the rooms it could serve."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from app.bench import model_shapes
from app.bench.model_report import Cell, ModelReport, count_steps
from app.bench.model_shapes import ModelShape
from app.bench.model_timer import REPEATS, ModelTimer, load_model, time_fastest
from app.bench.report_files import ReportFiles
from app.bench.translation_shapes import TRANSLATION_SHAPES
from app.bench.translation_timer import TranslationTimes, time_translation_shapes
from app.decode import cuda
from app.decode.device import count_cores, has_gpu, pick_device
from app.errors import SettingsError

CELL_MAX_S = 30.0
"""A cell that would take longer is skipped and marked."""

TRANSLATION = "translation"
"""The name that stands for all shapes of models that translate text."""

OnProgress = Callable[[str], object]
"""Gets a sentence before and after each step."""


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


def run(
    plan: ModelPlan, *, json_path: Path | None = None, plot: Path | None = None, on_progress: OnProgress = print
) -> ModelReport | TranslationTimes:
    """Time the model, write the report, and return it; `TRANSLATION` times all shapes of models that translate text.

    Raises:
        SettingsError: A size, the device or a path to write to is invalid.
    """
    if plan.like == TRANSLATION or plan.like in TRANSLATION_SHAPES:
        if plot is not None:
            raise SettingsError("The times of models that translate text have no plot. Leave --plot out.")
        return _time_translations(plan, ReportFiles("model", json_path), on_progress)
    shape = model_shapes.find_shape(plan.like)
    files = ReportFiles("model", json_path, plot)
    if not plan.batches or min(plan.batches) < 1 or not all(1 <= size <= 1500 for size in plan.windows):
        raise SettingsError("Expected batches of 1 or more and windows of 1 to 1500 frames, as in --window 512.")
    if shape.n_mels in plan.windows:
        raise SettingsError(
            f"CTranslate2 mistakes a window of {shape.n_mels} frames for features. Choose another length."
        )
    device = pick_device(plan.device)
    if device == "cuda" and not has_gpu():
        raise SettingsError("Expected a GPU for --device cuda, but CTranslate2 finds none. Use --device cpu.")
    if device == "cuda":
        cuda.prepare()
    if not has_memory_for(shape):
        raise SettingsError(f"A model like {plan.like} does not fit in free memory. Choose a smaller one.")
    compute_type = {"cpu": "int8", "cuda": "float16"}[device] if plan.compute_type == "auto" else plan.compute_type
    with tempfile.TemporaryDirectory(prefix="surtitle-shape-") as folder:
        on_progress(f"Building a model shaped like {plan.like} with random weights ...")
        model_shapes.write_model(shape, Path(folder), "int8" if "int8" in compute_type else "float16")
        report = _measure(plan, shape, folder, device, compute_type, on_progress)
    files.write(report.as_json(), report)
    return report


def _time_translations(plan: ModelPlan, files: ReportFiles, on_progress: OnProgress) -> TranslationTimes:
    device = pick_device(plan.device)
    compute_type = {"cpu": "int8", "cuda": "float16"}[device] if plan.compute_type == "auto" else plan.compute_type
    names = []
    for name in TRANSLATION_SHAPES if plan.like == TRANSLATION else [plan.like]:
        if has_free_memory(3 * TRANSLATION_SHAPES[name].n_parameters):  # built with 8 bits, then loaded
            names.append(name)
        elif plan.like == TRANSLATION:
            on_progress(f"A model like {name} does not fit in free memory and is left out.")
        else:
            raise SettingsError(f"A model like {name} does not fit in free memory. Choose a smaller one.")
    times = time_translation_shapes(names, device, compute_type, on_progress)
    files.write(times.as_json())
    return times


def _measure(
    plan: ModelPlan, shape: ModelShape, folder: str, device: str, compute_type: str, on_progress: OnProgress
) -> ModelReport:
    began_s = time.perf_counter()
    model = load_model(folder, device, compute_type)
    load_s = time.perf_counter() - began_s
    timer = ModelTimer(model, shape)
    began_s = time.perf_counter()
    timer.cell(1, min(plan.windows), repeats=1)
    first_s = (
        time.perf_counter() - began_s
    )  # includes allocation, and compilation for a GPU that the wheel has no code for
    cells: list[Cell] = []
    for size in plan.windows:
        for n_rows in sorted(plan.batches):
            estimated_s = estimate_s(cells, n_rows, size)
            cell = Cell(n_rows, size) if estimated_s > CELL_MAX_S else timer.cell(n_rows, size)
            cells.append(cell)
            on_progress(
                f"  batch {n_rows}, window {size}: " + (f"{cell.batch_s:.3f} s" if cell.is_timed else "skipped")
            )
    extras = _time_extras(plan, timer, folder, device, compute_type, cells) if plan.everything else {}
    name = next((gpu.name for gpu in cuda.gpus()), "GPU") if device == "cuda" else f"CPU, {count_cores()} cores"
    return ModelReport(plan.like, name, device, compute_type, load_s, first_s, tuple(cells), extras)


def _time_extras(
    plan: ModelPlan, timer: ModelTimer, folder: str, device: str, compute_type: str, cells: list[Cell]
) -> dict[str, float | str]:
    """Compare ways to call the model, each with its alternative, as a ratio of times."""
    size = min(plan.windows)
    most_rows = max(
        (cell.n_rows for cell in cells if cell.is_timed and cell.size == size and cell.batch_s < 5), default=1
    )
    encoded, steps = timer.encoded(most_rows, size), count_steps(size)

    def ratio(slow: Callable[[], object], fast: Callable[[], object]) -> float:
        return round(time_fastest(slow, REPEATS) / time_fastest(fast, REPEATS), 3)

    def plain() -> None:
        timer.generate(encoded, most_rows, steps)

    found: dict[str, float | str] = {
        f"suppressing {model_shapes.N_SUPPRESSED} tokens over none, batch {most_rows}": ratio(
            lambda: timer.generate(encoded, most_rows, steps, range(1, model_shapes.N_SUPPRESSED + 1)), plain
        ),
        f"timestamps over none, batch {most_rows}": ratio(
            lambda: timer.generate(encoded, most_rows, steps, timestamps=True), plain
        ),
    }
    alone_s = _time_lanes_s(folder, device, compute_type, 1, most_rows, size, timer)
    for lanes in (2, 3):
        found[f"throughput of {lanes} lanes over one, batch {most_rows}"] = round(
            alone_s / _time_lanes_s(folder, device, compute_type, lanes, most_rows, size, timer), 3
        )
    if device == "cuda":
        before_s = time_fastest(plain, REPEATS)
        found["memory pool as it is over one that keeps"] = (
            round(before_s / time_fastest(plain, REPEATS), 3) if cuda.keep_memory(0) else "the driver refused"
        )
    else:
        found["memory pool as it is over one that keeps"] = "needs a GPU"
    found["word errors by window"] = "need a real model: surtitle bench stream and bench rooms --without short"
    return found


def _time_lanes_s(
    folder: str, device: str, compute_type: str, lanes: int, n_rows: int, size: int, timer: ModelTimer
) -> float:
    """Return the time of one batch when `lanes` of them run at once."""
    own = ModelTimer(load_model(folder, device, compute_type, lanes), timer.shape)
    mel = own.mel(n_rows, size)

    def decode(_: int) -> None:
        own.generate(own.model.encode(mel), n_rows, count_steps(size))

    with ThreadPoolExecutor(lanes) as pool:
        return time_fastest(lambda: list(pool.map(decode, range(2 * lanes))), 2) / (2 * lanes)


def estimate_s(cells: list[Cell], n_rows: int, size: int) -> float:
    """Estimate the time of a cell with all its repeats, from the largest cell that was timed; 0 if none was."""
    timed = [cell for cell in cells if cell.is_timed]
    if not timed:
        return 0.0
    near = max(timed, key=lambda cell: (cell.size == size, cell.n_rows))
    return float(near.batch_s * (n_rows / near.n_rows) * (size / near.size) ** 1.5 * (REPEATS + 1))


def has_memory_for(shape: ModelShape) -> bool:
    """Return whether free memory can hold the weights in float32 while they are built."""
    return has_free_memory(8 * shape.n_parameters)


def has_free_memory(n_bytes: int) -> bool:
    """Return whether so much memory is free, as far as the system says."""
    if sys.platform != "linux":
        return True
    try:
        free_bytes = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return True
    return free_bytes > n_bytes
