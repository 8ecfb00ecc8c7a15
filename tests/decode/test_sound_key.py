"""Keys of names by their sound."""

import pytest

from app.decode.sound_key import fold_letters, sound_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kubernetes", "cooper netties"),
        ("Schmidt", "Schmitt"),
        ("Sofia", "Sophia"),
        ("Meyer", "Maier"),
        ("Ærøskøbing", "eroskobing"),
        ("Wagner", "Vagner"),
        ("Đorđe", "dorde"),
        ("カミキ", "かみき"),
    ],
)
def test_names_that_sound_alike_have_almost_one_key(one: str, other: str) -> None:
    """Spellings of one sound differ by one sound at most."""
    first, second = sound_key(fold_letters(one)), sound_key(fold_letters(other))
    assert sum(a != b for a, b in zip(first, second, strict=False)) + abs(len(first) - len(second)) <= 1


@pytest.mark.parametrize(
    ("text", "letters"),
    [("Müller-Lüdenscheidt", "mullerludenscheidt"), ("O'Neill 3", "oneill3"), ("上期", "上期"), ("—", "")],
)
def test_fold_letters(text: str, letters: str) -> None:
    """Only letters and digits remain, without accents."""
    assert fold_letters(text) == letters
