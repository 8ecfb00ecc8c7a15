"""The decoding process: loads one model, proves it, then answers batches until it is told to stop."""

import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Lock
from typing import Protocol

import threadpoolctl

from app import log
from app.decode import cuda, models, self_test
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeRequest
from app.decode.whisper import Whisper
from app.errors import DecodeError, ModelError


class BatchDecoder(Protocol):
    """Whatever decodes batches; `Whisper` in earnest."""

    def decode(self, requests: Sequence[DecodeRequest], size: int = 0) -> list[DecodeResult]:
        """Decode requests together, at an encoder length of at least `size`; result i belongs to request i."""


Opener = Callable[[], BatchDecoder]
"""Makes the decoder inside the process; must survive pickling, as a partial of a module's function does."""


@dataclass(frozen=True, slots=True)
class WorkerReady:
    """The model is loaded and proven."""


@dataclass(frozen=True, slots=True)
class WorkerFailed:
    """Something failed; `text` is the sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class WorkerRequest:
    """A batch to decode."""

    number: int
    requests: list[DecodeRequest]
    size: int
    """Encoder length in frames of 20 ms."""


@dataclass(frozen=True, slots=True)
class WorkerAnswer:
    """What became of a batch."""

    number: int
    result: list[DecodeResult] | WorkerFailed


def open_checked(choice: models.ModelChoice) -> BatchDecoder:
    """Load a model and let it pass the self-test.

    Raises:
        ModelError: It cannot be loaded, or answers nonsense.
    """
    if choice.device == "cuda":
        cuda.prepare()
    whisper = models.load(choice)
    if choice.device == "cuda":
        cuda.keep_memory(choice.device_index)
    self_test.check(whisper)
    warm_up(whisper, choice.rows)
    return whisper


def warm_up(whisper: Whisper, rows: Mapping[int, int]) -> None:
    """Decode the clip once in every window length at its largest batch, so that no audience waits for memory or JIT."""
    clip = self_test.clip()
    language = clip.language if clip.language in whisper.languages else None
    for size, n_rows in rows.items():
        whisper.decode([DecodeRequest(clip.samples, language=language)] * n_rows, size)


def run(pipe: Connection, opener: Opener, lanes: int) -> None:
    """Send `WorkerReady` or `WorkerFailed` once, then a `WorkerAnswer` to each `WorkerRequest`, `lanes` at once.

    Returns when None comes or the other end of the pipe closes.
    """
    log.setup()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which then closes the pipe
    # numpy's BLAS threads spin between calls and take the cores from CTranslate2: decodes took 1.3 to 1.7 times as long
    threadpoolctl.threadpool_limits(1, "blas")
    try:
        decoder = opener()
    except (ModelError, DecodeError) as exc:
        pipe.send(WorkerFailed(str(exc)))
        return
    pipe.send(WorkerReady())
    # systemd tells every process of a service to stop; what was said is still to be decoded, until the pipe closes
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sending = Lock()
    with ThreadPoolExecutor(lanes, thread_name_prefix="lane") as pool:
        while True:
            try:
                ask: WorkerRequest | None = pipe.recv()
            except (EOFError, OSError):
                return
            if ask is None:
                return
            pool.submit(_answer, pipe, sending, decoder, ask)


def _answer(pipe: Connection, sending: Lock, decoder: BatchDecoder, ask: WorkerRequest) -> None:
    result: list[DecodeResult] | WorkerFailed
    try:
        result = decoder.decode(ask.requests, ask.size)
    except DecodeError as exc:
        result = WorkerFailed(str(exc))
    except Exception as exc:  # a fault of ours fails its batch; the service logs the sentence and goes on
        result = WorkerFailed(f"A batch of {len(ask.requests)} windows failed with {type(exc).__name__}: {exc}")
    try:
        with sending:
            pipe.send(WorkerAnswer(ask.number, result))
    except OSError:
        return  # the service is gone, and this process ends with it
