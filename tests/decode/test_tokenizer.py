"""Tokenizers of the demo model and of real models."""

import json
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from app.decode import demo_files
from app.decode.prompt import PROMPT_LENGTHS
from app.decode.request import DecodeRequest
from app.decode.tokenizer import WhisperTokenizer
from tests.support.everyday_sentences import read_sentences
from tests.support.real_models import SHAPES, list_suppressed
from tests.support.real_vocabulary import build_tokenizer


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


@pytest.mark.parametrize(
    ("name", "n_languages", "numbers"),
    [
        ("gpt2", 99, [50256, 50257, 50358, 50361, 50362]),
        ("multilingual", 99, [50257, 50258, 50359, 50362, 50363]),
        ("multilingual", 100, [50257, 50258, 50360, 50363, 50364]),
    ],
)
def test_real_vocabularies_have_their_published_ids(name: str, n_languages: int, numbers: list[int]) -> None:
    """The special tokens of 51864, 51865 and 51866 tokens are where Whisper's models have them."""
    real = WhisperTokenizer(build_tokenizer(name, n_languages), is_multilingual=name == "multilingual")
    tokens = ("endoftext", "startoftranscript", "transcribe", "nospeech", "notimestamps")
    assert [real.id_of(f"<|{token}|>") for token in tokens] == numbers


def test_cantonese_is_only_in_the_newest_vocabulary() -> None:
    """99 languages are in the older one, and `yue` is the hundredth; an English model knows English."""
    older, newest = (WhisperTokenizer(build_tokenizer("multilingual", n), is_multilingual=True) for n in (99, 100))
    assert newest.find_languages() - older.find_languages() == {"yue"}
    assert len(older.find_languages()) == 99
    with pytest.raises(ValueError, match="yue"):
        older.start("yue", "transcribe")
    english = WhisperTokenizer(build_tokenizer("gpt2", 99), is_multilingual=False)
    assert english.find_languages() == {"en"}
    assert english.start("en", "transcribe") == [50257]


@pytest.mark.parametrize("language", read_sentences())
def test_every_language_survives_the_vocabulary(language: str) -> None:
    """A sentence in each of the 100 languages becomes tokens and the same text again."""
    real = WhisperTokenizer(build_tokenizer("multilingual", 100), is_multilingual=True)
    sentence = read_sentences()[language]
    assert real.decode(real.encode(sentence)).strip() == sentence


@pytest.mark.parametrize(
    ("name", "special"),
    [
        ("tiny.en", [50257, 50357, 50358, 50359, 50360, 50361]),
        ("small", [50258, 50358, 50359, 50360, 50361, 50362]),
        ("large-v3", [50258, 50359, 50360, 50361, 50362, 50363]),
    ],
)
def test_brackets_and_notes_may_be_written(name: str, special: list[int], tmp_path: Path) -> None:
    """Of a real model's list only special tokens stay forbidden: markers say that nobody speaks."""
    suppressed = list_suppressed(name)
    assert suppressed[:8] == [1, 2, 7, 8, 9, 10, 14, 25]
    assert len(suppressed) == (90 if name.endswith(".en") else 88)
    (tmp_path / "config.json").write_text(json.dumps({"suppress_ids": suppressed}))
    vocabulary, n_languages = ("gpt2", 99) if name.endswith(".en") else ("multilingual", SHAPES[name].n_languages)
    real = WhisperTokenizer(build_tokenizer(vocabulary, n_languages), is_multilingual=not name.endswith(".en"))
    assert real.read_suppressed(tmp_path) == special
