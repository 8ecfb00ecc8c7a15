"""Speaker models of other people's forms are loaded, and other files are refused with a sentence."""

from pathlib import Path

import numpy as np
import pytest

from app.audio.speaker_model import SIMILARITY, SIMILARITY_NOTE, SpeakerModel
from app.demo.training.onnx_file import Dimensions, Operation, encode_model
from app.errors import ModelError

NOISE = np.random.default_rng(3).standard_normal(24_000).astype(np.float32) * np.float32(0.1)


def _write(
    path: Path, *, inputs: dict[str, Dimensions], notes: dict[str, str] | None = None, output: str = "embs"
) -> Path:
    """Write a model whose embedding is the spread of each band over time."""
    [name] = list(inputs)[:1]
    operations = [
        Operation("Mul", [name, name], ["square"]),
        Operation("ReduceMean", ["square"], [output], {"axes": [1], "keepdims": 0}),
    ]
    path.write_bytes(encode_model(operations, {}, inputs, {output: ("batch", 80)}, notes))
    return path


@pytest.mark.parametrize(("name", "output"), [("feats", "embs"), ("feature", "embedding"), ("x", "embedding")])
def test_names_are_read_from_the_file(tmp_path: Path, name: str, output: str) -> None:
    """WeSpeaker, 3D-Speaker and sherpa-onnx call their inputs and outputs differently."""
    model = SpeakerModel(_write(tmp_path / "m.onnx", inputs={name: ("B", "T", 80)}, output=output))
    embedding = model.embed(NOISE)
    assert embedding is not None
    assert (model.size, model.similarity) == (80, SIMILARITY)
    assert float(np.linalg.norm(embedding)) == pytest.approx(1.0, abs=1e-5)


def test_a_model_may_say_its_similarity(tmp_path: Path) -> None:
    """The metadata of the file sets from where on two windows are one person; nonsense there is ignored."""
    inputs: dict[str, Dimensions] = {"feats": ("B", "T", 80)}
    assert SpeakerModel(_write(tmp_path / "a.onnx", inputs=inputs, notes={SIMILARITY_NOTE: "0.4"})).similarity == 0.4
    own = SpeakerModel(_write(tmp_path / "b.onnx", inputs=inputs, notes={SIMILARITY_NOTE: "high"}))
    assert own.similarity == SIMILARITY


@pytest.mark.parametrize("inputs", [{"sound": ("B", "N")}, {"feats": ("B", 80, "T", 1)}, {"feats": ("B", "T", 40)}])
def test_other_inputs_are_refused(tmp_path: Path, inputs: dict[str, Dimensions]) -> None:
    """A model that wants something else says what was expected and what came."""
    with pytest.raises(ModelError, match=r"Expected a WeSpeaker.*m\.onnx"):
        SpeakerModel(_write(tmp_path / "m.onnx", inputs=inputs))


@pytest.mark.parametrize("content", [b"", b"hello", b"\x08\x08" + b"\xff" * 50])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is no ONNX model is refused with a sentence."""
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.onnx cannot be"):
        SpeakerModel(path)


def test_too_little_sound_has_no_embedding(tmp_path: Path) -> None:
    """Nothing is made of a click."""
    model = SpeakerModel(_write(tmp_path / "m.onnx", inputs={"feats": ("B", "T", 80)}))
    assert model.embed(NOISE[:1000]) is None
