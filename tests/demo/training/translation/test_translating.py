"""The bundled translation model, held to its bars on sentences it never learnt."""

import itertools

import pytest

from app.decode import demo_files
from app.demo.training.evaluate import Count
from app.demo.training.grammar import find
from app.demo.training.translation.samples import held_out
from app.demo.training.translation.translating import DemoTranslator


@pytest.fixture(scope="module")
def translator() -> DemoTranslator:
    """Load the bundled model."""
    return DemoTranslator(demo_files.TRANSLATION)


@pytest.mark.parametrize("target", ["de", "en", "fr", "pt"])
def test_held_out_sentences_are_translated(translator: DemoTranslator, target: str) -> None:
    """Word errors against the script stay below 5 %, from every language."""
    chosen = list(itertools.islice(held_out(1), 40))
    count = Count()
    for language in {"de", "en", "fr", "pt"} - {target}:
        texts = [sentence.written(language) for sentence in chosen]
        for sentence, written in zip(chosen, translator.translate(texts, language, target), strict=True):
            count.add(sentence.written(target), written)
    assert count.rate <= 0.05


def test_the_sentence_before_changes_nothing(translator: DemoTranslator) -> None:
    """With the sentence before and its translation, a sentence is translated as it is alone."""
    before, sentence = find("Das freut mich sehr."), find("Die Schulung dauert zwei Stunden.")
    written = translator.translate([sentence.german], "de", "pt", [(before.german, before.portuguese)])
    assert written == [sentence.portuguese]


@pytest.mark.parametrize(
    ("text", "target", "wanted"),
    [
        ("Wir warten noch auf ⟦3⟧.", "fr", "Nous attendons encore ⟦3⟧."),
        ("We can test ⟦1⟧ tomorrow.", "de", "Wir können ⟦1⟧ morgen testen."),
        ("Wir erwarten 275 Gäste aus ⟦2⟧.", "pt", "Esperamos 275 convidados de ⟦2⟧."),
        ("wer kann morgen helfen", "fr", "Qui peut aider demain\u00a0?"),
    ],
)
def test_placeholders_digits_and_plain_text_arrive(
    translator: DemoTranslator, text: str, target: str, wanted: str
) -> None:
    """Placeholders and digits are copied; text without punctuation and capitals is understood."""
    language = "en" if text.startswith("We ") else "de"
    assert translator.translate([text], language, target) == [wanted]


def test_unknown_names_are_copied(translator: DemoTranslator) -> None:
    """Names that nobody trained arrive letter by letter."""
    names = ("Ngozi", "Malalai", "Bjarne", "Oksana", "Thibault")
    sentences = [find(f"Vielen Dank, {name}.") for name in names]
    written = translator.translate([sentence.german for sentence in sentences], "de", "fr")
    assert written == [sentence.french for sentence in sentences]


def test_the_translation_model_is_small() -> None:
    """All its files together stay within 8 MB."""
    assert sum(path.stat().st_size for path in demo_files.TRANSLATION.iterdir()) <= 8_000_000
