"""Finds the fastest way to decode on this CPU: measured once per machine and model, and kept in a file."""

import json
import multiprocessing
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import ctranslate2
import platformdirs
import threadpoolctl

from app import atomic_file, log
from app.decode import models, self_test
from app.decode.device import count_cores
from app.decode.encoder_length import ENCODER_LENGTHS
from app.decode.request import DecodeRequest
from app.decode.whisper import Whisper
from app.errors import ModelError, SurtitleError

logger = log.get(__name__)

ROWS = (1, 2, 4, 8, 16)
"""Batch sizes that are tried."""

BATCH_MAX_S = 0.25
"""Larger batches are not tried: with one in flight and one waiting, results arrive within half a second."""

WORTH = 1.05
"""A larger batch must increase throughput by at least this factor, because all its rows wait longer."""

SILENT_S = 5.0
"""Longest time without a sentence while it measures; a person who waits for 10 s asks whether something hangs."""

REPEATS = 3
"""Runs of each batch, of which the fastest counts: other programs can only slow a run down."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fastest way to use the processor."""

    lanes: int
    """Batches decoded at once."""
    threads: int
    """CPU threads of each lane."""
    rows: int
    """Windows of the shortest encoder length in one batch."""
    row_us: tuple[int, ...]
    """Lane time of one window at each encoder length, in microseconds."""


@dataclass(frozen=True, slots=True)
class CalibrationTrial:
    """One way to use the processor, measured."""

    lanes: int
    threads: int
    rows: int
    batch_s: float
    """Time of one batch while all lanes are busy."""
    longer_s: tuple[float, ...] = ()
    """Time of one window at each longer encoder length while all lanes are busy."""

    @property
    def rows_per_s(self) -> float:
        """Windows that all lanes together decode in a second."""
        return self.lanes * self.rows / self.batch_s


def calibrate(
    choice: models.ModelChoice, cache: Path | None = None, on_progress: Callable[[str], object] | None = None
) -> Calibration:
    """Return the fastest way to run a model on this CPU; the first call measures for some seconds.

    Raises:
        ModelError: The model cannot be loaded.
    """
    path, key = (cache or platformdirs.user_cache_path("surtitle", appauthor=False)) / "calibration.json", _key(choice)
    known = _read(path)
    if key not in known:
        if on_progress is not None:
            on_progress(f"Measuring how this machine runs {choice.name} fastest; this happens once.")
        trial = best(_measure(choice, on_progress))
        row_us = tuple(max(1, round(1e6 * row_s)) for row_s in (trial.batch_s / trial.rows, *trial.longer_s))
        known[key] = Calibration(trial.lanes, trial.threads, trial.rows, row_us)
        _write(path, known)
    return known[key]


def best(trials: list[CalibrationTrial]) -> CalibrationTrial:
    """Return the fastest trial whose batch is short enough; a larger batch must be worth the longer wait."""
    short = [trial for trial in trials if trial.batch_s <= BATCH_MAX_S] or trials
    chosen = short[0]
    for trial in sorted(short, key=lambda trial: trial.rows):
        needed = WORTH if trial.rows > chosen.rows else 1.0
        if trial.rows_per_s > needed * chosen.rows_per_s:
            chosen = trial
    return chosen


def lane_layouts(n_cores: int) -> Iterator[tuple[int, int]]:
    """Yield (lanes, threads of each) that fill `n_cores`."""
    for threads in sorted({n_cores, *(n for n in (1, 2, 4) if n < n_cores)}, reverse=True):
        yield max(1, n_cores // threads), threads


def _key(choice: models.ModelChoice) -> str:
    """Return a text that differs between machines and models."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    except OSError:
        name = platform.processor()
    return (
        f"{name} x{count_cores()}, {choice.name} {choice.n_bytes} {choice.compute_type}, "
        f"ctranslate2 {ctranslate2.__version__}"
    )


def _read(path: Path) -> dict[str, Calibration]:
    """Return what was measured before; nothing if the file cannot be read or is of another kind."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): _read_one(found) for key, found in known.items() if isinstance(found.get("row_us"), list)}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _read_one(found: Mapping[str, Any]) -> Calibration:
    lanes, threads, rows = (max(1, int(found[name])) for name in ("lanes", "threads", "rows"))
    row_us = tuple(max(1, int(time_us)) for time_us in found["row_us"])
    if len(row_us) != len(ENCODER_LENGTHS):
        raise ValueError("a calibration has a time for each encoder length")
    return Calibration(lanes, threads, rows, row_us)


def _write(path: Path, known: dict[str, Calibration]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps({key: asdict(found) for key, found in known.items()}, indent=1)
        atomic_file.write(path, content.encode())
    except OSError as exc:
        logger.warning("calibration_not_saved", path=str(path), reason=str(exc))


def _measure(choice: models.ModelChoice, on_progress: Callable[[str], object] | None = None) -> list[CalibrationTrial]:
    """Try all layouts in a child process, which takes its threads and memory with it when it ends."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_try_all, args=(theirs, choice), name="calibration", daemon=True)
    process.start()
    theirs.close()
    began_s = time.monotonic()
    try:
        while not ours.poll(SILENT_S):
            if on_progress is not None:
                on_progress(f"Still measuring, for {time.monotonic() - began_s:.0f} s so far.")
        answer: list[CalibrationTrial] | str = ours.recv()
    except EOFError:
        answer = "The measuring process ended early; there may be too little memory for the model."
    finally:
        ours.close()
        process.join()
    if isinstance(answer, str):
        raise ModelError(answer)
    return answer


def _try_all(pipe: Connection, choice: models.ModelChoice) -> None:
    threadpoolctl.threadpool_limits(1, "blas")  # as in the worker
    try:
        pipe.send([trial for lanes, threads in lane_layouts(count_cores()) for trial in _try(choice, lanes, threads)])
    except SurtitleError as exc:
        pipe.send(str(exc))


def _try(choice: models.ModelChoice, lanes: int, threads: int) -> Iterator[CalibrationTrial]:
    whisper = models.load(replace(choice, lanes=lanes, threads=threads))
    request = self_test.read_clip().request(whisper)
    with ThreadPoolExecutor(lanes) as pool:
        _time(whisper, pool, lanes, [request])  # the first call allocates
        longer_s = tuple(
            min(_time(whisper, pool, lanes, [request], length) for _ in range(REPEATS))
            for length in ENCODER_LENGTHS[1:]
        )
        for n_rows in ROWS:
            batch_s = min(_time(whisper, pool, lanes, [request] * n_rows) for _ in range(REPEATS))
            yield CalibrationTrial(lanes, threads, n_rows, batch_s, longer_s)
            if 2 * batch_s > BATCH_MAX_S:
                return


def _time(
    whisper: Whisper, pool: ThreadPoolExecutor, lanes: int, requests: list[DecodeRequest], length: int = 0
) -> float:
    """Return the time of a batch at an encoder length of at least `length`, while all lanes are busy."""
    began_s = time.perf_counter()
    list(pool.map(lambda _: whisper.decode(requests, length), range(lanes)))
    return time.perf_counter() - began_s
