"""Locked terms of a sentence."""

from app.decode.glossary import parse
from app.translate.request import LockedTerm
from app.translate.terms import find_terms


def test_terms_of_a_sentence_are_locked_for_a_language() -> None:
    """Letters with separate accents are found too."""
    glossary = parse("Müller = keep\nNordlicht => Northern Light [en]")
    text = "Mu\u0308llers Nordlicht"
    assert find_terms(glossary, text, "de", "en") == (
        LockedTerm("Müllers", "Müller"),
        LockedTerm("Nordlicht", "Northern Light"),
    )
    assert find_terms(glossary, text, "de", "fr") == (LockedTerm("Müllers", "Müller"),)
