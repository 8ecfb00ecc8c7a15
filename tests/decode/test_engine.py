"""The engine with a fake decoder."""

import asyncio
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from app.decode.encoder_length import ENCODER_LENGTHS
from app.decode.engine import Engine
from app.decode.profile import DeviceProfile
from app.decode.request import DecodeRequest
from app.decode.scheduler import BatchLimits
from app.errors import DecodeError
from tests.fakes import engine_openers


def request(previous: str = "", *, seconds: float = 1.0, is_utterance_end: bool = False) -> DecodeRequest:
    """Return a silent window with an instruction for the fake decoder in its prompt."""
    samples = np.zeros(round(seconds * 16_000), np.float32)
    return DecodeRequest(samples, language="en", previous=previous, is_utterance_end=is_utterance_end)


def rows(n_rows: int) -> DeviceProfile:
    """Return a profile with batches of at most `n_rows`, one at a time."""
    return DeviceProfile(limits=BatchLimits(dict.fromkeys(ENCODER_LENGTHS, n_rows)))


async def ask(engine: Engine, previous: str = "") -> str:
    """Return the text of one answer."""
    return (await engine.decode(request(previous))).hypotheses["transcribe"].text


async def test_waiting_requests_share_a_batch() -> None:
    """Requests that arrive while a batch runs share the next one, up to its limit."""
    async with Engine(engine_openers.counting, rows(4)).running() as engine:
        texts = await asyncio.gather(*(ask(engine) for _ in range(9)))
    assert sorted(texts) == sorted(["4"] * 8 + ["1"])


async def test_a_failed_batch_fails_its_requests_only() -> None:
    """Its requests get the error, and the next batch works."""
    async with Engine(engine_openers.counting).running() as engine:
        with pytest.raises(DecodeError, match="cannot be decoded"):
            await ask(engine, "fail")
        assert await ask(engine) == "1"


async def test_a_worker_that_dies_is_replaced_and_its_batch_decoded_again(tmp_path: Path) -> None:
    """A crash during a batch costs one retry."""
    async with Engine(engine_openers.counting).running() as engine:
        before = engine.worker_pid
        assert await ask(engine, f"die {tmp_path / 'died'}") == "1"
        assert engine.worker_pid != before


async def test_a_killed_worker_loses_no_request() -> None:
    """All requests that waited are answered."""
    async with Engine(engine_openers.counting, rows(2)).running() as engine:
        answers = asyncio.gather(*(ask(engine) for _ in range(6)))
        await asyncio.sleep(0.08)
        assert engine.worker_pid is not None
        os.kill(engine.worker_pid, signal.SIGKILL)
        assert len(await answers) == 6


async def test_a_request_that_crashes_again_and_again_fails() -> None:
    """The engine goes on with the next request."""
    async with Engine(engine_openers.counting).running() as engine:
        with pytest.raises(DecodeError, match="died each time"):
            await ask(engine, "die")
        assert await ask(engine) == "1"


async def test_cancelled_requests_are_not_decoded() -> None:
    """A cancelled request leaves the queue."""
    async with Engine(engine_openers.counting, rows(1)).running() as engine:
        first = asyncio.ensure_future(ask(engine))
        second = asyncio.ensure_future(ask(engine))
        await asyncio.sleep(0.01)
        second.cancel()
        assert await first == "1"
        assert await ask(engine) == "1"
        assert engine.n_waiting == 0
