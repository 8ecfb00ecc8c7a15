"""The sentences around terms."""

from tokenizers import Tokenizer

from app.decode import demo_files
from app.decode.prompt import TERMS_LENGTH
from app.decode.prompt_sentences import SENTENCES


def test_every_language_has_a_place_for_terms_and_a_comma() -> None:
    """Each sentence names the terms once."""
    for sentences in SENTENCES.values():
        assert sentences.write(("Anna", "Berlin")).count(f"Anna{sentences.comma}Berlin") == 1


def test_every_opening_can_fill_a_prompt() -> None:
    """With a short sentence of terms, the opening is long enough for the rest."""
    tokenizer = Tokenizer.from_file(str(demo_files.MODEL / "tokenizer.json"))
    for sentences in SENTENCES.values():
        n_terms = len(tokenizer.encode(" " + sentences.write(("Bo",))).ids)
        assert len(tokenizer.encode(" " + sentences.opening).ids) + n_terms >= TERMS_LENGTH
