"""The worker process: loads one model, tests it, then answers batches until it is stopped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Protocol

from app.decode import cuda, models, self_test
from app.decode.capabilities import Capabilities
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeRequest
from app.decode.scheduler import DecodeBatch, Handle
from app.decode.warm_up import WarmUp, warm_up
from app.decode.worker_loop import ServedModel, serve
from app.decode.worker_process import WorkerProgram, WorkerWords

WORDS = WorkerWords(
    died_loading="The decoding process ended while it loaded the model; there may be too little memory for it. "
    "Try a smaller model.",
    died="The decoding process died each time it decoded this window.",
    hung="The decoding process did not answer each time it decoded this window.",
)


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
class WorkerRequest:
    """A batch to decode."""

    number: int
    requests: list[DecodeRequest]
    encoder_length: int
    """In frames of 20 ms."""

    @property
    def n_rows(self) -> int:
        """How many windows it has."""
        return len(self.requests)


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


def program(opener: Opener, lanes: int, reopener: Opener | None = None) -> WorkerProgram[WorkerReady, DecodeResult]:
    """Return the program that runs `opener` and `lanes` batches at once; None for `reopener` uses `opener` again."""
    return WorkerProgram(run, opener, reopener or opener, lanes, name="decode", words=WORDS)


def make_message(number: int, batch: DecodeBatch[Handle]) -> WorkerRequest:
    """Return a batch as it goes through the pipe."""
    return WorkerRequest(number, batch.requests, batch.encoder_length)


def run(pipe: Connection, opener: Opener, lanes: int) -> None:
    """Send `WorkerReady` or `WorkerFailed` once, then a `WorkerAnswer` to each `WorkerRequest`, `lanes` at once.

    Returns when None arrives or the other end of the pipe closes.
    """

    def open_model() -> ServedModel[WorkerRequest, DecodeResult]:
        opened = opener()
        return ServedModel(
            WorkerReady(opened.capabilities, opened.warm_up),
            lambda batch: opened.decoder.decode(batch.requests, batch.encoder_length),
        )

    serve(pipe, open_model, lanes)
