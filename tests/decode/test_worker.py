"""The worker, in a process of its own."""

from functools import partial

import numpy as np
import pytest

from app.decode import models, self_test, worker
from app.decode.engine import Engine
from app.decode.request import DecodeRequest
from app.decode.worker import WorkerRequest
from app.decode.worker_loop import WorkerFailed
from app.decode.worker_process import WorkerProcess
from tests.fakes import engine_openers


@pytest.mark.parametrize(
    ("word", "sentence"), [("fail", "cannot be decoded"), ("bug", "A batch of 1 failed with KeyError")]
)
async def test_an_error_fails_only_its_batch(word: str, sentence: str) -> None:
    """A failing model and a bug are answered with a sentence, and the next batch works."""
    samples = np.zeros(160, np.float32)
    process = WorkerProcess(worker.program(engine_openers.counting, 1))
    try:
        await process.start()
        await process.send(WorkerRequest(1, [DecodeRequest(samples, previous=word)], 512))
        failed = await process.receive()
        assert isinstance(failed.result, WorkerFailed)
        assert sentence in failed.result.text
        await process.send(WorkerRequest(2, [DecodeRequest(samples)], 512))
        assert isinstance((await process.receive()).result, list)
    finally:
        await process.close()


async def test_the_real_model_decodes_in_its_own_process() -> None:
    """The bundled model passes its self-test in the worker and transcribes the clip."""
    choice = models.choose("demo", "translate")
    clip = self_test.read_clip()
    async with Engine(partial(worker.open_checked, choice)).running() as engine:
        decoded = await engine.decode(DecodeRequest(clip.samples, language="en"))
    assert decoded.hypotheses["transcribe"].text == clip.text
