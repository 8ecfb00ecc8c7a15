"""One live stream's place at an engine: when it may ask, and what it costs."""

import math
import time
from collections.abc import Awaitable, Callable

from app.decode.admission import Admission
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeClient

PROVEN_S = 30.0
"""Until a stream is this old it counts as one that speaks without pause; after that by what it cost."""


class LiveStream:
    """Made by `Engine.join`; one decode at a time."""

    def __init__(
        self, answer: Callable[[DecodeClient], Awaitable[DecodeResult | None]], load: Admission, *, slot: float | None
    ) -> None:
        """Take place in one slot of the second, 0 <= slot < 1, or in none."""
        self.slot = slot
        self._answer = answer
        self._load = load
        self._joined_s = time.monotonic()
        self._cost_s = 0.0
        """Lane time per second, lately."""
        self._noted_s = self._joined_s

    @property
    def cadence_s(self) -> float:
        """New sound between two decodes of a running utterance, in seconds; grows when the engine is busy."""
        return self._load.cadence_s

    def share_s(self, row_s: float) -> float:
        """Return the lane time per second to reckon with, given the time of one row."""
        now_s = time.monotonic()
        if now_s - self._joined_s < PROVEN_S:
            return row_s
        return self._cost_s * _faded(now_s - self._noted_s)

    async def answer(self, client: DecodeClient) -> DecodeResult | None:
        """Decode what is wanted when the stream's turn comes; None if nothing was wanted any more.

        Cancelling gives the request up.

        Raises:
            DecodeError: The batch failed, or its worker died twice.
        """
        decoded = await self._answer(client)
        if decoded is not None:
            now_s = time.monotonic()
            faded = self._cost_s * _faded(now_s - self._noted_s)
            self._cost_s = faded + decoded.decode_s / decoded.n_rows / PROVEN_S
            self._noted_s = now_s
        return decoded


def _faded(seconds: float) -> float:
    """Return what is left of an exponential mean over PROVEN_S."""
    return math.exp(-seconds / PROVEN_S)
