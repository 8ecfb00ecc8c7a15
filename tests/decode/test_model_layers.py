"""Layers of models."""

from pathlib import Path

import pytest

from app.bench.model_shapes import ModelShape, write_model
from app.decode import demo_files
from app.decode.model_layers import ModelLayers, read_layers


def test_layers_are_counted_in_the_model_file() -> None:
    """The bundled model has four layers and three."""
    assert read_layers(demo_files.MODEL) == ModelLayers(4, 3)


@pytest.mark.parametrize(("n_decoder", "is_distilled"), [(12, False), (2, True)])
def test_a_small_decoder_shows_a_distilled_model(tmp_path: Path, n_decoder: int, is_distilled: bool) -> None:
    """A decoder much smaller than the encoder was made after training, as turbo's."""
    write_model(ModelShape(64, 1, 12, n_decoder), tmp_path, "int8")
    layers = read_layers(tmp_path)
    assert layers == ModelLayers(12, n_decoder)
    assert layers.is_distilled == is_distilled


@pytest.mark.parametrize("content", [b"", b"no model", b"\0" * 64, b"\xff" * 64])
def test_another_file_has_no_layers(tmp_path: Path, content: bytes) -> None:
    """A file that CTranslate2 did not write gives None."""
    (tmp_path / "model.bin").write_bytes(content)
    assert read_layers(tmp_path) is None
