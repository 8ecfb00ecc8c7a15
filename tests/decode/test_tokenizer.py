"""The demo model's tokenizer."""

import json
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from app.decode import demo_files
from app.decode.prompt import PROMPT_LENGTHS
from app.decode.request import DecodeRequest
from app.decode.tokenizer import WhisperTokenizer


@pytest.fixture(scope="module")
def tokenizer() -> WhisperTokenizer:
    """Return the demo model's tokenizer."""
    return WhisperTokenizer(Tokenizer.from_file(str(demo_files.MODEL / "tokenizer.json")), is_multilingual=True)


def test_text_becomes_tokens_and_back(tokenizer: WhisperTokenizer) -> None:
    """Running text survives both ways; no text has no tokens."""
    assert tokenizer.decode(tokenizer.encode("Guten Morgen")).strip() == "Guten Morgen"
    assert tokenizer.encode("") == []


def test_languages_are_tokens(tokenizer: WhisperTokenizer) -> None:
    """A multilingual model knows the languages of its vocabulary, another one English."""
    assert {"de", "en"} <= tokenizer.find_languages()
    english = WhisperTokenizer(Tokenizer.from_file(str(demo_files.MODEL / "tokenizer.json")), is_multilingual=False)
    assert english.find_languages() == {"en"}
    assert len(english.start("en", "transcribe")) == 1


def test_a_transcript_begins_with_language_and_task(tokenizer: WhisperTokenizer) -> None:
    """A language the model does not know is a ValueError."""
    start = [tokenizer.id_of(token) for token in ("<|startoftranscript|>", "<|de|>", "<|translate|>")]
    assert tokenizer.start("de", "translate") == start
    with pytest.raises(ValueError, match="no token"):
        tokenizer.start("xx", "transcribe")


def test_prompts_have_few_lengths(tokenizer: WhisperTokenizer) -> None:
    """Glossary and previous text become one of the allowed lengths."""
    samples = np.zeros(160, np.float32)
    assert tokenizer.prompt(DecodeRequest(samples)) == ()
    assert len(tokenizer.prompt(DecodeRequest(samples, language="de", terms=("Anna", "Berlin")))) in PROMPT_LENGTHS[1:]


def test_the_prompt_of_a_translation_is_english(tokenizer: WhisperTokenizer) -> None:
    """Terms stand in a sentence of the language that is written."""
    samples = np.zeros(160, np.float32)
    request = DecodeRequest(samples, tasks=("translate",), language="de", terms=("Anna",))
    assert tokenizer.decode(list(tokenizer.prompt(request))).endswith("This is about Anna.")


def test_only_special_tokens_are_suppressed(tokenizer: WhisperTokenizer, tmp_path: Path) -> None:
    """Text tokens of the list stay allowed, and a model without a list forbids nothing."""
    end = tokenizer.id_of("<|endoftext|>")
    (tmp_path / "config.json").write_text(json.dumps({"suppress_ids": [1, end + 2, end + 1]}))
    assert tokenizer.read_suppressed(tmp_path) == [end + 1, end + 2]
    assert tokenizer.read_suppressed(tmp_path / "nowhere") == []
