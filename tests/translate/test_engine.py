"""The translation engine with worker processes."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from app.errors import TranslateError
from app.translate.engine import TranslationEngine
from app.translate.request import Translation, TranslationRequest
from tests.fakes import translator_openers
from tests.support.waiting import wait_until


def request(text: str, target: str = "fr", *, is_preview: bool = False, room: str = "") -> TranslationRequest:
    """Return a request to translate a German text."""
    return TranslationRequest(text, "de", target, is_preview=is_preview, room=room)


async def answer(engine: TranslationEngine, text: str) -> str:
    """Return the translation of a text, or the sentence of the error."""
    try:
        return (await engine.translate(request(text))).text
    except TranslateError as exc:
        return str(exc)


async def test_the_worker_starts_with_the_first_sentence_and_ends_when_idle() -> None:
    """Nothing runs before and after; sentences that come at once, of any room and target, are one batch."""
    async with TranslationEngine(translator_openers.commanded, idle_s=0.2).running() as engine:
        assert not engine.is_started
        requests = [request(text, target) for text in ("eins", "zwei") for target in ("en", "fr", "pt")]
        answers = await asyncio.gather(*map(engine.translate, requests))
        assert [one.text for one in answers] == [f"{one.target}({one.text}) of 6" for one in requests]
        assert engine.worker_pid is not None
        await wait_until(lambda: not engine.is_started)
        assert await answer(engine, "drei") == "fr(drei) of 1"


async def test_a_killed_worker_loses_nothing_and_doubles_nothing() -> None:
    """Every sentence of a batch whose worker is killed is translated by the next worker, once."""
    async with TranslationEngine(translator_openers.commanded).running() as engine:
        await answer(engine, "los")
        tasks = [asyncio.create_task(answer(engine, f"sleep 0.{number}")) for number in range(3)]
        await asyncio.sleep(0.1)
        assert engine.worker_pid is not None
        os.kill(engine.worker_pid, signal.SIGKILL)
        answers = await asyncio.gather(*tasks)
        assert [one.split(" of ")[0] for one in answers] == [f"fr(sleep 0.{number})" for number in range(3)]
        assert engine.n_unanswered == 0


async def test_a_poisoned_sentence_fails_alone(tmp_path: Path) -> None:
    """Of a batch one fails, one hangs each time and one kills the worker once; the others get their translation."""
    async with TranslationEngine(translator_openers.commanded, hang_max_s=0.3).running() as engine:
        texts = ["gut", "fail", "besser", f"die {tmp_path / 'died'}", "hang"]
        answers = await asyncio.gather(*(answer(engine, text) for text in texts))
    assert answers[1] == "This sentence cannot be translated."
    assert "did not answer each time" in answers[4]
    assert [one.split(" of ")[0] for one in (answers[0], answers[2])] == ["fr(gut)", "fr(besser)"]
    assert answers[3].startswith("fr(die")


async def test_a_model_that_cannot_be_loaded_is_a_sentence() -> None:
    """Who waits is told why, and so is who asks later what the problem is."""
    async with TranslationEngine(translator_openers.broken).running() as engine:
        assert "failed its self-test" in await answer(engine, "eins")
        assert "failed its self-test" in engine.problem


async def test_previews_are_dropped_when_finished_sentences_wait() -> None:
    """A preview that comes while sentences are late is refused; the sentences get their translation."""
    async with TranslationEngine(translator_openers.commanded).running() as engine:
        await answer(engine, "los")
        slow = asyncio.create_task(engine.translate(request("sleep 0.8")))
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(engine.translate(request("zwei")))
        await asyncio.sleep(0.6)
        with pytest.raises(TranslateError, match="preview was dropped"):
            await engine.translate(request("grau", is_preview=True))
        assert [(await one).text for one in (slow, waiting)] == ["fr(sleep 0.8) of 1", "fr(zwei) of 1"]


async def test_closing_answers_everybody() -> None:
    """Who still waits when the service ends gets an error, not silence."""
    async with TranslationEngine(translator_openers.commanded).running() as engine:
        task: asyncio.Task[Translation] = asyncio.create_task(engine.translate(request("sleep 0.2")))
        await asyncio.sleep(0.02)
    with pytest.raises(TranslateError):
        await task
    with pytest.raises(TranslateError):
        await engine.translate(request("eins"))
