"""Where sentences and clauses end, by the text alone."""

import pytest

from app.captions.sentences import ends_clause, ends_sentence, strip_sentence_end


@pytest.mark.parametrize(
    ("language", "word", "following", "expected"),
    [
        ("de", "gut.", None, True),
        ("de", "3.", "Oktober", False),
        ("de", "Dr.", "Müller", False),
        ("de", "B.", "die", False),
        ("de", "usw.", "und", False),
        ("de", "usw.", "Das", True),
        ("de", "gut.“", "Dann", True),
        ("de", "heißt?!", None, True),
        ("en", 'right."', "Then", True),
        ("en", "Inc.", "shares", False),
        ("en", "Inc.", "They", True),
        ("ja", "です。", None, True),
        ("ur", "ہے۔", None, True),
        ("el", "κάνεις;", None, True),
    ],
)
def test_sentence_end(language: str, word: str, following: str | None, expected: bool) -> None:
    """A full stop after a number, a letter or an abbreviation ends nothing; other marks end a sentence."""
    assert ends_sentence(word, language, following) is expected


def test_clause_end() -> None:
    """A comma ends a clause, the full stop of an abbreviation does not."""
    assert ends_clause("also,", "de")
    assert not ends_clause("Dr.", "de", "Müller")


def test_sentence_end_is_stripped() -> None:
    """The marks at the end go, a closing quote stays, and a word of marks only is kept."""
    assert strip_sentence_end("gut.“") == "gut“"
    assert strip_sentence_end("gut?!") == "gut"
    assert strip_sentence_end("...") == "..."
