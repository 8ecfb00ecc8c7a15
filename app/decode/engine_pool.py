"""All engines of a service: one for each device, and perhaps small ones beside them for drafts."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from app.decode.engine import Engine
from app.decode.hypothesis import DecodeResult
from app.decode.live_stream import LiveStream
from app.decode.request import DecodeClient, DecodeRequest
from app.errors import BusyError


class DraftedStream:
    """A stream whose drafts are decoded by a smaller model; everything else goes to the large one."""

    def __init__(self, stream: LiveStream, drafts: LiveStream) -> None:
        """Take both places."""
        self._stream, self._drafts = stream, drafts

    @property
    def slot(self) -> float | None:
        """The large model's slot."""
        return self._stream.slot

    @property
    def cadence_s(self) -> float:
        """The slower of both."""
        return max(self._stream.cadence_s, self._drafts.cadence_s)

    async def answer(self, client: DecodeClient) -> DecodeResult | None:
        """See `LiveStream.answer`."""
        need = client.need()
        return await (self._drafts if need is not None and need.is_draft else self._stream).answer(client)


class EnginePool:
    """Places streams where there is most room; used through `running()`."""

    def __init__(self, engines: Sequence[Engine], drafts: Sequence[Engine] = ()) -> None:
        """Take in at least one engine; with `drafts`, streams get a place at one of those too."""
        self._engines = tuple(engines)
        self._drafts = tuple(drafts)

    @property
    def engines(self) -> tuple[Engine, ...]:
        """All engines, those for drafts last."""
        return self._engines + self._drafts

    @asynccontextmanager
    async def running(self) -> AsyncIterator["EnginePool"]:
        """Run all engines while the block lasts.

        Raises:
            ModelError: A model cannot be loaded or failed its self-test.
        """
        async with AsyncExitStack() as stack:
            for engine in self.engines:
                await stack.enter_async_context(engine.running())
            yield self

    def check(self) -> None:
        """Return if one more live stream has room.

        Raises:
            BusyError: It has not; the sentence says when to try again.
        """
        for engines in filter(None, (self._engines, self._drafts)):
            _emptiest(engines).check()

    @contextmanager
    def join(self) -> Iterator[LiveStream | DraftedStream]:
        """Take a live stream in while the block lasts, at the engine with most room.

        Raises:
            BusyError: None has room for one more.
        """
        with _emptiest(self._engines).join() as stream:
            if not self._drafts:
                yield stream
                return
            with _emptiest(self._drafts).join() as drafts:
                yield DraftedStream(stream, drafts)

    async def decode(self, request: DecodeRequest) -> DecodeResult:
        """Decode one window where least waits; see `Engine.decode`."""
        return await min(self._engines, key=lambda engine: engine.n_waiting).decode(request)


def _emptiest(engines: Sequence[Engine]) -> Engine:
    """Return the engine with most room, of equals the one with fewest streams."""

    def taken(engine: Engine) -> tuple[bool, float, int]:
        try:
            engine.check()
        except BusyError:
            return True, engine.share, engine.n_streams
        return False, engine.share, engine.n_streams

    return min(engines, key=taken)
