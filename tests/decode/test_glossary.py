"""The glossary."""

from pathlib import Path

import pytest

from app.decode.glossary import Glossary, parse, read
from app.decode.hypothesis import Word, join_words
from app.errors import SettingsError


def said(text: str) -> tuple[Word, ...]:
    """Return words half a second long."""
    return tuple(Word(part, i / 2, i / 2 + 0.5, 0.9) for i, part in enumerate(text.split()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we use sir title.", "we use Surtitle."),
        ("Sir Title, please", "Surtitle, please"),
        ("kuba netties and sir title", "Kubernetes and Surtitle"),
        ("the sir", "the sir"),
        ("gem and i", "Gemini Pro"),
    ],
)
def test_correct(text: str, expected: str) -> None:
    """Known errors of one or several words are corrected, and the punctuation after them stays."""
    glossary = Glossary(corrections={"sir title": "Surtitle", "kuba netties": "Kubernetes", "gem and i": "Gemini Pro"})
    assert join_words(glossary.correct(said(text))) == expected


def test_corrected_words_keep_the_time_of_what_they_replace() -> None:
    """The new words share the time of the old ones."""
    words = Glossary(corrections={"gem and i": "Gemini Pro"}).correct(said("gem and i"))
    assert [(word.start_s, word.end_s) for word in words] == [(0.0, 0.75), (0.75, 1.5)]


def test_the_prompt_names_every_right_spelling_once() -> None:
    """Terms and right sides reach the model."""
    assert Glossary(("Surtitle", "Anna"), {"sir title": "Surtitle"}).prompt == "Surtitle, Anna"


def test_parse_reads_terms_corrections_and_comments() -> None:
    """A glossary file has one entry a line."""
    assert parse("# people\nAnna\nsir title => Surtitle  # us\n\n") == Glossary(("Anna",), {"sir title": "Surtitle"})


def test_half_a_correction_is_rejected_with_its_line() -> None:
    """An arrow without a right side is an error with its line number."""
    with pytest.raises(SettingsError, match=r"line 2.*wrong => right"):
        parse("Anna\nsir title =>")


def test_a_missing_file_is_an_error_with_its_name(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(SettingsError, match=r"names\.txt"):
        read(tmp_path / "names.txt")
