"""How a device decodes fastest: measured once per machine and model on CPUs, and remembered; known by rule on GPUs."""

import json
import multiprocessing
import os
import platform
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import ctranslate2
import platformdirs
import threadpoolctl

from app import atomic_file, log
from app.decode import models, self_test
from app.decode.encoder_length import BUCKETS
from app.decode.profile import Profile
from app.decode.request import DecodeRequest
from app.decode.scheduler import BatchLimits
from app.decode.whisper import Whisper
from app.errors import ModelError, SurtitleError

logger = log.get(__name__)

ROWS = (1, 2, 4, 8, 16)
"""Batch sizes that are tried."""

BATCH_MAX_S = 0.25
"""Larger batches are not tried: with one in flight and one waiting, results come within half a second."""

WORTH = 1.05
"""A larger batch must bring at least this much more throughput, because it also makes everybody in it wait."""

REPEATS = 3
"""Runs of each batch, of which the fastest counts: other programs only ever make it slower."""

CPU_SLOTS = 16
"""On a CPU a batch of two costs as much as two of one, so requests are best spread evenly. 32 rooms on two cores, 95th
percentile of ready to result, and slowest room over middle room: 0.058 s and 1.1 with 16 slots, 0.070 s and 1.4 with
32, 0.23 s and 1.2 with 4, 0.094 s and 2.0 with none."""

GPU_LANES = 2
"""One batch encodes while the other, bound by launches, decodes (algorithm notes, section 5.5)."""

GPU_SLOTS, GPU_GATHER_S = 4, 0.02
"""On a GPU a batch of many rooms costs little more than one of few, so their requests are brought together."""

GPU_ROWS = ((60, 64, 24), (36, 48, 16), (20, 16, 8), (0, 8, 4))
"""(GiB of memory, rows for models with few decoder layers, rows for others): the scores of attention are what takes
memory, and copies of cross-attention state grow with the square of the rows in deep decoders."""

DEEP_BYTES = 2.2e9
"""A float16 model larger than this has a deep decoder: large-v3 has 3.1 GB, turbo 1.6 GB."""


@dataclass(frozen=True, slots=True)
class CalibrationTrial:
    """One way to use the processor, measured."""

    lanes: int
    threads: int
    rows: int
    batch_s: float
    """Time of one batch while all lanes are busy."""

    @property
    def rows_per_s(self) -> float:
        """Windows decoded each second by all lanes together."""
        return self.lanes * self.rows / self.batch_s


def profile(
    choice: models.ModelChoice,
    *,
    batch_max: int | None = None,
    memory_gib: float = 0.0,
    cache: Path | None = None,
    tell: Callable[[str], object] | None = None,
) -> Profile:
    """Return how to run a model on its device; the first time on a CPU this measures for some seconds.

    `tell` hears a sentence before a measurement begins. `memory_gib` is the GPU's.

    Raises:
        ModelError: The model cannot be loaded.
    """
    if choice.device == "cuda":
        found = _of_gpu(choice, memory_gib)
    elif choice.threads:
        found = Profile(lanes=1, threads=choice.threads)
    else:
        found = _of_cpu(choice, cache or platformdirs.user_cache_path("surtitle"), tell)
    if batch_max is not None:
        rows = {size: min(n_rows, batch_max) for size, n_rows in found.limits.rows.items()}
        found = replace(found, limits=replace(found.limits, rows=rows))
    return found


def best(trials: list[CalibrationTrial]) -> CalibrationTrial:
    """Return the trial to go by: the fastest whose batch is short enough, a larger batch only where it is worth it."""
    short = [trial for trial in trials if trial.batch_s <= BATCH_MAX_S] or trials
    chosen = short[0]
    for trial in sorted(short, key=lambda trial: trial.rows):
        needed = WORTH if trial.rows > chosen.rows else 1.0
        if trial.rows_per_s > needed * chosen.rows_per_s:
            chosen = trial
    return chosen


def ways(n_cores: int) -> Iterator[tuple[int, int]]:
    """Yield (lanes, threads of each) that fill so many cores."""
    for threads in sorted({n_cores, *(n for n in (1, 2, 4) if n < n_cores)}, reverse=True):
        yield max(1, n_cores // threads), threads


def _of_gpu(choice: models.ModelChoice, memory_gib: float) -> Profile:
    few, many = next((deep, shallow) for at_least, shallow, deep in GPU_ROWS if memory_gib >= at_least)
    n_rows = few if (Path(choice.path) / "model.bin").stat().st_size > DEEP_BYTES else many
    limits = BatchLimits({512: n_rows, 768: max(1, n_rows * 2 // 3), 1500: max(1, n_rows // 3)}, promotes=True)
    return Profile(lanes=GPU_LANES, limits=limits, slots=GPU_SLOTS, gather_s=GPU_GATHER_S)


def _of_cpu(choice: models.ModelChoice, cache: Path, tell: Callable[[str], object] | None) -> Profile:
    path, key = cache / "calibration.json", _machine(choice)
    known = _remembered(path)
    if key not in known:
        if tell is not None:
            tell(f"Measuring how this machine runs {choice.name} fastest; this happens once.")
        trial = best(_measure(choice))
        row_us = round(1e6 * trial.batch_s / trial.rows)
        known[key] = {"lanes": trial.lanes, "threads": trial.threads, "rows": trial.rows, "row_us": row_us}
        _remember(path, known)
    found = known[key]
    n_rows = found["rows"]
    rows = dict(zip(BUCKETS, (n_rows, max(1, n_rows // 2), max(1, n_rows // 4)), strict=True))
    return Profile(
        lanes=found["lanes"],
        threads=found["threads"],
        limits=BatchLimits(rows),
        slots=CPU_SLOTS,
        row_s=found["row_us"] / 1e6,
    )


def _machine(choice: models.ModelChoice) -> str:
    """Return what tells this machine and model from others."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    except OSError:
        name = platform.processor()
    n_bytes = (Path(choice.path) / "model.bin").stat().st_size
    return f"{name} x{cores()}, {choice.name} {n_bytes} {choice.compute_type}, ctranslate2 {ctranslate2.__version__}"


def cores() -> int:
    """Return the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _remembered(path: Path) -> dict[str, dict[str, int]]:
    """Return what was measured before; a file that cannot be read, or is of another kind, is measured anew."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(key): {name: max(1, int(found[name])) for name in ("lanes", "threads", "rows", "row_us")}
            for key, found in known.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _remember(path: Path, known: dict[str, dict[str, int]]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_file.write(path, json.dumps(known, indent=1).encode())
    except OSError as exc:
        logger.warning("calibration_not_saved", path=str(path), reason=str(exc))


def _measure(choice: models.ModelChoice) -> list[CalibrationTrial]:
    """Try all ways in a process of its own, whose threads and memory are gone afterwards."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_try_all, args=(theirs, choice), name="calibration", daemon=True)
    process.start()
    theirs.close()
    try:
        answer: list[CalibrationTrial] | str = ours.recv()
    except EOFError:
        answer = "The measuring process ended early; there may be too little memory for the model."
    finally:
        ours.close()
        process.join()
    if isinstance(answer, str):
        raise ModelError(answer)
    return answer


def _try_all(pipe: "multiprocessing.connection.Connection", choice: models.ModelChoice) -> None:
    threadpoolctl.threadpool_limits(1, "blas")  # as in the worker
    try:
        pipe.send([trial for lanes, threads in ways(cores()) for trial in _try(choice, lanes, threads)])
    except SurtitleError as exc:
        pipe.send(str(exc))


def _try(choice: models.ModelChoice, lanes: int, threads: int) -> Iterator[CalibrationTrial]:
    whisper = models.load(replace(choice, lanes=lanes, threads=threads))
    clip = self_test.clip()
    language = clip.language if clip.language in whisper.languages else None
    request = DecodeRequest(clip.samples, language=language)
    with ThreadPoolExecutor(lanes) as pool:
        _time(whisper, pool, lanes, [request])  # the first call allocates
        for n_rows in ROWS:
            batch_s = min(_time(whisper, pool, lanes, [request] * n_rows) for _ in range(REPEATS))
            yield CalibrationTrial(lanes, threads, n_rows, batch_s)
            if 2 * batch_s > BATCH_MAX_S:
                return


def _time(whisper: Whisper, pool: ThreadPoolExecutor, lanes: int, requests: list[DecodeRequest]) -> float:
    began_s = time.perf_counter()
    list(pool.map(lambda _: whisper.decode(requests), range(lanes)))
    return time.perf_counter() - began_s
