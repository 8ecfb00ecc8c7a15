"""Speaker models are found by name, as a file, or in a folder."""

from pathlib import Path

import pytest

from app.decode import demo_files
from app.decode.speaker_models import DEMO, HUB_MODELS, check_speaker_model, find_speaker_model
from app.errors import ModelError


def test_the_demo_model_is_part_of_the_package() -> None:
    """It is small, and needs no download."""
    path = find_speaker_model(DEMO)
    assert path == demo_files.SPEAKER_MODEL
    assert path.stat().st_size < 1_000_000


def test_a_file_or_a_folder_with_one_is_taken(tmp_path: Path) -> None:
    """A folder with two files does not say which."""
    model = tmp_path / "campplus.onnx"
    model.touch()
    assert find_speaker_model(str(model)) == model
    assert find_speaker_model(str(tmp_path)) == model
    (tmp_path / "other.onnx").touch()
    with pytest.raises(ModelError, match=r"it has campplus\.onnx, other\.onnx"):
        find_speaker_model(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("dmo", "Did you mean demo"), ("wespeaker-resnet43", "Did you mean wespeaker-resnet34"), ("/no/such", "path")],
)
def test_an_unknown_name_is_refused(name: str, sentence: str) -> None:
    """The sentence says what was probably meant."""
    with pytest.raises(ModelError, match=sentence):
        check_speaker_model(name)


def test_nothing_is_downloaded_offline(tmp_path: Path) -> None:
    """The sentence says how to get the model here."""
    with pytest.raises(ModelError, match=r"is not on this machine.*--speaker-model FILE"):
        find_speaker_model("wespeaker-resnet34", tmp_path, offline=True)


def test_hub_models_are_pinned() -> None:
    """Each has a commit of 40 digits."""
    assert all(len(pin.revision) == 40 and pin.file.endswith(".onnx") for pin in HUB_MODELS.values())
