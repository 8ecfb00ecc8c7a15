"""Many rooms on one engine, each hearing speech without pauses at the pace of life; what readers saw comes out."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.bench import proc_stats
from app.bench.corpus import ContinuousSpeech
from app.bench.rooms_report import RoomPlayed, RoomsReport
from app.bench.timeline import ShownEvent
from app.captions.live_session import LiveDecoder
from app.captions.log import MemoryLog
from app.captions.room import LiveEngine, Room
from app.captions.session import SessionSettings
from app.decode import models, worker
from app.decode.engine import BatchStats
from app.decode.engine import Engine as RealEngine
from app.decode.engine_pool import EnginePool
from app.decode.hypothesis import DecodeResult
from app.decode.profile import Profile
from app.decode.request import DecodeClient, DecodeNeed, DecodeRequest, Task
from app.errors import BusyError

CHUNK_S = 0.1
"""Length of a chunk, as pages send them."""

WARM_S = 5.0
"""Rooms begin one after the other within this time, and it is not counted."""

LOOK_S = 1.0
"""How often backlog and cadence are looked at."""

SWITCHES = ("batching", "short", "cache", "align", "lanes", "slots")
"""What can be switched off, to see what it is worth: batches over rooms, short windows, features kept from window to
window, alignment only where words may commit, several batches at once, rooms spread over the second."""


@dataclass(frozen=True, slots=True)
class RoomsPlan:
    """One run."""

    rooms: int
    seconds: float
    without: frozenset[str] = frozenset()
    """Switches that are off."""
    silent: bool = False
    """Whether the rooms are open but nobody speaks."""
    task: Task = "transcribe"
    has_drafts: bool = False
    """Whether a small model writes what may still change."""
    admits: bool = True
    """Whether the engine may refuse rooms."""
    kills: int = 0
    """How often the worker is killed, spread over the run."""


@dataclass(slots=True)
class _RunRecord:
    """What one run collects."""

    began_s: float
    batches: list[BatchStats] = field(default_factory=list)
    behind_s: list[tuple[float, float]] = field(default_factory=list)
    """(time, seconds behind, mean over rooms), looked at every LOOK_S."""
    cadence_s: list[float] = field(default_factory=list)
    n_kills: int = 0


def profile_without(profile: Profile, without: frozenset[str]) -> Profile:
    """Return the profile with what lies in it switched off."""
    if "batching" in without:
        profile = replace(profile, limits=replace(profile.limits, rows=dict.fromkeys(profile.limits.rows, 1)))
    if "lanes" in without:
        profile = replace(profile, lanes=1, threads=0)
    if "slots" in without:
        profile = replace(profile, slots=0, gather_s=0.0)
    return profile


async def play(
    plan: RoomsPlan,
    speeches: list[ContinuousSpeech],
    choice: models.ModelChoice,
    profile: Profile,
    drafts: tuple[models.ModelChoice, Profile] | None = None,
) -> RoomsReport:
    """Run the rooms and return what was measured; takes `plan.seconds` and a little.

    With `drafts` a small model writes what may still change; both share the device's lanes.

    Raises:
        ModelError: The model cannot be loaded.
    """
    profile = profile_without(profile, plan.without)
    watched = _RunRecord(time.monotonic())
    if drafts is not None:
        profile = replace(profile, lanes=max(1, profile.lanes // 2))
        drafts = (drafts[0], replace(drafts[1], lanes=max(1, drafts[1].lanes // 2)))
    engine, *others = [
        RealEngine(
            partial(worker.open_checked, own.apply_to(model)), own, admits=plan.admits, on_batch=watched.batches.append
        )
        for model, own in [(choice, profile), *([drafts] if drafts else [])]
    ]

    def pids() -> list[int | None]:
        return [os.getpid(), *(one.worker_pid for one in (engine, *others))]

    fleet = EnginePool([engine], others)
    async with fleet.running():
        watched.began_s = time.monotonic()
        played = [RoomPlayed(_speech(plan, speeches, i)) for i in range(plan.rooms)]
        rooms = [
            _BenchRoom(plan, room, fleet, f"room{i}", wait_s=WARM_S * i / plan.rooms) for i, room in enumerate(played)
        ]
        cpu_s = sum(map(proc_stats.cpu_s, pids()))
        async with asyncio.TaskGroup() as group:
            looking = group.create_task(_look(watched, rooms, engine))
            killing = group.create_task(_kill(plan, engine, watched))
            async with asyncio.TaskGroup() as speaking:
                for room in rooms:
                    speaking.create_task(room.run())
            looking.cancel()
            killing.cancel()
        memory = sum(map(proc_stats.memory_bytes, pids()))
        cpu_s = sum(map(proc_stats.cpu_s, pids())) - cpu_s
    return RoomsReport(
        rooms=plan.rooms,
        seconds=plan.seconds,
        played=tuple(played),
        batch_rows=tuple(batch.n_rows for batch in watched.batches),
        behind_s=tuple((at_s - watched.began_s, behind_s) for at_s, behind_s in watched.behind_s),
        cadence_s=tuple(watched.cadence_s),
        memory_bytes=memory,
        cpu_s=cpu_s,
        n_kills=watched.n_kills,
    )


def _speech(plan: RoomsPlan, speeches: list[ContinuousSpeech], number: int) -> ContinuousSpeech:
    """Return what room `number` hears: every room begins elsewhere, so that they do not speak in step."""
    if plan.silent:
        noise = np.random.default_rng(number).standard_normal(round(plan.seconds * SAMPLE_RATE)) * 1e-3
        return ContinuousSpeech(noise.astype(np.float32), ())
    own = speeches[number % len(speeches)]
    return own.turned(number / plan.rooms).repeated(plan.seconds)


class _BenchRoom:
    """One room, its one source and its one reader."""

    def __init__(self, plan: RoomsPlan, played: RoomPlayed, engine: LiveEngine, name: str, wait_s: float) -> None:
        self._plan, self._played, self._wait_s = plan, played, wait_s
        self._engine = _Metered(engine, plan, played)
        speech = played.speech
        settings = SessionSettings(
            task=plan.task,
            language=speech.languages[0] if len(speech.languages) == 1 else None,
            languages=speech.languages,
            has_drafts=plan.has_drafts,
        )
        self._room = Room(name, engine=self._engine, settings=settings, log=MemoryLog(name), model="bench")

    @property
    def behind_s(self) -> float:
        """Seconds of sound that wait to be decoded."""
        return sum(source.behind_s for source in self._room.state.sources)

    async def run(self) -> None:
        """Play, and read as a viewer does."""
        await asyncio.sleep(self._wait_s)
        source = _Paced(self._played.speech.samples)
        with self._room.bus.subscribe() as subscription:

            async def read() -> None:
                async for event in subscription.events():
                    self._played.history.append(ShownEvent(source.elapsed_s, event))

            async with asyncio.TaskGroup() as group:
                reading = group.create_task(read())
                try:
                    await self._room.listen(source)
                except BusyError:
                    self._played.is_rejected = True
                await asyncio.sleep(LOOK_S)  # for the reader to empty its box
                reading.cancel()


class _Paced:
    """Sound that comes as from a microphone."""

    name = "bench"

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._began_s = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the first sample was due."""
        return time.monotonic() - self._began_s

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield each chunk when its last sample has been spoken."""
        self._began_s = time.monotonic()
        n_chunk = round(CHUNK_S * SAMPLE_RATE)
        for first in range(0, len(self._samples), n_chunk):
            chunk = Chunk(self._samples[first : first + n_chunk], first / SAMPLE_RATE)
            await asyncio.sleep(max(0.0, chunk.end_s - self.elapsed_s))
            yield chunk


class _LimitedClient:
    """A client whose requests lack what is switched off."""

    def __init__(self, client: DecodeClient, without: frozenset[str]) -> None:
        self._client = client
        self._without = without

    def need(self) -> DecodeNeed | None:
        """Return what the client needs."""
        need = self._client.need()
        return replace(need, full_window=True) if need and "short" in self._without else need

    def request(self) -> DecodeRequest | None:
        """Return the client's request."""
        request = self._client.request()
        if request is None:
            return None
        return replace(
            request,
            full_window=request.full_window or "short" in self._without,
            stream="" if "cache" in self._without else request.stream,
            timed=request.timed or "align" in self._without,
        )


class _Meter:
    """A stream that notes how long its room waits for each answer."""

    def __init__(self, stream: LiveDecoder, plan: RoomsPlan, played: RoomPlayed) -> None:
        self._stream, self._plan, self._played = stream, plan, played
        self._began_s = time.monotonic()

    @property
    def slot(self) -> float | None:
        """The stream's own slot."""
        return self._stream.slot

    @property
    def cadence_s(self) -> float:
        """The stream's own cadence."""
        return self._stream.cadence_s

    async def answer(self, client: DecodeClient) -> DecodeResult | None:
        """Decode, and note the time from ready to result."""
        ready_s = time.monotonic()
        decoded = await self._stream.answer(
            _LimitedClient(client, self._plan.without) if self._plan.without else client
        )
        if decoded is not None and ready_s - self._began_s > WARM_S:
            self._played.waits_s.append(time.monotonic() - ready_s)
        return decoded


class _Metered:
    """An engine whose streams are watched."""

    def __init__(self, engine: LiveEngine, plan: RoomsPlan, played: RoomPlayed) -> None:
        self._engine, self._plan, self._played = engine, plan, played

    @contextmanager
    def join(self) -> Iterator[_Meter]:
        """Join the engine and watch."""
        with self._engine.join() as stream:
            yield _Meter(stream, self._plan, self._played)


async def _look(watched: _RunRecord, rooms: list[_BenchRoom], engine: RealEngine) -> None:
    while True:
        await asyncio.sleep(LOOK_S)  # a sample a second, not a poll for an event
        now_s = time.monotonic()
        if now_s - watched.began_s > WARM_S:
            watched.behind_s.append((now_s, float(np.mean([room.behind_s for room in rooms]))))
            watched.cadence_s.append(engine.admission.cadence_s)


async def _kill(plan: RoomsPlan, engine: RealEngine, watched: _RunRecord) -> None:
    for _ in range(plan.kills):
        await asyncio.sleep(plan.seconds / (plan.kills + 1))
        watched.n_kills += proc_stats.kill(engine.worker_pid)
