"""Counts the layers of a CTranslate2 model from the names of its variables, without loading the weights."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

DISTILLED = 0.5
"""A decoder with less than this share of the encoder's layers was made smaller after training: turbo has 4 of 32, the
distilled models 2 of 32, 2 of 24 or 4 of 12. They were trained on transcription only; the original models have as many
decoder layers as encoder layers."""

VARIABLES_MAX = 100_000
"""More variables than any model has; a file with more is no model."""


@dataclass(frozen=True, slots=True)
class ModelLayers:
    """How deep a model is."""

    encoder: int
    decoder: int

    @property
    def is_distilled(self) -> bool:
        """Whether the decoder was made smaller after training, so that it cannot translate."""
        return self.decoder < DISTILLED * self.encoder


def read_layers(directory: Path) -> ModelLayers | None:
    """Return the layers of the model in a directory that CTranslate2 wrote; None if the file is of another kind."""
    layers: dict[str, set[str]] = {"encoder": set(), "decoder": set()}
    try:
        with (directory / "model.bin").open("rb") as file:
            for name in _read_names(file):
                part, _, rest = name.partition("/")
                layer = rest.split("/")[0]
                if part in layers and layer.startswith("layer_") and layer[6:].isdigit():
                    layers[part].add(layer)
    except (OSError, struct.error, ValueError):
        return None
    found = ModelLayers(len(layers["encoder"]), len(layers["decoder"]))
    return found if found.encoder and found.decoder else None


def _read_names(file: BinaryIO) -> Iterator[str]:
    """Yield the names of all variables.

    Source: CTranslate2 4.8, `ModelSpec._serialize` of python/ctranslate2/specs/model_spec.py: version, name of the
    specification, its revision, number of variables; then of each variable its name, rank, dimensions, type, number of
    bytes, and the bytes. Texts have their length with the final zero before them.
    """
    _read(file, "I")
    _read_text(file)
    _read(file, "I")
    n_variables = _read(file, "I")
    if n_variables > VARIABLES_MAX:
        raise ValueError("not a model of CTranslate2")
    for _ in range(n_variables):
        yield _read_text(file)
        file.seek(4 * _read(file, "B"), 1)
        _read(file, "B")
        file.seek(_read(file, "I"), 1)


def _read(file: BinaryIO, kind: str) -> int:
    number: int = struct.unpack("<" + kind, file.read(struct.calcsize("<" + kind)))[0]
    return number


def _read_text(file: BinaryIO) -> str:
    return file.read(_read(file, "H")).rstrip(b"\0").decode()
