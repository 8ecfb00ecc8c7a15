"""Shapes of models with random weights."""

import pytest

from app.bench import model_shapes
from app.errors import SettingsError


def test_the_vocabulary_is_whispers() -> None:
    """Special tokens have the numbers of OpenAI's vocabulary, for 99 and for 100 languages."""
    shape = model_shapes.find_shape("demo")
    assert len(model_shapes.build_vocabulary(shape)) == 51_865
    assert len(model_shapes.build_vocabulary(model_shapes.find_shape("turbo"))) == 51_866
    assert model_shapes.build_vocabulary(shape)[50_257:50_260] == ["<|endoftext|>", "<|startoftranscript|>", "<|en|>"]


@pytest.mark.parametrize(("name", "millions"), [("tiny", 39), ("small", 244), ("large-v3", 1550), ("turbo", 809)])
def test_shapes_are_whispers(name: str, millions: int) -> None:
    """Parameter counts are those OpenAI publishes, but for positions and convolutions."""
    assert model_shapes.find_shape(name).n_parameters / 1e6 == pytest.approx(millions, rel=0.08)


def test_an_unknown_shape_is_a_sentence() -> None:
    """A shape that does not exist is a sentence with those that do."""
    with pytest.raises(SettingsError, match=r"got 'giant'\. Give one of demo, tiny"):
        model_shapes.find_shape("giant")
