"""What makes a translation unbelievable."""

import random

import pytest

from app.demo.training import grammar
from app.translate.checks import find_fault


def test_no_right_translation_of_the_demo_world_is_doubted() -> None:
    """Every pair of its four languages."""
    generator = random.Random(11)
    doubted = []
    for _ in range(150):
        sentence = grammar.draw(generator)
        pairs = [(one, other) for one in grammar.WRITTEN for other in grammar.WRITTEN if one != other]
        for language, target in pairs:
            text, translation = sentence.written(language), sentence.written(target)
            if fault := find_fault(text, translation, language, target):
                doubted.append(f"{fault}: {text} - {translation}")
    assert doubted == []


@pytest.mark.parametrize(
    ("text", "translation", "language", "target"),
    [
        ("Nein, nein, nein, nein!", "No, no, no, no!", "de", "en"),
        ("Sehr, sehr, sehr gut.", "Very, very, very good.", "de", "en"),
        ("Anna, Thomas, Julia und Peter.", "Anna, Thomas, Julia and Peter.", "de", "en"),
        ("Good morning.", "おはようございます。", "en", "ja"),
        ("Der Wert ist 5 Ω.", "The value is 5 Ω.", "de", "en"),
        ("東京はとても大きいです。", "Tokyo is very big.", "ja", "en"),
        ("We use Surtitle and PowerPoint.", "私たちはSurtitleとPowerPointを使います。", "en", "ja"),
        ("Det er en god dag.", "Det är en bra dag.", "da", "sv"),
        ("Hahahaha!", "Hahahaha!!", "de", "en"),
        ("...", "…", "de", "en"),
        ("Das ist Müllers Café.", "This is Müller's café.", "de", "en"),
        ("Спасибо большое.", "Дуже дякую.", "ru", "uk"),
    ],
)
def test_good_translations_pass(text: str, translation: str, language: str, target: str) -> None:
    """Rhetoric, names, units and words of the original are no fault; "Hahahaha" is the same in all languages."""
    assert find_fault(text, translation, language, target) in (None, "copied" if text[0] == "H" else None)


@pytest.mark.parametrize(
    ("fault", "translation", "target"),
    [
        ("empty", " … ", "fr"),
        ("copied", "Das Ergebnis war sehr gut.", "fr"),
        ("copied", "das ergebnis WAR sehr gut", "fr"),
        ("copied", "Oh, das Ergebnis war sehr gut!", "fr"),
        ("copied", "De das Ergebnis war 1 gut!", "fr"),
        ("loop", "Le résultat résultat résultat résultat", "fr"),
        ("loop", "Le résultat est bon. Le résultat est bon.", "fr"),
        ("loop", "très bon, oui, très bon, oui, très bon, oui", "fr"),
        ("loop", "Le résulululululultat est bon.", "fr"),
        ("loop", "Le réééééésultat est bon.", "fr"),
        ("loop", "結果は良い結果は良い結果は良い", "ja"),
        ("loop", "ผลลัพธ์ดีผลลัพธ์ดีผลลัพธ์ดี", "th"),
        ("script", "Le résultat était très 好.", "fr"),
        ("script", "Результат был очень хорошим.", "fr"),
        ("script", "The result was very good.", "fr"),
        ("script", "El resultado fue muy bueno.", "fr"),
        ("script", "Der Plan ist sehr schlecht.", "fr"),
        ("script", "The result was very good.", "ja"),
        ("script", "결과는 매우 좋았습니다.", "ja"),
        ("script", "Результат був дуже добрим, її ґрунт.", "ru"),
        ("script", "Le <unk> était très bon.", "fr"),
        ("script", "Le résultat ⟦9⟧ était très bon.", "fr"),
        ("length", "Le", "fr"),
        ("length", "L", "fr"),
        (
            "length",
            "Le résultat est bon, car nous avons fait beaucoup de choses avec elle, puis tout le monde est parti.",
            "fr",
        ),
    ],
)
def test_bad_translations_are_found(fault: str, translation: str, target: str) -> None:
    """Each has the name of its fault."""
    assert find_fault("Das Ergebnis war sehr gut.", translation, "de", target) == fault


def test_kept_parts_are_neither_copies_nor_foreign() -> None:
    """A sentence may consist of terms."""
    kept = ("Зенит", "Nordlicht Hamburg Nordsee Ostsee")
    translation = "Nordlicht Hamburg Nordsee Ostsee et Зенит"
    assert find_fault("Nordlicht Hamburg Nordsee Ostsee und Зенит", translation, "de", "fr", kept) is None
    assert find_fault("Das Ergebnis: Nordlicht", "Nordlicht", "de", "fr", ["Nordlicht"]) == "empty"


@pytest.mark.parametrize(
    ("text", "translation", "language", "target"),
    [
        ("Das beginnt um 15 Uhr.", "O show beginnt um 15 Uhr.", "de", "pt"),
        ("Je vois vois vois vois les choses.", "I see vois vois vois vois things.", "fr", "en"),
        ("Der Hund schläft leise wegen Regen.", "The man schläft leise wegen Regen.", "de", "en"),
        ("gelaufen Gemüse leise Fahrrad Eichhörnchen", "gelaufen Gemüse leise Fahrrad Eichhörchen", "de", "en"),
    ],
)
def test_words_that_were_not_translated_are_copies(text: str, translation: str, language: str, target: str) -> None:
    """Some in a row are enough, and one wrong letter makes no other word of them."""
    assert find_fault(text, translation, language, target, ["15"]) in ("copied", "script")


def test_loanwords_and_lists_are_no_copies() -> None:
    """Languages share words, so only some in a row say that nothing was translated."""
    assert find_fault("Das ist vice versa so.", "This is so vice versa.", "de", "en") is None
    assert find_fault("patience, courage et passion", "patience, courage and passion", "fr", "en") is None
    assert find_fault("È una persona importante.", "Es una persona importante.", "it", "es") is None


def test_a_huge_translation_is_checked_in_no_time() -> None:
    """A runaway of 20,000 letters takes less than a second."""
    for letters in ("ab " * 7_000, "あい" * 10_000, "a" * 20_000):
        assert find_fault("Das Ergebnis war sehr gut.", letters, "de", "ja") == "loop"
