"""An engine without a model: a function of the test answers each request."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeClient, DecodeRequest
from app.errors import BusyError, DecodeError

Answer = Callable[[DecodeRequest], DecodeResult]


def deaf(request: DecodeRequest) -> DecodeResult:
    """Fail: this decoder expects no request."""
    raise DecodeError("This decoder expects no request.")


class ScriptedStream:
    """One stream of a scripted engine."""

    slot: float | None = None
    cadence_s = 1.0

    def __init__(self, answer: Answer, delay_s: float) -> None:
        self._answer = answer
        self._delay_s = delay_s

    async def answer(self, client: DecodeClient) -> DecodeResult | None:
        """Answer after the delay, from the sound that has arrived by then."""
        request = client.request()
        await asyncio.sleep(self._delay_s)
        return None if request is None else self._answer(request)


class ScriptedEngine:
    """Gives its streams one answer to each request; accepts a limited number of streams."""

    def __init__(self, answer: Answer = deaf, n_streams_max: int = 99, delay_s: float = 0.0) -> None:
        self._answer = answer
        self._delay_s = delay_s
        self._n_streams_max = n_streams_max
        self.n_streams = 0

    @contextmanager
    def join(self, room: str = "") -> Iterator[ScriptedStream]:
        """Accept a stream."""
        if self.n_streams >= self._n_streams_max:
            raise BusyError("There is no room for one more. Try again in 60 s.", retry_after_s=60.0)
        self.n_streams += 1
        try:
            yield ScriptedStream(self._answer, self._delay_s)
        finally:
            self.n_streams -= 1
