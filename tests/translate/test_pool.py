"""All translation engines of a service."""

from collections.abc import Callable

import pytest

from app.errors import BusyError, ModelError, TranslateError
from app.translate.engine import TranslationEngine
from app.translate.pool import PooledModel, TranslationPool
from app.translate.request import TranslationRequest
from tests.fakes import translator_openers


def pooled(n_engines: int = 2) -> PooledModel:
    """Return a model on so many devices."""
    engines = tuple(TranslationEngine(translator_openers.commanded) for _ in range(n_engines))
    return PooledModel("fake", translator_openers.PAIRS, engines)


def missing() -> PooledModel:
    """Find no model."""
    raise ModelError("There is no translation model on this machine.")


async def test_the_model_is_looked_for_when_a_room_has_a_target() -> None:
    """Not before; and no process starts until somebody has a sentence."""
    asked: list[int] = []

    def find() -> PooledModel:
        asked.append(1)
        return pooled()

    async with TranslationPool(find).running() as pool:
        pool.check_supports(["de"], [])
        assert (asked, pool.name) == ([], "")
        pool.check_supports(["de", "en"], ["fr", "en"])
        assert (asked, pool.name, pool.worker_pids) == ([1], "fake", [])
        translation = await pool.translate(TranslationRequest("eins", "de", "fr"))
        assert translation.text == "fr(eins) of 1"
        assert len(pool.worker_pids) == 1


@pytest.mark.parametrize(
    ("find", "languages", "target", "sentence"),
    [
        (missing, [], "fr", "no translation model"),
        (pooled, [], "ja", "does not translate to Japanese"),
        (pooled, ["it"], "fr", "does not translate from Italian .it. to French"),
    ],
)
async def test_what_cannot_be_translated_is_a_sentence(
    find: Callable[[], PooledModel], languages: list[str], target: str, sentence: str
) -> None:
    """It is refused before anything starts."""
    pool = TranslationPool(find)
    with pytest.raises(ModelError, match=sentence):
        pool.check_supports(languages, [target])
    assert sentence.split(" .it.")[0] in pool.find_problem(languages, [target])
    with pytest.raises(TranslateError):
        await pool.translate(TranslationRequest("eins", (languages or ["de"])[0], target))


async def test_a_new_target_is_refused_when_sentences_are_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that is there already goes on, and a second reader of it is no new one."""
    monkeypatch.setattr(TranslationEngine, "lag_s", 0.0)
    pool = TranslationPool(lambda: pooled(1))
    pool.use(pooled(1))
    with pool.join("main", "fr"):
        monkeypatch.setattr(TranslationEngine, "lag_s", 5.0)
        with pool.join("main", "fr"):
            pass
        with pytest.raises(BusyError, match="at capacity with 1 translated tracks"), pool.join("main", "pt"):
            pass
