"""The sentences around terms."""

import pytest
from tokenizers import Tokenizer

from app.decode import demo_files
from app.decode.glossary import Glossary
from app.decode.prompt import PROMPT_LENGTHS, TERM_TOKENS, TERMS_LENGTH, pack_prompt, write_terms
from app.decode.prompt_sentences import SENTENCES
from app.decode.tokenizer import WhisperTokenizer
from tests.support.real_vocabulary import build_tokenizer

NAMES = (
    *("Przybylski", "Wladiwostok", "Hieronymus", "Jovanovic", "Oppenheimer", "Bhattacharya", "Nakamura", "Suleiman"),
    *(
        "Elasticsearch",
        "Thyssen",
        "Schostakowitsch",
        "Kierkegaard",
        "Ljubljana",
        "Müller-Lüdenscheidt",
        "Nguyen",
        "Ada",
    ),
)


DEMO = WhisperTokenizer(Tokenizer.from_file(str(demo_files.MODEL / "tokenizer.json")), is_multilingual=True)


@pytest.fixture(scope="module")
def real() -> WhisperTokenizer:
    """Return a tokenizer with Whisper's own vocabulary."""
    return WhisperTokenizer(build_tokenizer("multilingual", 100), is_multilingual=True)


def test_every_language_has_a_place_for_terms_and_a_comma() -> None:
    """Each sentence names the terms once."""
    for sentences in SENTENCES.values():
        assert sentences.write(("Anna", "Berlin")).count(f"Anna{sentences.comma}Berlin") == 1


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("previous", ["", "ja", "und so sind wir dann " * 20])
@pytest.mark.parametrize("terms", [("Bo",), NAMES[:12]])
def test_every_language_fills_its_prompts(
    real: WhisperTokenizer, language: str, previous: str, terms: tuple[str, ...]
) -> None:
    """With one short term as with twelve long ones, after any text, a prompt has the one length."""
    for tokenizer in (real, DEMO) if language in ("de", "en") else (real,):
        assert len(pack_prompt(terms, previous, language, tokenizer.encode)) == TERMS_LENGTH
        assert len(pack_prompt((), previous, language, tokenizer.encode)) in PROMPT_LENGTHS


def test_the_chosen_terms_fit(real: WhisperTokenizer) -> None:
    """In Whisper's own vocabulary the estimate of a sentence is on the safe side, and its room is used."""
    n_tokens = len(real.encode(write_terms(Glossary(NAMES).select(), "de")))
    assert 0.7 * TERM_TOKENS <= n_tokens <= TERM_TOKENS
