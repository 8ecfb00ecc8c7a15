"""What the demo's translation model learns from, and how it reads and writes text."""

import itertools
import random
import re
from pathlib import Path

import pytest

from app.decode import demo_files
from app.demo.training.evaluate import plain_words, word_errors
from app.demo.training.grammar import WRITTEN, find
from app.demo.training.translation import made_up
from app.demo.training.translation.errors import RecognitionErrors
from app.demo.training.translation.samples import SampleMaker, held_out, is_held_out
from app.demo.training.translation.tokens import load_tokenizer
from app.demo.training.world import TEMPLATES


def test_held_out_sentences_are_never_drawn() -> None:
    """No sample contains a held-out sentence, and every sentence without slots is trained."""
    maker = SampleMaker(3)
    written = " ".join(" ".join(maker.draw().targets.values()) for _ in range(800))
    chosen = list(itertools.islice(held_out(), 600))
    assert len({sentence.german for sentence in chosen}) == 600
    assert not [sentence for sentence in chosen if sentence.german in written]
    assert not [german for german, _ in TEMPLATES if "{" not in german and is_held_out(find(german))]


def test_samples_are_seeded_and_complete() -> None:
    """The same seed draws the same; a placeholder of a whole source stands in every target as often."""
    first, second = SampleMaker(1), SampleMaker(1)
    for _ in range(300):
        sample = first.draw()
        assert sample == second.draw()
        assert {sample.language, *sample.targets} == set(WRITTEN)
        numbers = [sorted(re.findall("⟦.⟧", text)) for text in (sample.source, *sample.targets.values())]
        assert numbers[0] == numbers[1] == numbers[2] == numbers[3] or not sample.source.endswith((".", "?"))


def test_recognition_errors_keep_most_words() -> None:
    """A text with errors is still mostly the text, and placeholders survive."""
    errors = RecognitionErrors(random.Random(2))
    text = "Wir haben ⟦4⟧ neue Kunden in Hamburg."
    wanted = plain_words(text)
    heard = [errors.heard(text, "de") for _ in range(400)]
    assert all("⟦4⟧" in written for written in heard)
    assert 0.005 < sum(word_errors(wanted, plain_words(written)) for written in heard) / (400 * len(wanted)) < 0.2


@pytest.mark.parametrize(
    "text",
    [
        "Guten Morgen zusammen.",
        "Qui peut aider\u00a0?",
        "⟦1⟧ ist neu, ⟦9⟧ nicht.",
        "Ngozi O'Brien-Çelik 1,5 € 日本",
    ],
)
def test_the_tokenizer_reads_what_it_writes(text: str) -> None:
    """Every text comes back, has the same tokens after another text, and a placeholder is one token."""
    tokenizer = load_tokenizer(demo_files.TRANSLATION / "tokenizer.json")
    tokens = tokenizer.encode(text, add_special_tokens=False)
    assert tokenizer.decode(tokens.ids) == text
    assert all(placeholder in tokens.tokens for placeholder in made_up.PLACEHOLDERS if placeholder in text)
    before = tokenizer.encode("Auf Wiedersehen.", add_special_tokens=False).tokens
    if not text.startswith("⟦"):
        joined = tokenizer.encode(f"Auf Wiedersehen. {text}", add_special_tokens=False).tokens
        assert joined == [*before, *tokens.tokens]


def test_translation_training_needs_torch_and_learns(tmp_path: Path) -> None:
    """A few steps of the real loop lower the loss, and the converted model writes what the network writes."""
    pytest.importorskip("torch", reason="torch is installed for training only (make train-demo-translation)")
    from app.demo.training.translation.convert import convert_translator
    from app.demo.training.translation.training import train_translator
    from app.demo.training.translation.translating import DemoTranslator

    tokenizer = load_tokenizer(demo_files.TRANSLATION / "tokenizer.json")
    said: list[str] = []
    network = train_translator(tokenizer, tmp_path / "c.pt", steps=51, report=said.append)
    losses = [float(line.split("writing ")[1].split(",")[0]) for line in said]
    assert losses[-1] < losses[0]
    convert_translator(network, tokenizer, tmp_path / "model")
    assert DemoTranslator(tmp_path / "model").translate(["Guten Morgen zusammen."], "de", "fr")
