"""Decoders for worker processes; each function opens one, or fails as a model does."""

import os
import time
from collections.abc import Sequence

from app.decode.encoder_length import FULL_LENGTH
from app.decode.hypothesis import DecodeResult, Hypothesis, Word
from app.decode.request import DecodeRequest
from app.decode.worker import OpenedModel
from app.errors import DecodeError, ModelError


class CountingDecoder:
    """Answers with the number of windows in the batch; its prompts contain commands."""

    def decode(self, requests: Sequence[DecodeRequest], min_length: int = 0) -> list[DecodeResult]:
        """Sleep a little, so that requests gather; die or fail when a request's prompt says so."""
        time.sleep(0.05)
        for request in requests:
            if request.previous == "fail":
                raise DecodeError("This window cannot be decoded.")
            if request.previous == "bug":
                raise KeyError("bug")
            if request.previous.startswith("die"):
                _, _, path = request.previous.partition(" ")
                if not path or not os.path.exists(path):  # noqa: PTH110
                    if path:
                        open(path, "w").close()  # noqa: PTH123
                    os._exit(1)
        word = Word(str(len(requests)), 0.0, 0.1, 1.0)
        return [DecodeResult(request.language or "en", {"transcribe": Hypothesis((word,))}) for request in requests]


class RepeatingDecoder:
    """Repeats itself in short windows, as some models do."""

    def decode(self, requests: Sequence[DecodeRequest], min_length: int = 0) -> list[DecodeResult]:
        """Return one text for full windows, and another for shorter ones."""
        text = "all is well with this long window" if min_length == FULL_LENGTH else "all all all all all"
        words = tuple(Word(word, 0.0, 0.1, 1.0) for word in text.split())
        return [DecodeResult(request.language or "en", {"transcribe": Hypothesis(words)}) for request in requests]


def repeating() -> OpenedModel:
    """Open the repeating decoder."""
    return OpenedModel(RepeatingDecoder())


def counting() -> OpenedModel:
    """Open the counting decoder."""
    return OpenedModel(CountingDecoder())


def broken() -> OpenedModel:
    """Fail as a model that does not pass its self-test."""
    raise ModelError("The model failed its self-test: its answer is empty.")


def dying() -> OpenedModel:
    """Die while loading, as for lack of memory."""
    os._exit(9)
