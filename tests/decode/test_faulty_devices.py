"""Faulty devices behind a real engine with real worker processes."""

import asyncio
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE
from app.audio.silero import STEP
from app.bench.paced_source import PacedSource
from app.captions.caption_log import MemoryLog
from app.captions.room import Room
from app.captions.session_settings import SessionSettings
from app.decode.encoder_length import ENCODER_LENGTHS
from app.decode.engine import Engine
from app.decode.profile import DeviceProfile
from app.decode.request import DecodeRequest
from app.decode.scheduler import BatchLimits
from app.errors import RowError
from tests.fakes.faulty_devices import POISON, ScriptedSpeech, open_device, spoken_words

FAULTS = {"lost": "lose", "failing": "lose", "die": "die", "hang": "hang"}
"""Devices that work until a file of this name appears."""

CHUNK = 3 * STEP
"""Samples in one chunk of the scripted sound."""

BOUND_S = 5.0
"""Other rooms decode again within this time after a fault."""


def engine_with(kind: str, folder: Path, *, n_rows: int = 8, hang_max_s: float = 20.0) -> Engine:
    """Return an engine on a faulty device."""
    profile = DeviceProfile(limits=BatchLimits(dict.fromkeys(ENCODER_LENGTHS, n_rows)))
    return Engine(partial(open_device, kind, str(folder)), profile, hang_max_s=hang_max_s)


async def ask(engine: Engine, first: int, n_words: int = 3) -> str:
    """Return the text of a window that begins with word `first`."""
    decoded = await engine.decode(DecodeRequest(spoken_words(first, n_words), language="en"))
    return decoded.hypotheses["transcribe"].text


@pytest.mark.parametrize(("kind", "fault"), FAULTS.items())
async def test_all_windows_are_decoded_after_a_fault(kind: str, fault: str, tmp_path: Path) -> None:
    """A lost device, one that fails for ever, a dead process and a hang cost no window and little time."""
    async with engine_with(kind, tmp_path).running() as engine:
        await asyncio.gather(*(ask(engine, 1) for _ in range(8)))
        before = engine.worker_pid
        (tmp_path / fault).touch()
        began_s = time.monotonic()
        texts = await asyncio.gather(*(ask(engine, first) for first in range(10, 18)))
        assert texts == [f"w{first} w{first + 1} w{first + 2}" for first in range(10, 18)]
        assert time.monotonic() - began_s < BOUND_S + 3.0  # a hang is noticed after three seconds
        assert engine.worker_pid != before


async def hear(engine: Engine, name: str, first: int) -> list[str]:
    """Play two utterances of six words into a room, and return the words of its final phrases."""
    said = [(spoken_words(first + 6 * i, 6), np.zeros(STEP * 50, np.float32)) for i in range(2)]
    sound = np.concatenate([part for utterance in said for part in utterance])
    sound = sound[: len(sound) // CHUNK * CHUNK]
    room = Room(
        name,
        engine=engine,
        settings=SessionSettings(language="en"),
        log=MemoryLog(name),
        model="faulty",
        detector=ScriptedSpeech(),
    )
    words: list[str] = []
    with room.bus.listen(lambda event: words.extend(event.committed.split() if event.state == "final" else [])):
        await room.listen(PacedSource(sound, CHUNK / SAMPLE_RATE))
        await room.wait_until_silent()
    return words


async def play_rooms(kind: str, fault: str, folder: Path) -> list[list[str]]:
    """Return the words of three rooms that speak while the device of their engine fails."""
    async with engine_with(kind, folder).running() as engine, asyncio.TaskGroup() as group:
        rooms = [group.create_task(hear(engine, f"room{i}", 100 * i)) for i in range(3)]
        await asyncio.sleep(2.0)
        (folder / fault).touch()
    return [room.result() for room in rooms]


async def test_rooms_lose_and_double_no_word(tmp_path: Path) -> None:
    """Rooms speak while their devices fail, each in its way; their final phrases hold every word once, in order."""
    folders = {kind: tmp_path / kind for kind in FAULTS}
    for folder in folders.values():
        folder.mkdir()
    played = await asyncio.gather(*(play_rooms(kind, FAULTS[kind], folder) for kind, folder in folders.items()))
    expected = [[f"w{number}" for number in range(first, first + 12)] for first in (0, 100, 200)]
    assert dict(zip(folders, played, strict=True)) == dict.fromkeys(folders, expected)
    assert [path.name for folder in folders.values() for path in folder.rglob("*")] == []


async def test_too_little_memory_makes_batches_smaller(tmp_path: Path) -> None:
    """The batch is halved until it fits, and later ones begin with the size that fitted."""
    sizes: list[int] = []
    engine = engine_with("memory", tmp_path)
    engine._on_batch = lambda stats: sizes.append(stats.n_rows)
    async with engine.running():
        before = engine.worker_pid
        assert len(await asyncio.gather(*(ask(engine, first) for first in range(16)))) == 16
        assert max(sizes) <= 3
        sizes.clear()
        await asyncio.gather(*(ask(engine, first) for first in range(16)))
        assert engine.worker_pid == before


async def test_one_bad_window_fails_alone(tmp_path: Path) -> None:
    """The others of its batch get their results, the bad one an error of its own, and the worker goes on."""
    bad = DecodeRequest(np.full(SAMPLE_RATE, POISON, np.float32), language="yue")
    async with engine_with("poison", tmp_path).running() as engine:
        before = engine.worker_pid
        outcomes = await asyncio.gather(
            *(ask(engine, first) for first in range(7)), engine.decode(bad), return_exceptions=True
        )
        assert [outcome for outcome in outcomes if isinstance(outcome, BaseException)] == [outcomes[7]]
        assert isinstance(outcomes[7], RowError)
        assert "yue" in str(outcomes[7])
        assert engine.worker_pid == before
