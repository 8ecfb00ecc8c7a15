"""How the demo world is spoken, placed and written down."""

import json
import random
import string
from pathlib import Path

import numpy as np
import pytest

from app.decode import demo_files
from app.demo.training import french, noise, portuguese
from app.demo.training.clips import make_clips, make_noise_clip
from app.demo.training.grammar import draw, draw_words, find, vocabulary
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


def test_every_template_and_value_has_all_written_languages() -> None:
    """French and Portuguese know the world's templates and values, no two alike, and fill the slots of the German."""
    for language in (french, portuguese):
        assert set(language.TEMPLATES) == {german for german, _ in TEMPLATES}
        assert len(set(language.TEMPLATES.values())) == len(TEMPLATES)
        assert {slot: list(values) for slot, values in language.SLOTS.items()} | {
            "quality": list(language.QUALITIES)
        } == {slot: [german for german, _ in pairs] for slot, pairs in SLOTS.items() if slot != "name"}
        for german, written in language.TEMPLATES.items():
            wanted = {name for _, name, _, _ in string.Formatter().parse(german) if name}
            filled = {name for _, name, _, _ in string.Formatter().parse(written) if name}
            assert {name.split("_")[-1] for name in filled} == wanted, german


@pytest.mark.parametrize(
    ("german", "french_text", "portuguese_text"),
    [
        ("Das Angebot ist jetzt neu.", "L'offre est maintenant nouvelle.", "A oferta agora está nova."),
        ("Das Handbuch ist jetzt neu.", "Le manuel est maintenant nouveau.", "O manual agora está novo."),
        ("Wer ist für das Angebot verantwortlich?", "Qui est responsable de l'offre\u00a0?",
         "Quem é responsável pela oferta?"),
        ("Zuerst sprechen wir über das Budget.", "Nous parlons d'abord du budget.",
         "Primeiro falamos sobre o orçamento."),
        ("Die Schulung dauert zwei Stunden.", "La formation dure deux heures.", "O treinamento dura duas horas."),
    ],
)  # fmt: skip
def test_french_and_portuguese_agree(german: str, french_text: str, portuguese_text: str) -> None:
    """Adjectives, articles and numbers agree with their nouns."""
    sentence = find(german)
    assert (sentence.french, sentence.portuguese) == (french_text, portuguese_text)


def test_what_the_world_cannot_say_is_not_found() -> None:
    """A sentence of no template is refused; every drawn one is found again."""
    sentence = draw(random.Random(11), ("Ngozi",))
    assert find(sentence.german) == sentence
    with pytest.raises(LookupError, match="demo world"):
        find("Der Hund schläft.")


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
    assert set(translated["translations"]) == {"de", "en", "fr", "pt"}
    assert translated["translations"]["en"] == translated["reference"]
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
