"""What is not translated: addresses, codes and numbers."""

import pytest

from app.translate.literals import drop_doubled_unit, find_literals, lost_literals


def literals(text: str, language: str = "de", target: str = "en") -> list[tuple[str, str]]:
    """Return the literals of a text and what the target has instead."""
    return [(one.text, one.shown) for one in find_literals(text, language, target)]


def lost(text: str, translation: str, language: str = "de", target: str = "en") -> list[str]:
    """Return what a translation lost."""
    return lost_literals(text, find_literals(text, language, target), translation, language, target)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Schreib an info@example.org.", ["info@example.org"]),
        ("Siehe https://example.org/a?b=c, bitte.", ["https://example.org/a?b=c"]),
        ("Auf surtitle.example.org, z.B. heute. d.h. jetzt.Und", ["surtitle.example.org"]),
        ("@surtitle und #live", ["@surtitle", "#live"]),
        ("Der XR-200, v2.1.3, COVID-19, Q3 und 3D", ["XR-200", "v2.1.3", "COVID-19", "Q3", "3D"]),
        ("PowerPoint, iPhone15, die GmbH, MwSt und MitarbeiterInnen", ["PowerPoint", "iPhone15"]),
        ("der XR-200を", ["XR-200"]),
        ("Am 12.03.2026 um 14:30 Uhr", ["12.03.2026", "14:30"]),
        ("10–15 Leute, 192.168.0.1, +49 30 1234567", ["10–15", "192.168.0.1", "+49 30 1234567"]),
        ("15万人", []),
        ("Guten Morgen zusammen.", []),
    ],
)
def test_literals_are_found(text: str, found: list[str]) -> None:
    """Abbreviations, company forms and German words with a capital inside are none."""
    assert [one for one, _ in literals(text)] == found
    assert all(one == shown for one, shown in literals(text))


@pytest.mark.parametrize(
    ("text", "language", "target", "shown"),
    [
        ("1.250,50 €", "de", "en", "1,250.50 €"),
        ("1.250,50 €", "de", "fr", "1\u202f250,50 €"),
        ("1.250,50 €", "de", "pt", "1.250,50 €"),
        ("1,250.50", "en", "de", "1.250,50"),
        ("10 000", "fr", "en", "10,000"),
        ("3,5 GB", "de", "en", "3.5 GB"),
        ("2.5", "de", "en", "2.5"),
        ("20 %", "de", "en", "20 %"),
        ("3rd", "en", "fr", "3e"),
        ("2nd", "en", "de", "2."),
        ("3. Mai", "de", "en", "3"),
        ("am 3. Platz", "de", "fr", "3"),
        ("3º", "pt", "en", "3rd"),
    ],
)
def test_numbers_get_the_separators_of_the_target_where_their_reading_is_certain(
    text: str, language: str, target: str, shown: str
) -> None:
    """Else they stay as they are."""
    assert literals(text, language, target)[0][1] == shown


@pytest.mark.parametrize(
    ("text", "translation", "found"),
    [
        ("um fünfzehn Prozent", "by fifteen percent", []),
        ("um fünfzehn Prozent", "by 15 %", []),
        ("um fünfzehn Prozent", "by fifty percent", ["fünfzehn"]),
        ("zwei Millionen Euro", "2 million euros", []),
        ("2 Millionen", "two million", []),
        ("1.250,50 €", "€1,250.50", []),
        ("1.250,50 €", "€125.50", ["1.250,50 €"]),
        ("Am 12.03.2026 um 14:30 Uhr", "On March 12, 2026 at 2:30 p.m.", []),
        ("zwischen fünf und zwanzig", "between five and twenty", []),
        ("fünf und zwanzig", "twenty-five", []),
        ("halb drei", "half past two", []),
        ("zwei und zwei", "two", ["zwei"]),
        ("unter 0151 2345678", "at 151 2345678", ["0151"]),
        ("um 07:05 am 03.", "at 7:05 on the 3", []),
        ("15 und 15", "15", ["15"]),
        ("der XR-200 von info@example.org", "the XR-20 of info@example.com", ["XR-200", "info@example.org"]),
        ("ein Haus", "houses", []),
    ],
)
def test_lost_numbers_addresses_and_codes_are_counted(text: str, translation: str, found: list[str]) -> None:
    """A number may be in words or digits, with the separators of any language."""
    assert lost(text, translation) == found


def test_an_ambiguous_word_is_found_but_never_expected() -> None:
    """French "neuf" is nine, and new."""
    assert lost("neun Tage", "neuf jours", "de", "fr") == []
    assert lost("un bureau neuf", "a new office", "fr", "en") == []


def test_number_words_of_unknown_languages_are_not_expected() -> None:
    """Digits are."""
    assert lost("fünfzehn Kunden", "十五人の顧客", "de", "ja") == []
    assert lost("15 Kunden", "顧客", "de", "ja") == ["15"]


def test_the_word_of_a_sign_is_dropped() -> None:
    """The sign is part of the number that is protected."""
    assert drop_doubled_unit("by 12 % percent, 5 € d'euros and 3 %.") == "by 12 %, 5 € and 3 %."


def test_long_texts_take_no_time() -> None:
    """Nothing is searched again and again."""
    for text in ("a." * 5_000, "1" * 10_000, "1." * 5_000, "a-" * 5_000, "A" * 10_000, "a@" * 3_000, "1 " * 5_000):
        find_literals(text, "de", "en")
