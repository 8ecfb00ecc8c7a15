"""The engine's side of a worker process."""

import os
import signal

import numpy as np
import pytest

from app.decode.request import DecodeRequest
from app.decode.worker import Opener, WorkerRequest, program
from app.decode.worker_process import WorkerDiedError, WorkerProcess
from app.errors import ModelError
from tests.fakes import engine_openers


async def test_a_batch_is_answered_by_its_number() -> None:
    """The process starts, answers, and is gone after the end."""
    process = WorkerProcess(program(engine_openers.counting, 1))
    try:
        assert process.pid is None
        await process.start()
        assert process.pid is not None
        await process.send(WorkerRequest(7, [DecodeRequest(np.zeros(160, np.float32))] * 3, 512))
        answer = await process.receive()
        assert answer.number == 7
        assert isinstance(answer.result, list)
        assert [result.hypotheses["transcribe"].text for result in answer.result] == ["3"] * 3
    finally:
        await process.close()
    assert process.pid is None


async def test_a_dead_worker_is_noticed_and_replaced() -> None:
    """A killed process makes `receive` raise and `send` do nothing; a restart brings another one."""
    process = WorkerProcess(program(engine_openers.counting, 1))
    try:
        await process.start()
        dead = process.pid
        assert dead is not None
        os.kill(dead, signal.SIGKILL)
        with pytest.raises(WorkerDiedError):
            await process.receive()
        await process.send(WorkerRequest(1, [], 512))
        await process.restart()
        assert process.pid not in (None, dead)
    finally:
        await process.close()


async def test_another_opener_may_restart_the_model() -> None:
    """Only the first start warms up."""
    process = WorkerProcess(program(engine_openers.counting, 1, engine_openers.broken))
    try:
        await process.start()
        with pytest.raises(ModelError, match="self-test"):
            await process.restart()
    finally:
        await process.close()


@pytest.mark.parametrize(
    ("opener", "sentence"), [(engine_openers.broken, "self-test"), (engine_openers.dying, "too little memory")]
)
async def test_a_model_that_does_not_work_is_a_model_error(opener: Opener, sentence: str) -> None:
    """A model that fails or dies while loading is reported by `start`."""
    process = WorkerProcess(program(opener, 1))
    try:
        with pytest.raises(ModelError, match=sentence):
            await process.start()
    finally:
        await process.close()
