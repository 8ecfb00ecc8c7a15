"""Streams go where there is room; drafts go to the small model."""

import asyncio
import re
from contextlib import ExitStack

import numpy as np
import pytest

from app.decode.engine import Engine
from app.decode.engine_pool import EnginePool
from app.decode.request import DecodeRequest
from app.errors import BusyError, ModelError
from tests.fakes import engine_openers


def window(*, is_draft: bool = False) -> DecodeRequest:
    """Return a second of silence."""
    return DecodeRequest(np.zeros(16_000, np.float32), language="en", is_draft=is_draft)


async def test_streams_are_spread_over_engines() -> None:
    """Each new stream joins the engine that has fewest; leaving makes room."""
    fleet = EnginePool([Engine(engine_openers.counting), Engine(engine_openers.counting)])
    async with fleet.running():
        with fleet.join(), fleet.join():
            assert [engine.n_streams for engine in fleet.engines] == [1, 1]
            with fleet.join():
                assert sorted(engine.n_streams for engine in fleet.engines) == [1, 2]
        assert [engine.n_streams for engine in fleet.engines] == [0, 0]
        assert (await fleet.decode(window())).hypotheses["transcribe"].text == "1"


async def test_one_stream_too_many_is_refused_with_a_hint() -> None:
    """When all engines are full the sentence says how many speak and when to come back; nobody else notices."""
    fleet = EnginePool([Engine(engine_openers.counting)])
    async with fleet.running():
        with fleet.join() as stream:
            await stream.answer(window())
            with ExitStack() as others:
                refused = None
                while refused is None and fleet.engines[0].n_streams < 100:
                    try:
                        others.enter_context(fleet.join())
                    except BusyError as exc:
                        refused = exc
                assert refused is not None
                assert re.search(r"carries \d+ speaking sources .* Try again in 60 s", str(refused))
                assert refused.retry_after_s == 60.0
                assert fleet.engines[0].n_streams >= 2
                with pytest.raises(BusyError):
                    fleet.check()
                assert await stream.answer(window()) is not None
            fleet.check()


async def test_drafts_go_to_the_small_model() -> None:
    """A request whose words will not be solid is decoded by the engine for drafts, every other by the large one."""
    large, small = Engine(engine_openers.counting), Engine(engine_openers.counting)
    async with EnginePool([large], [small]).running() as fleet:
        with fleet.join() as stream:
            await asyncio.gather(stream.answer(window(is_draft=True)))
            assert (large.load.row_s, small.load.row_s > 0) == (0.0, True)
            await stream.answer(window())
            assert large.load.row_s > 0


async def test_a_machine_with_a_dead_model_does_not_start() -> None:
    """One engine that cannot start ends the others."""
    good = Engine(engine_openers.counting)
    with pytest.raises(ExceptionGroup) as failure:
        async with EnginePool([good, Engine(engine_openers.broken)]).running():
            pass
    assert failure.group_contains(ModelError, match="self-test")
    assert good.worker_pid is None
