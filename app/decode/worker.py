"""The worker process: loads one model, tests it, then answers batches until it is stopped."""

import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from threading import Lock
from typing import Protocol

import threadpoolctl

from app import hardening, log
from app.decode import cuda, models, self_test
from app.decode.capabilities import Capabilities
from app.decode.faults import FaultKind, classify
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeRequest
from app.decode.warm_up import WarmUp, warm_up
from app.errors import DecodeError, ModelError


class BatchDecoder(Protocol):
    """Decodes batches; the real one is `Whisper`."""

    def decode(self, requests: Sequence[DecodeRequest], min_length: int = 0) -> list[DecodeResult]:
        """Decode requests together, at an encoder length of at least `min_length`; result i belongs to request i."""


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A loaded decoder, and what is known about it."""

    decoder: BatchDecoder
    capabilities: Capabilities = field(default_factory=Capabilities)
    warm_up: WarmUp = field(default_factory=WarmUp)


Opener = Callable[[], OpenedModel]
"""Opens the model in the worker process; must be picklable, such as a partial of a module's function."""


@dataclass(frozen=True, slots=True)
class WorkerReady:
    """The model is loaded and tested."""

    capabilities: Capabilities = field(default_factory=Capabilities)
    warm_up: WarmUp = field(default_factory=WarmUp)


@dataclass(frozen=True, slots=True)
class WorkerFailed:
    """The model could not be loaded, or a batch failed."""

    text: str
    """A sentence that says why."""
    kind: FaultKind = FaultKind.ROW
    """What failed, of a batch."""


@dataclass(frozen=True, slots=True)
class WorkerRequest:
    """A batch to decode."""

    number: int
    requests: list[DecodeRequest]
    encoder_length: int
    """In frames of 20 ms."""


@dataclass(frozen=True, slots=True)
class WorkerAnswer:
    """The outcome of a batch."""

    number: int
    result: list[DecodeResult] | WorkerFailed


def open_checked(choice: models.ModelChoice) -> OpenedModel:
    """Load a model, test it and warm it up.

    Raises:
        ModelError: It cannot be loaded or fails its self-test.
    """
    if choice.device == "cuda":
        cuda.prepare()
    whisper = models.load(choice)
    if choice.device == "cuda":
        cuda.keep_memory(choice.device_index)
    self_test.run(whisper)
    warmed = warm_up(whisper.decode, self_test.read_clip().request(whisper), choice.rows, choice.lanes)
    return OpenedModel(whisper, whisper.capabilities, warmed)


def run(pipe: Connection, opener: Opener, lanes: int) -> None:
    """Send `WorkerReady` or `WorkerFailed` once, then a `WorkerAnswer` to each `WorkerRequest`, `lanes` at once.

    Returns when None arrives or the other end of the pipe closes.
    """
    hardening.protect_memory()
    log.setup()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which then closes the pipe
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, signal.SIG_IGN)  # so is Ctrl-Break, or that the window is closed
    # numpy's BLAS threads spin between calls and take the cores from CTranslate2: decodes took 1.3 to 1.7 times as long
    threadpoolctl.threadpool_limits(1, "blas")
    try:
        opened = opener()
    except (ModelError, DecodeError) as exc:
        pipe.send(WorkerFailed(str(exc)))
        return
    pipe.send(WorkerReady(opened.capabilities, opened.warm_up))
    # systemd stops every process of a service at once; this one still decodes what was said until the pipe closes
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sending = Lock()
    with ThreadPoolExecutor(lanes, thread_name_prefix="lane") as pool:
        while True:
            try:
                request: WorkerRequest | None = pipe.recv()
            except (EOFError, OSError):
                return
            if request is None:
                return
            pool.submit(_answer, pipe, sending, opened.decoder, request)


def _answer(pipe: Connection, sending: Lock, decoder: BatchDecoder, request: WorkerRequest) -> None:
    result: list[DecodeResult] | WorkerFailed
    try:
        result = decoder.decode(request.requests, request.encoder_length)
    except DecodeError as exc:
        result = WorkerFailed(str(exc), classify(exc.__cause__ or exc))
    except Exception as exc:  # a bug fails its batch; the service logs the sentence and goes on
        text = f"A batch of {len(request.requests)} windows failed with {type(exc).__name__}: {exc}"
        result = WorkerFailed(text, classify(exc))
    try:
        with sending:
            pipe.send(WorkerAnswer(request.number, result))
    except OSError:
        return  # the service is gone, and this process ends with it
