"""Texts of mixed batches, with Whisper's real vocabularies on random weights."""

from pathlib import Path

import ctranslate2
import numpy as np
import pytest

from app.audio.chunk import Samples
from app.decode.generation import TaskRow, generate
from app.decode.request import DecodeRequest, Task
from app.decode.scripts import cap_tokens
from app.decode.tokenizer import WhisperTokenizer
from app.decode.whisper import Whisper
from tests.fakes.counted_model import CountedModel
from tests.support.real_models import load_real_model


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Whisper:
    """Load a tiny model with the vocabulary of large-v3; it never ends a text by itself."""
    return load_real_model("large-v3", tmp_path_factory.mktemp("large-v3"))


def noise(seconds: float, seed: int) -> Samples:
    """Return loud noise."""
    return (0.1 * np.random.default_rng(seed).standard_normal(round(seconds * 16_000))).astype(np.float32)


MIXED = [
    DecodeRequest(noise(3, 1), ("transcribe", "translate"), language="de"),
    DecodeRequest(noise(2, 2), language="yue"),
    DecodeRequest(noise(2.5, 3), ("translate",), language="ja"),
    DecodeRequest(noise(1, 4), language="en", timed=False),
    DecodeRequest(noise(1.5, 5), ("translate", "transcribe"), language="my"),
    DecodeRequest(noise(2, 6), languages=("fr", "haw")),
]


def test_a_mixed_batch_writes_what_each_window_writes_alone(whisper: Whisper) -> None:
    """Languages, tasks and lengths share a call, and no row gets another one's text, times or limit."""
    together = whisper.decode(MIXED)
    for request, decoded in zip(MIXED, together, strict=True):
        [alone] = whisper.decode([request])
        assert set(decoded.hypotheses) == set(request.tasks)
        assert decoded.language == alone.language
        for task, hypothesis in decoded.hypotheses.items():
            assert hypothesis.text == alone.hypotheses[task].text
            assert hypothesis.capped == alone.hypotheses[task].capped
            assert hypothesis.no_speech_prob == pytest.approx(alone.hypotheses[task].no_speech_prob, rel=0.01)


def test_both_tasks_share_one_call(whisper: Whisper, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tasks and languages a batch has, the decoder runs through its steps once."""
    counted = CountedModel(whisper.faster_whisper.model)
    monkeypatch.setattr(whisper, "_model", counted)
    whisper.decode(MIXED)
    assert counted.generated == [8]


def test_each_row_has_its_own_cap(whisper: Whisper) -> None:
    """A runaway row ends at the limit of its own window, beside a longer one in a language of many tokens."""
    rows = [
        TaskRow(0, DecodeRequest(noise(1, 1)), (), "en", "transcribe"),
        TaskRow(1, DecodeRequest(noise(5, 2)), (), "my", "transcribe"),
        TaskRow(1, DecodeRequest(noise(5, 2)), (), "my", "translate"),
    ]
    loaded = whisper.faster_whisper
    tokenizer = WhisperTokenizer(loaded.hf_tokenizer, is_multilingual=True)
    features = np.random.default_rng(1).standard_normal((2, 128, 1024)).astype(np.float32)
    encoded = loaded.model.encode(ctranslate2.StorageView.from_array(features))
    suppressed = range(tokenizer.id_of("<|endoftext|>"), tokenizer.id_of("<|30.00|>") + 1)
    texts = generate(loaded.model, tokenizer, suppressed, encoded, 2, rows)
    assert [len(text.tokens) for text in texts] == [cap_tokens("en", 1), cap_tokens("my", 5), cap_tokens("en", 5)]
    assert all(text.is_capped for text in texts)


@pytest.mark.parametrize(("task", "cap"), [("transcribe", cap_tokens("my", 3.0, 0)), ("translate", 52)])
def test_a_translation_has_the_limit_of_english(task: Task, cap: int) -> None:
    """The language that is written counts, not the one that is spoken."""
    request = DecodeRequest(noise(3, 1), (task,), language="my")
    assert TaskRow(0, request, (), "my", task).cap == cap


def test_a_long_window_of_a_dense_script_uses_the_whole_context(whisper: Whisper) -> None:
    """Neither writing nor aligning runs past the decoder's last position."""
    [decoded] = whisper.decode([DecodeRequest(noise(14, 1), language="my")])
    assert decoded.hypotheses["transcribe"].capped


def test_sampling_writes_different_texts(whisper: Whisper) -> None:
    """Above temperature 0 tokens are drawn, and rows of another temperature are another batch."""
    sound = noise(2, 7)
    cold, warm, again = whisper.decode(
        [DecodeRequest(sound, language="en", temperature=temperature) for temperature in (0.0, 0.4, 0.4)]
    )
    texts = {decoded.hypotheses["transcribe"].text for decoded in (cold, warm, again)}
    assert len(texts) == 3
    assert (cold.n_rows, warm.n_rows) == (1, 2)


def test_an_english_model_needs_no_language(tmp_path: Path) -> None:
    """Its transcript begins without language and task, and detection says English."""
    english = load_real_model("tiny.en", tmp_path)
    [decoded] = english.decode([DecodeRequest(noise(1, 1))])
    assert decoded.language == "en"
    assert decoded.detection is not None
    assert decoded.detection.shares == {"en": 1.0}
    for request in (DecodeRequest(noise(1, 1), language="de"), DecodeRequest(noise(1, 1), ("translate",))):
        with pytest.raises(ValueError, match="Window 0"):
            english.decode([request])
