"""Finding terms whose translation is fixed."""

import pytest

from app.decode.fixed_terms import FixedTerm, FixedTerms

TERMS = FixedTerms(
    [
        FixedTerm("Surtitle", "Surtitle"),
        FixedTerm("Nordlicht", "Northern Light", frozenset({"en"})),
        FixedTerm("Nordlicht Hamburg", "NL Hamburg", frozenset({"en"})),
        FixedTerm("Nordlicht", "Aurore", frozenset({"fr", "pt"})),
        FixedTerm("IT", "IT"),
        FixedTerm("C++", "C++"),
        FixedTerm("ルート", "route", frozenset({"en"})),
        FixedTerm("東京タワー", "Tokyo Tower", frozenset({"en"})),
        FixedTerm("서타이틀", "Surtitle", frozenset({"en"})),
    ]
)


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Das ist Nordlicht.", "de", [("Nordlicht", "Northern Light")]),
        ("Die Ziele des NORDLICHTS", "de", [("NORDLICHTS", "Northern Light")]),
        ("während des Nordlichtes", "de", [("Nordlichtes", "Northern Light")]),
        ("Nordlichter und Nordlichtung", "de", []),
        ("the Nordlichts", "en", []),
        ("Wir in Nordlicht\u00a0Hamburg", "de", [("Nordlicht\u00a0Hamburg", "NL Hamburg")]),
        ("Surtitles Plan, surtitle-Plan", "de", [("Surtitles", "Surtitle"), ("surtitle", "Surtitle")]),
        ("it is IT", "en", [("IT", "IT")]),
        ("C++, c++17", "en", [("C++", "C++"), ("c++", "C++")]),
        ("ルートビアとルートを東京タワーで", "ja", [("ルート", "route"), ("東京タワー", "Tokyo Tower")]),
        ("Surtitleはいい", "ja", [("Surtitle", "Surtitle")]),
        ("서타이틀은 좋다", "ko", [("서타이틀", "Surtitle")]),
        ("", "de", []),
    ],
)
def test_terms_are_found_as_whole_words_without_case(text: str, language: str, found: list[tuple[str, str]]) -> None:
    """The longest match wins, with a German genitive where that is safe, and in scripts without spaces."""
    assert TERMS.find(text, language, "en") == tuple(found)


def test_a_translation_is_for_its_languages_and_a_kept_term_for_all() -> None:
    """A language without a translation leaves the term to the model."""
    assert TERMS.find("Nordlicht und Surtitle", "de", "pt") == (("Nordlicht", "Aurore"), ("Surtitle", "Surtitle"))
    assert TERMS.find("Nordlicht und Surtitle", "de", "ja") == (("Surtitle", "Surtitle"),)


def test_a_translation_beats_keep_and_a_later_line_an_earlier_one() -> None:
    """The order of the lines decides only between equals."""
    terms = FixedTerms(
        [
            FixedTerm("Licht", "light", frozenset({"en"})),
            FixedTerm("licht", "Light", frozenset({"en"})),
            FixedTerm("Licht", "Licht"),
        ]
    )
    assert terms.find("Licht", "de", "en") == (("Licht", "Light"),)
    assert terms.find("Licht", "de", "fr") == (("Licht", "Licht"),)
