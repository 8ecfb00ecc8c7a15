"""Plays a clip to a session, on a simulated clock or live, and returns the events with their moments."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.speech_stream import SpeechChunk, SpeechStream
from app.bench import proc_stats
from app.bench.metered_engine import DecodeTimes, MeteredEngine
from app.bench.paced_source import PacedSource, split_chunks
from app.bench.shown_event import ShownEvent
from app.bench.simulated_engine import SimulatedEngine
from app.captions.caption_log import MemoryLog
from app.captions.event import Event
from app.captions.room import LiveEngine, Room
from app.captions.session_settings import SessionSettings
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeRequest
from app.decode.worker import BatchDecoder

CHUNK_S = 0.04
"""Length of a chunk, as sound cards deliver them."""

MINUTE_S = 60.0

LINGER_S = 0.1
"""How long the viewer still reads after the end of the sound, to get the last events."""


class StreamSession(Protocol):
    """The part of a session that the simulated clock drives."""

    def feed(self, speech: SpeechChunk) -> list[Event]:
        """Take in sound, and return the events that follow."""

    def request(self) -> DecodeRequest | None:
        """Return the decode that is due now."""

    def on_result(self, decoded: DecodeResult) -> list[Event]:
        """Take in the result of the request in flight."""

    def end(self) -> list[Event]:
        """End the session: no more sound follows; return the events of a phrase that this closes."""


class SpeechSource(Protocol):
    """Knows where there is speech in a clip."""

    def feed(self, chunk: Chunk) -> SpeechChunk:
        """Return the next chunk with its speech."""


@dataclass(frozen=True, slots=True)
class DecodeCost:
    """One decode."""

    at_s: float
    """When it was requested, in seconds since the start of the clip."""
    decode_s: float
    """How long it took."""


@dataclass(slots=True)
class PlayedClip:
    """What was shown and measured while one clip played."""

    duration_s: float
    history: list[ShownEvent] = field(default_factory=list)
    """All events in the order in which viewers had them."""
    costs: list[DecodeCost] | None = None
    """All decodes; None if they were not timed."""
    memory_bytes: list[int] = field(default_factory=list)
    """Resident memory at the end of each full minute; empty where the system does not report it."""

    @property
    def n_minutes(self) -> int:
        """Full minutes of the clip."""
        return int(self.duration_s // MINUTE_S)

    def minute_s(self, minute: int) -> float | None:
        """Return the time spent on decodes that were requested in one minute of the clip, 0 being the first."""
        if self.costs is None:
            return None
        return sum(cost.decode_s for cost in self.costs if minute <= cost.at_s / MINUTE_S < minute + 1)


def simulate(
    samples: Samples,
    session: StreamSession,
    decoder: BatchDecoder,
    clock: Callable[[], float] = time.perf_counter,
    speech: SpeechSource | None = None,
) -> PlayedClip:
    """Play a clip on a simulated clock: as fast as it decodes, with the lags it would have live.

    Each chunk reaches the session at the moment of its last sample. A decode that is due really runs; its result
    reaches the session that much later on the clip's clock, after the sound that came in the meantime. `clock`
    measures the decodes, in seconds. Windows have the encoder length that an engine with this room alone would choose:
    1500 frames while decodes take less than about 30 % of the time. `speech` knows where there is speech; None detects
    it.

    Raises:
        DecodeError: A decode failed.
    """
    costs: list[DecodeCost] = []
    played = PlayedClip(len(samples) / SAMPLE_RATE, costs=costs)
    stream = speech or SpeechStream()
    engine = SimulatedEngine()
    now_s = 0.0
    chunks = split_chunks(samples, CHUNK_S)
    coming = next(chunks, None)
    is_over = False
    while True:
        request = session.request()
        if request is not None:
            started = clock()
            [decoded] = decoder.decode([request], engine.choose_length(request))
            decode_s = clock() - started
            costs.append(DecodeCost(now_s, decode_s))
            now_s += decode_s
            engine.add(now_s, decode_s, request)
            while coming is not None and coming.end_s <= now_s:
                _feed(stream.feed(coming), session, played, coming.end_s)
                coming = next(chunks, None)
            played.history += [ShownEvent(now_s, event) for event in session.on_result(decoded)]
        elif coming is not None:
            now_s = max(now_s, coming.end_s)
            _feed(stream.feed(coming), session, played, now_s)
            coming = next(chunks, None)
        elif not is_over:
            played.history += [ShownEvent(now_s, event) for event in session.end()]
            is_over = True
        else:
            return played


async def live(samples: Samples, settings: SessionSettings, engine: LiveEngine) -> PlayedClip:
    """Play a clip at normal speed into a new room, and read the room's bus as a viewer does.

    Moments are wall time since the first sample was due. Cancelling stops the room.

    Raises:
        SurtitleError: The room failed.
    """
    costs: list[DecodeCost] = []
    played = PlayedClip(len(samples) / SAMPLE_RATE, costs=costs)
    source = PacedSource(samples, CHUNK_S, on_chunk=lambda chunk: _note_memory(chunk, played))

    def note_cost(times: DecodeTimes) -> None:
        costs.append(DecodeCost(times.ready_s - source.started_s, times.decode_s))

    metered = MeteredEngine(engine, note_cost)
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
    return played


def _feed(speech: SpeechChunk, session: StreamSession, played: PlayedClip, now_s: float) -> None:
    played.history += [ShownEvent(now_s, event) for event in session.feed(speech)]
    _note_memory(speech.chunk, played)


def _note_memory(chunk: Chunk, played: PlayedClip) -> None:
    if int(chunk.end_s // MINUTE_S) > int(chunk.start_s // MINUTE_S):
        memory = proc_stats.read_memory_bytes(os.getpid())
        if memory:
            played.memory_bytes.append(memory)
