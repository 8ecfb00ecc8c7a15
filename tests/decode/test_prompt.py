"""Prompts of equal length."""

from hypothesis import given
from hypothesis import strategies as st

from app.decode.prompt import PROMPT_LENGTHS, pack_prompt


@given(glossary=st.lists(st.integers(0, 99), max_size=300), previous=st.lists(st.integers(100, 199), max_size=300))
def test_every_prompt_has_an_allowed_length(glossary: list[int], previous: list[int]) -> None:
    """Any prompt has one of the few lengths, so that batches fill and the budget of 224 is kept."""
    packed = pack_prompt(glossary, previous)
    assert len(packed) in PROMPT_LENGTHS
    assert set(packed) <= set(glossary) | set(previous)


def test_a_short_previous_text_is_left_out() -> None:
    """Text that cannot fill the length is not padded but dropped."""
    assert pack_prompt([], list(range(31))) == []
    assert pack_prompt([], list(range(40))) == list(range(8, 40))


def test_a_glossary_is_whole_and_followed_by_the_previous_text() -> None:
    """The complete terms precede the end of the previous text."""
    packed = pack_prompt([1, 2, 3], [7] * 40)
    assert packed[-29:] == [7] * 29
    assert packed[:3] == [1, 2, 3]
