"""Times of translation models with random weights."""

import pytest

from app.bench import translation_timer
from app.bench.translation_shapes import TRANSLATION_SHAPES, TranslationShape
from app.bench.translation_timer import time_translation_shapes

TINY = {
    "opus": TranslationShape(32, 2, 1, 1, 200, 64, 32),
    "t5": TranslationShape(32, 2, 2, 2, 200, 64, 64, is_t5=True),
}


@pytest.mark.parametrize(("name", "millions"), [("opus-mt", 74), ("m2m100-418m", 484), ("madlad400-3b", 2900)])
def test_shapes_are_those_of_the_models(name: str, millions: int) -> None:
    """Parameter counts are the published ones."""
    assert TRANSLATION_SHAPES[name].n_parameters / 1e6 == pytest.approx(millions, rel=0.06)


def test_each_shape_is_built_and_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both kinds of transformer load, and write a sentence for one and for four languages."""
    monkeypatch.setattr(translation_timer, "TRANSLATION_SHAPES", TINY)
    said: list[object] = []
    times = time_translation_shapes(list(TINY), "cpu", "int8", said.append)
    assert [one.name for one in times.shapes] == ["opus", "t5"]
    assert all(one.sentence_ms[1] > 0 and one.sentence_ms[4] > 0 for one in times.shapes)
    assert "4 targets" in times.table()
    assert len(said) == 4
