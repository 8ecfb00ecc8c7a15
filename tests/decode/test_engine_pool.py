"""Several engines."""

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
    pool = EnginePool([Engine(engine_openers.counting), Engine(engine_openers.counting)])
    async with pool.running():
        with pool.join(), pool.join():
            assert [engine.n_streams for engine in pool.engines] == [1, 1]
            with pool.join():
                assert sorted(engine.n_streams for engine in pool.engines) == [1, 2]
        assert [engine.n_streams for engine in pool.engines] == [0, 0]
        assert (await pool.decode(window())).hypotheses["transcribe"].text == "1"


async def test_one_stream_too_many_is_rejected_with_a_retry_time() -> None:
    """The error names the number of speaking sources and the retry time; the other streams go on."""
    pool = EnginePool([Engine(engine_openers.counting)])
    async with pool.running():
        with pool.join() as stream:
            await stream.answer(window())
            with ExitStack() as others:
                refused = None
                while refused is None and pool.engines[0].n_streams < 100:
                    try:
                        others.enter_context(pool.join())
                    except BusyError as exc:
                        refused = exc
                assert refused is not None
                assert re.search(r"at capacity with \d+ sources; .* Try again in 60 s", str(refused))
                assert refused.retry_after_s == 60.0
                assert pool.engines[0].n_streams >= 2
                with pytest.raises(BusyError):
                    pool.check_capacity()
                assert await stream.answer(window()) is not None
            pool.check_capacity()


async def test_a_stream_sends_drafts_to_the_draft_engine() -> None:
    """With engines for drafts a stream has a place at both, and leaves both."""
    large, small = Engine(engine_openers.counting), Engine(engine_openers.counting)
    async with EnginePool([large], [small]).running() as pool:
        with pool.join() as stream:
            assert (large.n_streams, small.n_streams) == (1, 1)
            await stream.answer(window(is_draft=True))
            assert (large.admission.row_s, small.admission.row_s > 0) == (0.0, True)
            await stream.answer(window())
            assert large.admission.row_s > 0
        assert (large.n_streams, small.n_streams) == (0, 0)


async def test_a_pool_with_a_broken_model_does_not_start() -> None:
    """If one engine cannot start, the others stop."""
    good = Engine(engine_openers.counting)
    with pytest.raises(ExceptionGroup) as failure:
        async with EnginePool([good, Engine(engine_openers.broken)]).running():
            pass
    assert failure.group_contains(ModelError, match="self-test")
    assert good.worker_pid is None
