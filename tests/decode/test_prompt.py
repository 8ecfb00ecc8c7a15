"""Prompts of equal length."""

from hypothesis import given
from hypothesis import strategies as st

from app.decode.prompt import (
    PREVIOUS_TOKENS,
    PROMPT_LENGTHS,
    TERM_TOKENS,
    TERMS_LENGTH,
    estimate_prompt_tokens,
    pack_prompt,
    prompt_text,
    write_terms,
)

PREVIOUS = "we said a lot before this window and it goes on and on " * 3


def letters(text: str) -> list[int]:
    """Return a token for each three letters."""
    return [hash(text[i : i + 3]) for i in range(0, len(text), 3)]


def words(text: str) -> list[int]:
    """Return a token for each word."""
    return [hash(part) for part in text.split()]


@given(
    terms=st.lists(st.text("abcdefgh", min_size=3, max_size=40), max_size=12, unique=True),
    previous=st.integers(0, 160),
    language=st.sampled_from(["de", "en"]),
)
def test_every_prompt_has_its_estimated_length(terms: list[str], previous: int, language: str) -> None:
    """Prompts with and without terms and previous text have the length that the scheduler expects, so batches fill."""
    before = PREVIOUS[:previous].strip()
    packed = pack_prompt(terms, before, language, letters)
    assert len(packed) in PROMPT_LENGTHS
    n_room = TERMS_LENGTH - min(PREVIOUS_TOKENS, len(letters(before)))
    has_terms = bool(terms) and len(letters(write_terms(terms[:1], language))) <= min(TERM_TOKENS, n_room)
    assert len(packed) == estimate_prompt_tokens(has_terms=has_terms, previous=before)


def test_a_short_previous_text_is_kept_whole() -> None:
    """An opening fills what is missing on the left of a clause of 21 words."""
    clause = " ".join(f"word{i}" for i in range(21))
    packed = pack_prompt([], clause, "en", words)
    assert len(packed) == PREVIOUS_TOKENS
    assert packed[-21:] == words(clause)
    assert packed[10] == hash("questions.")


def test_terms_come_once_and_whole_before_the_previous_text() -> None:
    """Nothing is repeated, and the last 32 tokens before the window stay."""
    sentence = words("This is about Anna, Surtitle.")
    for previous in ("", PREVIOUS):
        packed = pack_prompt(["Surtitle", "Anna"], previous, "en", words)
        expected = sentence + words(previous)[-PREVIOUS_TOKENS:]
        assert packed[-len(expected) :] == expected
        assert packed.count(hash("Anna,")) == 1


def test_the_least_important_terms_are_left_out_whole() -> None:
    """A sentence that is too long loses its last terms."""
    terms = [f"{'x' * 15}{i}" for i in range(12)]
    packed = pack_prompt(terms, "", "de", letters)
    assert len(packed) == TERMS_LENGTH
    sentences = [letters(write_terms(terms[:n], "de")) for n in range(1, 13)]
    kept = [sentence for sentence in sentences if packed[-len(sentence) :] == sentence]
    assert len(kept) == 1
    assert len(kept[0]) == max(len(sentence) for sentence in sentences if len(sentence) <= TERM_TOKENS)


def test_an_unknown_language_gets_a_plain_list() -> None:
    """Without sentences of its own a language gets the terms and nothing in a foreign language."""
    assert pack_prompt(["Anna", "Berlin"], "", None, words) == words("Anna, Berlin.")
    assert pack_prompt(["Anna"], "", "xx", words) == words("Anna.")


def test_the_sentence_changes_only_with_its_terms() -> None:
    """The order of the terms has no effect, so the prompt stays the same from window to window."""
    assert write_terms(["b", "a"], "de") == write_terms(["a", "b"], "de") == "Es geht um a, b."
    assert write_terms(["上期", "下期"], "ja") == "上期、下期について話します。"


def test_the_text_of_a_prompt_names_all_that_may_leak() -> None:
    """Opening and terms are in it, the terms as the last line; a window without a prompt has none."""
    text = prompt_text(["Anna"], "en")
    assert text.startswith("Good afternoon")
    assert text.endswith("This is about Anna.")
    assert prompt_text([], "en") == ""
    assert prompt_text([], "en", "we go on").endswith("questions.\n")
