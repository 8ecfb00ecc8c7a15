"""A live stream's place at an engine: when it may ask, and what its decodes cost."""

import math
import time
from collections.abc import Awaitable, Callable

from app.decode.admission import CADENCES_S, Admission
from app.decode.batch import DecodedWindow
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeClient

PROVEN_S = 30.0
"""A younger stream is assumed to speak without pause; an older one counts with its measured cost."""


class LiveStream:
    """One live source that decodes on an engine, one window at a time; made by `Engine.join`.

    If a small model writes drafts, the stream also has a place at that model's engine and sends its drafts there.
    """

    def __init__(
        self,
        decode: Callable[[DecodeClient], Awaitable[DecodedWindow | None]],
        admission: Admission,
        *,
        slot: float | None,
        drafts: "LiveStream | None" = None,
        room: str = "",
        stretch: Callable[[], float] = lambda: 1.0,
    ) -> None:
        """Decode with `decode`, at one slot of the second (0 <= slot < 1) or at none; send drafts to `drafts`.

        `stretch` returns by how much the cadence is longer than that of other rooms.
        """
        self.room = room
        self.slot = slot
        self._decode = decode
        self._admission = admission
        self._drafts = drafts
        self._stretch = stretch
        self._joined_s = time.monotonic()
        self._cost_s = 0.0
        """Recent lane time per second, at the shortest allowed encoder length."""
        self._cost_at_s = self._joined_s
        """When `_cost_s` was computed."""

    @property
    def cadence_s(self) -> float:
        """New sound between two decodes of a running utterance, in seconds; grows when an engine is busy."""
        own_s = min(CADENCES_S[-1], self._admission.cadence_s * self._stretch())
        return own_s if self._drafts is None else max(own_s, self._drafts.cadence_s)

    def share_s(self, row_s: float) -> float:
        """Return the expected lane time per second, given the lane time of one row."""
        now_s = time.monotonic()
        if now_s - self._joined_s < PROVEN_S:
            return row_s
        return self._faded_cost_s(now_s)

    async def answer(self, client: DecodeClient) -> DecodeResult | None:
        """Decode what the client needs when its turn comes; None if it no longer needs anything.

        Cancelling drops the request.

        Raises:
            DecodeError: The batch failed, or its worker died twice.
        """
        if self._drafts is not None:
            need = client.need()
            if need is not None and need.is_draft:
                return await self._drafts.answer(client)
        decoded = await self._decode(client)
        if decoded is None:
            return None
        now_s = time.monotonic()
        self._cost_s = self._faded_cost_s(now_s) + decoded.cost_s / PROVEN_S
        self._cost_at_s = now_s
        return decoded.result

    def _faded_cost_s(self, now_s: float) -> float:
        """Return the exponential mean over PROVEN_S at `now_s`."""
        return self._cost_s * math.exp((self._cost_at_s - now_s) / PROVEN_S)
