"""The worker with the real model."""

from functools import partial

from app.decode import models, self_test, worker
from app.decode.engine import Engine
from app.decode.request import DecodeRequest


async def test_the_real_model_decodes_in_its_own_process() -> None:
    """The bundled model passes its self-test in the worker and transcribes the clip."""
    choice = models.choose("demo", "translate")
    clip = self_test.read_clip()
    async with Engine(partial(worker.open_checked, choice)).running() as engine:
        decoded = await engine.decode(DecodeRequest(clip.samples, language="en"))
    assert decoded.hypotheses["transcribe"].text == clip.text
