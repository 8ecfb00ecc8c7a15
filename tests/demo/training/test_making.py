"""How the demo world is spoken, placed and written down."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from app.decode import demo_files
from app.demo.training import noise
from app.demo.training.clips import make_clips, make_noise_clip
from app.demo.training.grammar import draw, draw_words, vocabulary
from app.demo.training.scene import Scene
from app.demo.training.speech import SAMPLE_RATE, Voice
from app.demo.training.tokenizer import Vocabulary
from app.demo.training.world import SLOTS, TEMPLATES
from app.media import media_source
from tests.support.required_program import require_program


def test_both_languages_fill_the_same_slots() -> None:
    """A sentence and its twin speak of the same things, so that the translation is one."""
    for german, english in TEMPLATES:
        for slot in SLOTS:
            assert ("{" + slot + "}" in german) == ("{" + slot + "}" in english), (german, english)


def test_every_word_can_be_written() -> None:
    """The tokenizer writes and reads all words of the world."""
    tokens = Vocabulary.load(demo_files.MODEL / "tokenizer.json")
    for language in ("de", "en"):
        for word in vocabulary(language):
            assert tokens.decode(tokens.encode(word)).strip() == word


def test_drawing_is_seeded() -> None:
    """The same seed says the same."""
    assert draw(random.Random(5)) == draw(random.Random(5))
    assert draw_words(random.Random(5), "de") == draw_words(random.Random(5), "de")


def test_words_are_timed_where_they_sound() -> None:
    """The synthesis tells when each word begins and ends, in order and within the sound."""
    require_program("espeak-ng")
    scene = Scene(1)
    scene.pause(0.5)
    line = scene.say(draw(random.Random(3)), "de", Voice("de", "belinda", 150, 50))
    assert [word.text for word in line.words] == line.text.split()
    assert line.words[0].start_s == pytest.approx(0.5, abs=0.1)
    assert all(0.03 <= word.end_s - word.start_s <= 2 for word in line.words)
    assert all(a.end_s <= b.start_s + 0.01 for a, b in zip(line.words, line.words[1:], strict=False))
    assert line.words[-1].end_s <= line.end_s + 0.05


@pytest.mark.parametrize("kind", sorted(noise.KINDS))
def test_noise_stays_in_range(kind: str) -> None:
    """Every kind of noise is finite and within full scale."""
    samples = noise.stretch(np.random.default_rng(1), SAMPLE_RATE, kind)
    assert len(samples) == SAMPLE_RATE
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1.0


def test_clips_say_what_they_hold(tmp_path: Path) -> None:
    """A manifest's words are those of its reference, timed within its recording; a clip of noise has none."""
    require_program("espeak-ng")
    manifest = make_clips(tmp_path, seed=3, minutes=0.3, language="mixed")
    make_clips(tmp_path, seed=4, minutes=0.2, task="translate")
    make_noise_clip(tmp_path, minutes=0.1)
    spoken, translated, silent = (json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines())
    duration_s = len(media_source.load(tmp_path / spoken["audio"])) / SAMPLE_RATE
    assert " ".join(word["text"] for word in spoken["words"]) == spoken["reference"]
    assert 0 < spoken["words"][0]["start_s"] < spoken["words"][-1]["end_s"] < duration_s
    assert spoken["language"] is None
    assert translated["task"] == "translate"
    assert translated["reference"] != " ".join(word["text"] for word in translated["words"])
    assert silent["reference"] == ""


def test_training_needs_torch_and_learns(tmp_path: Path) -> None:
    """A few steps of the real loop lower the loss of a tiny pool."""
    pytest.importorskip("torch", reason="torch is installed for training only (make train-demo)")
    from app.demo.training.pool import read_pool, write_pool
    from app.demo.training.training import load_checkpoint, train_demo

    write_pool(tmp_path, 500, 1)
    said: list[str] = []
    tokens = Vocabulary.load(demo_files.MODEL / "tokenizer.json")
    utterances, noises = read_pool(tmp_path)
    train_demo(utterances, noises, tokens, tmp_path / "c.pt", steps=100, init=None, report=said.append)
    losses = [float(line.split("writing ")[1].split(",")[0]) for line in said]
    assert losses[-1] < losses[0]
    assert load_checkpoint(tmp_path / "c.pt")
