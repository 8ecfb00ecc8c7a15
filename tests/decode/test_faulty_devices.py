"""Faulty devices behind a real engine with real worker processes."""

import asyncio
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE
from app.decode.encoder_length import ENCODER_LENGTHS
from app.decode.engine import Engine
from app.decode.profile import DeviceProfile
from app.decode.request import DecodeRequest
from app.decode.scheduler import BatchLimits
from app.errors import RowError
from tests.fakes.faulty_devices import POISON, open_device, spoken_words

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


@pytest.mark.parametrize(("kind", "fault"), [("lost", "lose"), ("failing", "lose"), ("die", "die"), ("hang", "hang")])
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
