"""Plays speech without pauses into many rooms that share one engine, and records what their viewers saw."""

import asyncio
import os
import time
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from app.audio.chunk import SAMPLE_RATE
from app.audio.speech_detector import SpeechDetector
from app.bench import proc_stats
from app.bench.corpus import ContinuousSpeech
from app.bench.metered_engine import DecodeTimes, MeteredEngine
from app.bench.paced_source import PacedSource
from app.bench.rooms_report import RoomPlayed, RoomsReport
from app.bench.shown_event import ShownEvent
from app.captions.caption_log import MemoryLog
from app.captions.room import LiveEngine, Room
from app.captions.session_settings import SessionSettings
from app.decode import models, worker
from app.decode.batch import BatchStats
from app.decode.engine import Engine
from app.decode.engine_pool import EnginePool
from app.decode.profile import DeviceProfile
from app.decode.request import DecodeClient, DecodeNeed, DecodeRequest, Task
from app.errors import BusyError

CHUNK_S = 0.1
"""Length of a chunk, as browsers send them."""

WARM_S = 5.0
"""Rooms start one after the other within this time, which is not measured."""

SAMPLE_S = 1.0
"""Time between two samples of backlog and cadence."""

SWITCHES = ("batching", "short", "cache", "align", "lanes", "slots")
"""What can be switched off, to measure its effect: batches over rooms, short windows, features cached from window to
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
    """Whether a small model writes the words that may still change."""
    admits: bool = True
    """Whether the engine may reject rooms."""
    kills: int = 0
    """How often the worker is killed, spread over the run."""


@dataclass(slots=True)
class _RunRecord:
    """What is sampled during one run."""

    started_s: float
    batches: list[BatchStats] = field(default_factory=list)
    behind_s: list[tuple[float, float]] = field(default_factory=list)
    """(time, seconds behind, mean over rooms), one sample every SAMPLE_S."""
    cadence_s: list[float] = field(default_factory=list)
    n_kills: int = 0


def disable_switches(profile: DeviceProfile, without: frozenset[str]) -> DeviceProfile:
    """Return the profile without what is switched off; only three of the switches are settings of the profile."""
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
    profile: DeviceProfile,
    drafts: tuple[models.ModelChoice, DeviceProfile] | None = None,
) -> RoomsReport:
    """Run the rooms and return what was measured; takes a little longer than `plan.seconds`.

    With `drafts` a small model writes the words that may still change; both models share the device's lanes.

    Raises:
        ModelError: The model cannot be loaded.
    """
    profile = disable_switches(profile, plan.without)
    record = _RunRecord(time.monotonic())
    if drafts is not None:
        profile = replace(profile, lanes=max(1, profile.lanes // 2))
        drafts = (drafts[0], replace(drafts[1], lanes=max(1, drafts[1].lanes // 2)))
    engine, *others = [
        Engine(
            partial(worker.open_checked, own.apply_to(model)), own, admits=plan.admits, on_batch=record.batches.append
        )
        for model, own in [(choice, profile), *([drafts] if drafts else [])]
    ]

    def pids() -> list[int | None]:
        return [os.getpid(), *(one.worker_pid for one in (engine, *others))]

    pool = EnginePool([engine], others)
    async with pool.running():
        record.started_s = time.monotonic()
        played = [RoomPlayed(_choose_speech(plan, speeches, i)) for i in range(plan.rooms)]
        detector = SpeechDetector()
        rooms = [
            _BenchRoom(plan, room, pool, detector, f"room{i}", wait_s=WARM_S * i / plan.rooms)
            for i, room in enumerate(played)
        ]
        cpu_s = sum(map(proc_stats.read_cpu_s, pids()))
        async with asyncio.TaskGroup() as group:
            sampling = group.create_task(_sample(record, rooms, engine))
            killing = group.create_task(_kill_worker(plan, engine, record))
            async with asyncio.TaskGroup() as speaking:
                for room in rooms:
                    speaking.create_task(room.run())
            sampling.cancel()
            killing.cancel()
        memory = sum(map(proc_stats.read_memory_bytes, pids()))
        cpu_s = sum(map(proc_stats.read_cpu_s, pids())) - cpu_s
    return RoomsReport(
        rooms=plan.rooms,
        seconds=plan.seconds,
        played=tuple(played),
        batch_rows=tuple(batch.n_rows for batch in record.batches),
        behind_s=tuple((at_s - record.started_s, behind_s) for at_s, behind_s in record.behind_s),
        cadence_s=tuple(record.cadence_s),
        memory_bytes=memory,
        cpu_s=cpu_s,
        n_kills=record.n_kills,
    )


def _choose_speech(plan: RoomsPlan, speeches: list[ContinuousSpeech], number: int) -> ContinuousSpeech:
    """Return the speech of room `number`: each room starts at another sentence, so that they do not pause together."""
    if plan.silent:
        noise = np.random.default_rng(number).standard_normal(round(plan.seconds * SAMPLE_RATE)) * 1e-3
        return ContinuousSpeech(noise.astype(np.float32), ())
    speech = speeches[number % len(speeches)]
    return speech.rotated(number / plan.rooms).repeated(plan.seconds)


class _BenchRoom:
    """One room with one source and one viewer."""

    def __init__(
        self,
        plan: RoomsPlan,
        played: RoomPlayed,
        engine: LiveEngine,
        detector: SpeechDetector,
        name: str,
        wait_s: float,
    ) -> None:
        self._plan, self._played, self._wait_s = plan, played, wait_s
        self._engine = MeteredEngine(engine, self._note_wait, self._limit if plan.without else None)
        speech = played.speech
        settings = SessionSettings(
            task=plan.task,
            language=speech.languages[0] if len(speech.languages) == 1 else None,
            languages=speech.languages,
            has_drafts=plan.has_drafts,
        )
        self._room = Room(
            name, engine=self._engine, settings=settings, log=MemoryLog(name), model="bench", detector=detector
        )

    @property
    def behind_s(self) -> float:
        """Seconds of sound that are not decoded yet."""
        return sum(source.behind_s for source in self._room.state.sources)

    async def run(self) -> None:
        """Play the speech, and read the room's bus as a viewer does."""
        await asyncio.sleep(self._wait_s)
        source = PacedSource(self._played.speech.samples, CHUNK_S)
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
                await asyncio.sleep(SAMPLE_S)  # the viewer still gets the last events
                reading.cancel()

    def _limit(self, client: DecodeClient) -> DecodeClient:
        return LimitedClient(client, self._plan.without)

    def _note_wait(self, times: DecodeTimes) -> None:
        if times.ready_s - times.joined_s > WARM_S:
            self._played.waits_s.append(times.result_s - times.ready_s)


class LimitedClient:
    """A decode client whose requests leave out what is switched off."""

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
            feature_stream="" if "cache" in self._without else request.feature_stream,
            timed=request.timed or "align" in self._without,
        )


async def _sample(record: _RunRecord, rooms: list[_BenchRoom], engine: Engine) -> None:
    while True:
        await asyncio.sleep(SAMPLE_S)  # a sample every second, not a poll for an event
        now_s = time.monotonic()
        if now_s - record.started_s > WARM_S:
            record.behind_s.append((now_s, float(np.mean([room.behind_s for room in rooms]))))
            record.cadence_s.append(engine.admission.cadence_s)


async def _kill_worker(plan: RoomsPlan, engine: Engine, record: _RunRecord) -> None:
    for _ in range(plan.kills):
        await asyncio.sleep(plan.seconds / (plan.kills + 1))
        record.n_kills += proc_stats.kill_process(engine.worker_pid)
