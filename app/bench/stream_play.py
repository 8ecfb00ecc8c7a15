"""A clip played to a session: on a simulated clock, or live; its events with their moments come out."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.bench.timeline import ShownEvent
from app.captions.event import Event
from app.captions.live_session import LiveDecoder
from app.captions.log import MemoryLog
from app.captions.room import LiveEngine, Room
from app.captions.session import SessionSettings
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeClient, DecodeRequest

CHUNK_S = 0.04
"""Length of a chunk, as a sound card delivers them."""

MINUTE_S = 60.0

LINGER_S = 0.1
"""How long the reader stays after the end, to empty its box."""


class StreamSession(Protocol):
    """The part of a session that the simulated clock drives."""

    def feed(self, chunk: Chunk) -> None:
        """Take in sound."""

    def request(self) -> DecodeRequest | None:
        """Return the decode that is due now."""

    def on_result(self, decoded: DecodeResult) -> list[Event]:
        """Take in the answer to the request in flight."""

    def end(self) -> None:
        """The sound is over."""


class BlockingDecoder(Protocol):
    """Whatever decodes a batch while the caller waits; `Whisper` in earnest."""

    def decode(self, requests: Sequence[DecodeRequest]) -> list[DecodeResult]:
        """Decode requests together."""


@dataclass(frozen=True, slots=True)
class DecodeCost:
    """One decode."""

    at_s: float
    """When it was asked for, in seconds since the start of the clip."""
    decode_s: float
    """How long it took."""


@dataclass(slots=True)
class PlayedClip:
    """What one clip brought."""

    duration_s: float
    history: list[ShownEvent] = field(default_factory=list)
    """All events in the order in which readers had them."""
    costs: list[DecodeCost] | None = None
    """All decodes; None where nobody watched them."""
    memory_bytes: list[int] = field(default_factory=list)
    """Resident memory at the end of each full minute; empty where the system does not tell."""

    @property
    def n_minutes(self) -> int:
        """Full minutes of the clip."""
        return int(self.duration_s // MINUTE_S)

    def minute_s(self, minute: int) -> float | None:
        """Return the time spent on decodes that were asked for in one minute of the clip, 0 being the first."""
        if self.costs is None:
            return None
        return sum(cost.decode_s for cost in self.costs if minute <= cost.at_s / MINUTE_S < minute + 1)


def simulate(
    samples: Samples, session: StreamSession, decoder: BlockingDecoder, clock: Callable[[], float] = time.perf_counter
) -> PlayedClip:
    """Play a clip on a simulated clock: as fast as it decodes, with the lags it would have live.

    Sound reaches the session chunk by chunk at the end of each chunk. A decode that is due runs for real; its answer
    reaches the session that much later by the clip's clock, behind all sound that came meanwhile. `clock` measures the
    decodes, in seconds.

    Raises:
        DecodeError: A decode failed.
    """
    costs: list[DecodeCost] = []
    played = PlayedClip(len(samples) / SAMPLE_RATE, costs=costs)
    now_s = 0.0
    chunks = _chunks(samples)
    coming = next(chunks, None)
    is_over = False
    while True:
        request = session.request()
        if request is not None:
            started = clock()
            [decoded] = decoder.decode([request])
            decode_s = clock() - started
            costs.append(DecodeCost(now_s, decode_s))
            now_s += decode_s
            while coming is not None and coming.end_s <= now_s:
                _feed(coming, session, played)
                coming = next(chunks, None)
            played.history += [ShownEvent(now_s, event) for event in session.on_result(decoded)]
        elif coming is not None:
            _feed(coming, session, played)
            now_s = max(now_s, coming.end_s)
            coming = next(chunks, None)
        elif not is_over:
            session.end()
            is_over = True
        else:
            return played


async def live(samples: Samples, settings: SessionSettings, engine: LiveEngine) -> PlayedClip:
    """Play a clip at its own pace into a room of its own, and read the room's bus as a viewer does.

    Moments are wall time since its first sample was due. Cancelling stops the room.

    Raises:
        SurtitleError: The room could not go on.
    """
    played = PlayedClip(len(samples) / SAMPLE_RATE)
    source = _Paced(samples, played)
    metered = _Metered(engine, source)
    room = Room("bench", engine=metered, settings=settings, log=MemoryLog("bench"), model="bench")
    with room.bus.subscribe() as subscription:

        async def read() -> None:
            async for event in subscription.events():
                played.history.append(ShownEvent(source.elapsed_s, event))

        async with asyncio.TaskGroup() as group:
            reading = group.create_task(read())
            await room.listen(source)
            await asyncio.sleep(LINGER_S)
            reading.cancel()
    played.costs = metered.costs
    return played


class _Paced:
    """Sound that comes as from a microphone."""

    name = "bench"

    def __init__(self, samples: Samples, played: PlayedClip) -> None:
        self._samples = samples
        self._played = played
        self._started_s = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the first sample was due."""
        return time.monotonic() - self._started_s

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield each chunk when its last sample has been spoken."""
        self._started_s = time.monotonic()
        for chunk in _chunks(self._samples):
            await asyncio.sleep(max(0.0, chunk.end_s - self.elapsed_s))
            _note_memory(chunk, self._played)
            yield chunk


class _Meter:
    """A stream that notes what its decodes cost."""

    def __init__(self, decoder: LiveDecoder, source: _Paced) -> None:
        self.costs: list[DecodeCost] = []
        self._decoder = decoder
        self._source = source

    @property
    def slot(self) -> float | None:
        """The stream's own slot."""
        return self._decoder.slot

    @property
    def cadence_s(self) -> float:
        """The stream's own cadence."""
        return self._decoder.cadence_s

    async def answer(self, client: DecodeClient) -> DecodeResult | None:
        """Decode one window; the cost is the time its batch took in the worker."""
        at_s = self._source.elapsed_s
        decoded = await self._decoder.answer(client)
        if decoded is not None:
            self.costs.append(DecodeCost(at_s, decoded.decode_s))
        return decoded


class _Metered:
    """An engine whose one stream is watched."""

    def __init__(self, engine: LiveEngine, source: _Paced) -> None:
        self.costs: list[DecodeCost] = []
        self._engine = engine
        self._source = source

    @contextmanager
    def join(self) -> Iterator[_Meter]:
        """Join the engine and watch."""
        with self._engine.join() as stream:
            meter = _Meter(stream, self._source)
            self.costs = meter.costs
            yield meter


def _chunks(samples: Samples) -> Iterator[Chunk]:
    n_chunk = round(CHUNK_S * SAMPLE_RATE)
    for first in range(0, len(samples), n_chunk):
        yield Chunk(samples[first : first + n_chunk], first / SAMPLE_RATE)


def _feed(chunk: Chunk, session: StreamSession, played: PlayedClip) -> None:
    session.feed(chunk)
    _note_memory(chunk, played)


def _note_memory(chunk: Chunk, played: PlayedClip) -> None:
    if int(chunk.end_s // MINUTE_S) > int(chunk.start_s // MINUTE_S):
        memory = _resident_bytes()
        if memory is not None:
            played.memory_bytes.append(memory)


def _resident_bytes() -> int | None:
    """Return the memory this process holds, from Linux's /proc; None elsewhere."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    resident = next((line for line in status.splitlines() if line.startswith("VmRSS:")), None)
    return int(resident.split()[1]) * 1024 if resident else None
