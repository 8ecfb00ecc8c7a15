"""Devices that fail, for worker processes: a lost CUDA device, too little memory, one bad window, a hang.

All read the words of a window from its sound (see `spoken_words`). A device that fails once notes it in the folder, so
that the next worker works.
"""

import os
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.silero import STEP
from app.audio.speech_detector import SpeechDetector
from app.audio.speech_stream import SpeechChunk, SpeechStream
from app.decode.hypothesis import DecodeResult, Hypothesis, Word
from app.decode.request import DecodeRequest
from app.decode.worker import OpenedModel
from app.errors import DecodeError

STEP_S = 0.5
"""Each step of sound holds one word."""

POISON = 0.9
"""A window that begins with this value cannot be decoded."""


def spoken_words(first: int, n_words: int) -> Samples:
    """Return sound with one word in each step; word i of the whole is written as `w<i>`."""
    values = np.repeat((np.arange(first, first + n_words) % 400 + 1) / 1000, round(STEP_S * SAMPLE_RATE))
    return values.astype(np.float32)


def read_words(samples: Samples) -> tuple[Word, ...]:
    """Return the words in the sound of a window; a word that is cut off is left out."""
    n_step = round(STEP_S * SAMPLE_RATE)
    numbers = np.rint(samples * 1000).astype(int)
    edges = [0, *(np.flatnonzero(np.diff(numbers)) + 1), len(numbers)]
    return tuple(
        Word(f"w{numbers[first] - 1}", first / SAMPLE_RATE, last / SAMPLE_RATE, 0.95)
        for first, last in pairwise(edges)
        if numbers[first] > 0 and last - first >= n_step * 0.6
    )


class FaultyDecoder:
    """Decodes scripted sound; `fail` raises what this device raises."""

    def __init__(self, folder: str = "") -> None:
        self.folder = Path(folder)

    def decode(self, requests: Sequence[DecodeRequest], min_length: int = 0) -> list[DecodeResult]:
        """Return the words of the windows, unless this device fails."""
        try:
            self.fail(requests)
        except (RuntimeError, ValueError) as exc:
            raise DecodeError(f"A batch of {len(requests)} windows failed in the model: {exc}.") from exc
        time.sleep(0.01)
        return [
            DecodeResult(
                request.language or "en",
                {task: Hypothesis(read_words(request.samples), -0.1) for task in request.tasks},
                decode_s=0.01,
                n_rows=len(requests),
            )
            for request in requests
        ]

    def fail(self, requests: Sequence[DecodeRequest]) -> None:
        """Work."""

    def is_due(self, name: str) -> bool:
        """Return whether the file `name` is in the folder, and remove it."""
        try:
            (self.folder / name).unlink()
        except FileNotFoundError:
            return False
        return True


class LostDevice(FaultyDecoder):
    """Once a file `lose` appears, every call fails, as after an illegal memory access."""

    is_lost = False

    def fail(self, requests: Sequence[DecodeRequest]) -> None:
        """Raise CUDA's error for ever."""
        self.is_lost = self.is_lost or self.is_due("lose")
        if self.is_lost:
            raise RuntimeError("CUDA failed with error an illegal memory access was encountered")


class FailingDevice(FaultyDecoder):
    """Once a file `lose` appears, every call fails with an error that may pass."""

    is_lost = False

    def fail(self, requests: Sequence[DecodeRequest]) -> None:
        """Raise an error of cuBLAS for ever."""
        self.is_lost = self.is_lost or self.is_due("lose")
        if self.is_lost:
            raise RuntimeError("cuBLAS failed with status CUBLAS_STATUS_EXECUTION_FAILED")


class SmallMemory(FaultyDecoder):
    """Has memory for three windows."""

    def fail(self, requests: Sequence[DecodeRequest]) -> None:
        """Fail for larger batches."""
        if len(requests) > 3:
            raise RuntimeError("CUDA failed with error out of memory")


class PoisonRow(FaultyDecoder):
    """Fails for a window whose sound begins with POISON, and counts the batches."""

    def fail(self, requests: Sequence[DecodeRequest]) -> None:
        """Fail as CTranslate2 fails for a token that the vocabulary lacks."""
        time.sleep(0.02)
        if any(abs(float(request.samples[0]) - POISON) < 0.01 for request in requests):
            raise ValueError("the model has no token <|yue|>")


class HangingDevice(FaultyDecoder):
    """Once a file `hang` appears, one call takes a minute."""

    def fail(self, requests: Sequence[DecodeRequest]) -> None:
        """Hang."""
        if self.is_due("hang"):
            time.sleep(60.0)


class DyingDevice(FaultyDecoder):
    """Once a file `die` appears, the process ends."""

    def fail(self, requests: Sequence[DecodeRequest]) -> None:
        """End as after a segmentation fault."""
        if self.is_due("die"):
            os._exit(11)


DEVICES: dict[str, type[FaultyDecoder]] = {
    "lost": LostDevice,
    "failing": FailingDevice,
    "memory": SmallMemory,
    "poison": PoisonRow,
    "hang": HangingDevice,
    "die": DyingDevice,
}


def open_device(kind: str, folder: str = "") -> OpenedModel:
    """Open a device of a kind; it looks for files in `folder`."""
    return OpenedModel(DEVICES[kind](folder))


class ScriptedSpeech(SpeechDetector):
    """Hears speech in all sound that is not zero; chunks hold whole steps."""

    async def analyse(self, stream: SpeechStream, chunk: Chunk) -> SpeechChunk:
        """Return the chunk as it is."""
        steps = chunk.samples.reshape(-1, STEP)
        return SpeechChunk(chunk, tuple(float(step.any()) for step in steps))
