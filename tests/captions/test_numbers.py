"""Numbers in digits and in words are the same numbers."""

import pytest

from app.captions.numbers import is_number_part, is_same_number, rest_of_number

SAME = [
    ("20%", "zwanzig Prozent"),
    ("20 %", "zwanzig Prozent"),
    ("20%", "twenty percent"),
    ("20%", "vingt pour cent"),
    ("20%", "veinte por ciento"),
    ("20%", "venti per cento"),
    ("20%", "vinte por cento"),
    ("20%", "twintig procent"),
    ("21", "einundzwanzig"),
    ("2.345", "zweitausenddreihundertfünfundvierzig"),
    ("1998", "neunzehnhundertachtundneunzig"),
    ("1998", "nineteen ninety-eight"),
    ("2025", "two thousand twenty-five"),
    ("2025", "two thousand and twenty-five"),
    ("2025", "zweitausend fünfundzwanzig"),
    ("2025", "dos mil veinticinco"),
    ("2025", "deux mille vingt-cinq"),
    ("2025", "dois mil e vinte e cinco"),
    ("2025", "duemilaventicinque"),
    ("2025", "tweeduizend vijfentwintig"),
    ("97", "quatre-vingt-dix-sept"),
    ("71", "soixante et onze"),
    ("80", "quatre-vingts"),
    ("45", "cuarenta y cinco"),
    ("28", "ventotto"),
    ("34", "vierendertig"),
    ("3.", "dritten"),
    ("3.", "drei"),
    ("21.", "einundzwanzigsten"),
    ("3rd", "third"),
    ("21st", "twenty-first"),
    ("2e", "deuxième"),
    ("3ª", "tercera"),
    ("1,5", "eins Komma fünf"),
    ("3.14", "three point one four"),
    ("2,5%", "zwei Komma fünf Prozent"),
    ("2 Millionen", "zwei Millionen"),
    ("1.000.000", "eine Million"),
    ("1,5 Millionen", "1.500.000"),
    ("10 000", "zehntausend"),
    ("$20", "twenty dollars"),
    ("20 €", "zwanzig Euro"),
    ("100", "a hundred"),
    ("350.000", "dreihundertfünfzigtausend"),
    ("350,000", "three hundred and fifty thousand"),
    ("16", "dezesseis"),
    ("&", "und"),
    ("%", "Prozent"),
]
DIFFERENT = [
    ("20", "30"),
    ("20%", "zwanzig"),
    ("20", "zwanzig Prozent"),
    ("3rd", "drei"),
    ("ein", "eine"),
    ("25", "zwanzig"),
    ("78", "sieben und acht"),
    ("23", "zwei drei"),
    ("20", "zwanzig und"),
    ("2020", "Haus"),
    ("", "null"),
    ("12", "one two"),
]


@pytest.mark.parametrize(("digits", "words"), SAME)
def test_the_same_number(digits: str, words: str) -> None:
    """Digits and words of one number are the same, in either order."""
    assert is_same_number(digits.split(), words.split())
    assert is_same_number(words.split(), digits.split())
    assert all(is_number_part(part) for part in [*digits.split(), *words.split()])


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_number(one: str, other: str) -> None:
    """Other numbers, parts of numbers and words are not the same."""
    assert not is_same_number(one.split(), other.split())


@pytest.mark.parametrize("word", ["Haus", "Sieb", "fünfte-Kolonne", "weight", "!", "-", ""])
def test_ordinary_words_are_no_part_of_a_number(word: str) -> None:
    """A word that only contains a number word is none."""
    assert not is_number_part(word)


@pytest.mark.parametrize(
    ("begun", "whole", "rest"),
    [
        ("zwanzig", "20%", "%"),
        ("zweitausend", "2025", "25"),
        ("two thousand", "2025", "25"),
        ("zwanzig", "30%", ""),
        ("zwanzig", "2025", ""),
        ("zwanzig", "zwanzig", ""),
        ("Haus", "20", ""),
    ],
)
def test_the_rest_of_a_number(begun: str, whole: str, rest: str) -> None:
    """A number in digits may go on after the words that are committed."""
    assert rest_of_number(begun.split(), whole) == rest
