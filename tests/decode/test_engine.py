"""The engine with a fake decoder."""

import asyncio
import os
import signal
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from app.decode.encoder_length import ENCODER_LENGTHS
from app.decode.engine import Engine
from app.decode.length_check import FIRST_EVERY, SAMPLES_MIN
from app.decode.profile import DeviceProfile
from app.decode.request import DecodeRequest
from app.decode.scheduler import BatchLimits
from app.errors import BusyError, DecodeError
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


async def test_windows_are_full_while_there_is_time_and_short_under_load() -> None:
    """One stream has windows of 30 s; twelve that speak at once have short ones, and all are admitted."""
    lengths: list[int] = []
    costs = {512: 0.03, 768: 0.05, 1500: 0.1}
    profile = DeviceProfile(limits=BatchLimits(dict.fromkeys(ENCODER_LENGTHS, 4)), row_s=costs)
    engine = Engine(engine_openers.counting, profile, on_batch=lambda stats: lengths.append(stats.encoder_length))
    async with engine.running():
        with engine.join() as stream:
            await stream.answer(request())
            assert lengths == [1500]
            with ExitStack() as others:
                streams = [others.enter_context(engine.join()) for _ in range(11)]
                await asyncio.gather(*(one.answer(request()) for one in streams))
                assert set(lengths[1:]) == {512}


async def test_a_fixed_window_is_used_at_any_load() -> None:
    """Its cost is what admission counts, so fewer streams are admitted than with short windows."""
    lengths: list[int] = []
    profile = DeviceProfile(row_s={512: 0.03, 768: 0.05, 1500: 0.1})
    engine = Engine(
        engine_openers.counting, profile, window=1500, on_batch=lambda stats: lengths.append(stats.encoder_length)
    )
    async with engine.running():
        with ExitStack() as streams:
            for _ in range(20):
                try:
                    stream = streams.enter_context(engine.join())
                except BusyError:
                    break
                await stream.answer(request())
        assert 5 <= len(lengths) <= 9
        assert set(lengths) == {1500}


async def test_a_language_that_short_windows_harm_goes_back_to_full_ones() -> None:
    """A sample of ended utterances is decoded at two lengths; texts that disagree are noticed."""
    async with Engine(engine_openers.repeating, DeviceProfile(lanes=4)).running() as engine:
        with engine.join() as stream:
            for _ in range(3 * FIRST_EVERY * SAMPLES_MIN):
                await stream.answer(request(is_utterance_end=True))
                if engine.length_check.harmed:
                    break
            assert engine.length_check.harmed == {"en"}
            engine.window.shortest = 512
            answer = await stream.answer(request())
            assert answer is not None
            assert answer.hypotheses["transcribe"].text == "all is well with this long window"


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


async def test_one_room_leaves_a_place_for_another() -> None:
    """The second source of a room is refused where the first one of another room is still accepted."""
    profile = DeviceProfile(row_s={512: 0.1, 768: 0.1, 1500: 0.1})
    engine = Engine(engine_openers.counting, profile)
    async with engine.running():
        engine.admission.row_s = 0.1
        with ExitStack() as streams:
            for _ in range(6):
                streams.enter_context(engine.join("crowded"))
            with pytest.raises(BusyError):
                streams.enter_context(engine.join("crowded"))
            streams.enter_context(engine.join("hall"))
            with pytest.raises(BusyError):
                streams.enter_context(engine.join("another"))
