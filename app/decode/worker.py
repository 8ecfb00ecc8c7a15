"""The decoding process: loads one model, proves it, then answers batches until its pipe closes."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Protocol

from app.decode import check, models
from app.decode.hypothesis import Decoded, DecodeRequest
from app.errors import DecodeError, ModelError


class Decoder(Protocol):
    """Whatever decodes batches; `Whisper` in earnest."""

    def decode(self, requests: Sequence[DecodeRequest]) -> list[Decoded]:
        """Decode requests together; result i belongs to request i."""


Opener = Callable[[], Decoder]
"""Makes the decoder inside the process; must survive pickling, as a partial of a module's function does."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded and proven."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Something failed; `text` is the sentence."""

    text: str


Answer = Ready | Failed | list[Decoded]


def open_checked(choice: models.Choice) -> Decoder:
    """Load a model and let it pass the self-test.

    Raises:
        ModelError: It cannot be loaded, or answers nonsense.
    """
    whisper = models.load(choice)
    check.check(whisper)
    return whisper


def run(pipe: Connection, opener: Opener) -> None:
    """Answer `Ready` or `Failed` once, then a list of results or `Failed` for every list of requests.

    Returns when the other end of the pipe closes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which then closes the pipe
    try:
        decoder = opener()
    except (ModelError, DecodeError) as exc:
        pipe.send(Failed(str(exc)))
        return
    pipe.send(Ready())
    while True:
        try:
            requests: list[DecodeRequest] = pipe.recv()
        except (EOFError, OSError):
            return
        answer: Answer
        try:
            answer = decoder.decode(requests)
        except DecodeError as exc:
            answer = Failed(str(exc))
        try:
            pipe.send(answer)
        except OSError:
            return
