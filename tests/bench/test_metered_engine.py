"""Decodes are timed on their way to the engine."""

import pytest

from app.bench.metered_engine import DecodeTimes, MeteredEngine
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeNeed, DecodeRequest
from tests.fakes.decode_clients import FixedClient
from tests.fakes.scripted_engine import ScriptedEngine


def answer(request: DecodeRequest) -> DecodeResult:
    """Return an empty result that took 20 ms in the worker."""
    return DecodeResult("en", decode_s=0.02)


async def test_each_decode_is_reported() -> None:
    """The wait includes the engine's delay, and the worker's own time is reported beside it."""
    times: list[DecodeTimes] = []
    with MeteredEngine(ScriptedEngine(answer, delay_s=0.05), times.append).join() as decoder:
        assert decoder.cadence_s == 1.0
        assert await decoder.answer(FixedClient(DecodeNeed(1.0))) is not None
    (one,) = times
    assert one.joined_s <= one.ready_s
    assert one.result_s - one.ready_s >= 0.05
    assert one.decode_s == pytest.approx(0.02)


async def test_a_client_without_need_is_not_reported() -> None:
    """Without a request there is no decode; the client may be replaced on the way."""
    times: list[DecodeTimes] = []
    engine = MeteredEngine(ScriptedEngine(answer), times.append, adapt=lambda client: FixedClient(None))
    with engine.join() as decoder:
        assert await decoder.answer(FixedClient(DecodeNeed(1.0))) is None
    assert times == []
