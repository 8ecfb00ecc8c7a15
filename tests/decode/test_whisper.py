"""Decoding with the bundled demo model."""

from pathlib import Path

import numpy as np
import pytest

from app.decode import models, self_test
from app.decode.request import DecodeRequest
from app.decode.whisper import Whisper
from app.errors import ModelError
from tests.fakes.counted_model import CountedModel
from tests.support.real_models import load_real_model


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    """Load the demo model once."""
    return models.load(models.choose("demo", "translate"))


@pytest.fixture(scope="module")
def clip() -> self_test.Clip:
    """Read the self-test clip."""
    return self_test.read_clip()


def test_the_clip_is_transcribed_word_for_word(whisper: Whisper, clip: self_test.Clip) -> None:
    """Its words have rising times inside the clip."""
    [decoded] = whisper.decode([DecodeRequest(clip.samples, language="en")])
    hypothesis = decoded.hypotheses["transcribe"]
    assert hypothesis.text == clip.text
    starts = [word.start_s for word in hypothesis.words]
    assert starts == sorted(starts)
    assert hypothesis.words[-1].end_s <= len(clip.samples) / 16000


def test_a_batch_gives_each_request_its_own_answer(whisper: Whisper, clip: self_test.Clip) -> None:
    """Windows, tasks, prompts and languages of every kind decode together, in the order they were asked."""
    silence = np.zeros(16000, np.float32)
    requests = [
        DecodeRequest(silence, language="de"),
        DecodeRequest(clip.samples, ("transcribe", "translate"), languages=("de", "en")),
        DecodeRequest(clip.samples, language="en", full_window=True),
        DecodeRequest(clip.samples, language="en", terms=("Anna", "Berlin"), detect=True),
        DecodeRequest(np.concatenate([clip.samples, np.zeros(8 * 16000, np.float32)]), language="en"),
    ]
    answers = whisper.decode(requests)
    texts = [answer.hypotheses["transcribe"].text for answer in answers]
    assert texts == ["", clip.text, clip.text, clip.text, clip.text]
    assert answers[1].language == "en"
    assert set(answers[1].hypotheses) == {"transcribe", "translate"}
    assert answers[3].detection is not None
    assert answers[3].detection.language == "en"
    assert answers[0].detection is None


def test_detection_gives_the_absolute_probability_of_every_allowed_language(
    whisper: Whisper, clip: self_test.Clip
) -> None:
    """The shares are not renormalised over the allowed languages; the probability of the pick is."""
    requests = [DecodeRequest(clip.samples), DecodeRequest(clip.samples, languages=("de",))]
    free, bound = (decoded.detection for decoded in whisper.decode(requests))
    assert free is not None
    assert bound is not None
    assert (free.language, bound.language, bound.probability) == ("en", "de", 1.0)
    assert list(bound.shares) == ["de"]
    assert bound.shares["de"] == pytest.approx(free.shares["de"], rel=1e-3)
    assert bound.shares["de"] < 0.5
    assert sum(free.shares.values()) == pytest.approx(1.0, abs=1e-3)


def test_only_the_windows_that_ask_are_detected(
    whisper: Whisper, clip: self_test.Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A known language costs no detection, also beside a room that asks, and untimed words cost no alignment."""
    counted = CountedModel(whisper.faster_whisper.model)
    monkeypatch.setattr(whisper, "_model", counted)
    known = DecodeRequest(clip.samples, language="en")
    asking = DecodeRequest(clip.samples, language="en", detect=True)
    found = [decoded.detection for decoded in whisper.decode([known, asking, known, DecodeRequest(clip.samples)])]
    assert [detection is not None for detection in found] == [False, True, False, True]
    assert sum(counted.detected) == 2
    counted.detected.clear()
    whisper.decode([known, DecodeRequest(clip.samples, language="en", timed=False)])
    assert counted.detected == []
    assert counted.aligned[-1] == 1


def test_the_probability_of_no_speech_is_reported(whisper: Whisper, clip: self_test.Clip) -> None:
    """It is a probability; a model that never saw the token in training gives about 0."""
    [decoded] = whisper.decode([DecodeRequest(clip.samples, language="en")])
    assert 0.0 <= decoded.hypotheses["transcribe"].no_speech_prob <= 1.0


def test_one_batch_is_the_same_as_one_by_one(whisper: Whisper, clip: self_test.Clip) -> None:
    """Decoding together changes no text."""
    shifts = [clip.samples[i * 1600 :] for i in range(4)]
    together = whisper.decode([DecodeRequest(samples, language="en") for samples in shifts])
    alone = [whisper.decode([DecodeRequest(samples, language="en")])[0] for samples in shifts]
    assert [a.hypotheses["transcribe"].text for a in together] == [a.hypotheses["transcribe"].text for a in alone]


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        (DecodeRequest(np.zeros(31 * 16000, np.float32), language="en"), "at most 30 s"),
        (DecodeRequest(np.zeros(16000, np.float32), language="yue"), "'yue'"),
        (DecodeRequest(np.zeros(16000, np.float32), languages=("yue", "tlh")), "'yue', 'tlh'"),
    ],
)
def test_an_impossible_window_is_named(whisper: Whisper, window: DecodeRequest, sentence: str) -> None:
    """The error says which window of the batch cannot be decoded and why, so that the others can be decoded."""
    possible = DecodeRequest(np.zeros(16000, np.float32), language="en")
    with pytest.raises(ValueError, match=f"Window 1 of the batch.*{sentence}"):
        whisper.decode([possible, window])


def test_the_self_test_passes(whisper: Whisper, clip: self_test.Clip) -> None:
    """A working model passes with the clip's text."""
    assert self_test.run(whisper) == clip.text


def test_a_folder_without_a_model_is_a_model_error(tmp_path: Path) -> None:
    """The error says that it could not be loaded."""
    (tmp_path / "model.bin").write_bytes(b"rubbish")
    with pytest.raises(ModelError, match="could not be loaded"):
        Whisper(str(tmp_path), name="rubbish", device="cpu", compute_type="int8", threads=1)


@pytest.mark.parametrize("name", ["small", "large-v3"])
def test_an_encoder_output_is_never_taken_for_features(name: str, tmp_path: Path) -> None:
    """CTranslate2 would encode an output as long as the number of mel bands again, so that length is avoided."""
    whisper = load_real_model(name, tmp_path)
    model = whisper.faster_whisper.model
    request = DecodeRequest(np.zeros(16000, np.float32), language="en")
    encoded = model.encode(whisper._mel([request], model.n_mels))
    assert encoded.shape == [1, model.n_mels + 1, 64]
    assert len(model.detect_language(encoded)) == 1
