"""An engine whose decodes are timed on their way to the real engine."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.captions.live_session import LiveDecoder
from app.captions.room import LiveEngine
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeClient


@dataclass(frozen=True, slots=True)
class DecodeTimes:
    """The times of one decode; moments are on the monotonic clock, in seconds."""

    joined_s: float
    """When the stream joined the engine."""
    ready_s: float
    """When the decode was due."""
    result_s: float
    """When the session had the result."""
    decode_s: float
    """How long its batch took in the worker."""


class MeteredEngine:
    """Passes streams to another engine and reports the times of each decode."""

    def __init__(
        self,
        engine: LiveEngine,
        on_decode: Callable[[DecodeTimes], object],
        adapt: Callable[[DecodeClient], DecodeClient] | None = None,
    ) -> None:
        """Pass streams to `engine`; `adapt` may replace the client that asks for a decode."""
        self._engine = engine
        self._on_decode = on_decode
        self._adapt = adapt or (lambda client: client)

    @contextmanager
    def join(self, room: str = "") -> Iterator["MeteredDecoder"]:
        """Join the engine while the block lasts."""
        with self._engine.join(room) as decoder:
            yield MeteredDecoder(decoder, self._on_decode, self._adapt)


class MeteredDecoder:
    """One stream of a `MeteredEngine`."""

    def __init__(
        self,
        decoder: LiveDecoder,
        on_decode: Callable[[DecodeTimes], object],
        adapt: Callable[[DecodeClient], DecodeClient],
    ) -> None:
        """Time the decodes of `decoder`."""
        self._decoder = decoder
        self._on_decode = on_decode
        self._adapt = adapt
        self._joined_s = time.monotonic()

    @property
    def slot(self) -> float | None:
        """The decoder's slot."""
        return self._decoder.slot

    @property
    def cadence_s(self) -> float:
        """The decoder's cadence."""
        return self._decoder.cadence_s

    async def answer(self, client: DecodeClient) -> DecodeResult | None:
        """Decode what the client needs, and report the times; None if it no longer needs anything."""
        ready_s = time.monotonic()
        decoded = await self._decoder.answer(self._adapt(client))
        if decoded is not None:
            self._on_decode(DecodeTimes(self._joined_s, ready_s, time.monotonic(), decoded.decode_s))
        return decoded
