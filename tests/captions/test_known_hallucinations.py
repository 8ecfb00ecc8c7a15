"""Patterns of what Whisper is known to invent."""

import pytest

from app.captions.known_hallucinations import fold_text, is_beginning, is_credit, is_sign_off, is_stock


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Sous-titrage : Société  Radio-Canada.", "Sous titrage : Societe Radio Canada"),
        ("<i>© WDR</i>", "copyright WDR"),
        ("ご視聴ありがとう！", "こ視聴ありかとう"),
        ("Łódź ß", "Lodz ss"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    """Accents, tags and punctuation go; case and colons stay."""
    assert fold_text(text) == folded


def test_names_are_recognised_by_their_capitals() -> None:
    """A credit ends with a name; the same words with others are a sentence."""
    assert is_credit(fold_text("Subtitles by Maria van den Berg"))
    assert not is_credit(fold_text("Subtitles by default"))
    assert not is_credit(fold_text("Untertitel von Montag"))


def test_kinds_are_told_apart() -> None:
    """Ends of videos are no stock phrases."""
    assert is_sign_off("see you all in the next video bye")
    assert not is_stock("see you all in the next video bye")
    assert is_stock("Vielen Dank")


def test_beginnings_are_recognised() -> None:
    """The first words of a known line are its beginning, and those of a sentence are not."""
    assert is_beginning(fold_text("Subtitles by the"))
    assert is_beginning(fold_text("Vielen"))
    assert not is_beginning(fold_text("We now come"))
