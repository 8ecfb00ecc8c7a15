"""A Whisper model's tokenizer: text and token ids, special tokens, languages and prompts."""

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.decode.prompt import pack_prompt
from app.decode.request import DecodeRequest, Task


class WhisperTokenizer:
    """Wraps the tokenizer that faster-whisper loaded; several threads may call at once."""

    def __init__(self, tokenizer: Any, *, is_multilingual: bool) -> None:
        """Use the `tokenizers.Tokenizer` of a model."""
        self._tokenizer = tokenizer
        self._is_multilingual = is_multilingual
        self.decode: Callable[[list[int]], str] = tokenizer.decode
        """Returns the text of tokens."""
        self._encode_part = lru_cache(maxsize=512)(lambda text: tuple(self.encode(text)))
        """The parts of a prompt return in window after window."""

    def id_of(self, token: str) -> int:
        """Return the id of a special token, such as `<|endoftext|>`; raises ValueError if the model has none."""
        found: int | None = self._tokenizer.token_to_id(token)
        if found is None:
            raise ValueError(f"the model has no token {token}")
        return found

    def encode(self, text: str) -> list[int]:
        """Return the tokens of running text, which begins with a space."""
        return self.encode_exactly(" " + text.strip()) if text else []

    def encode_exactly(self, text: str) -> list[int]:
        """Return the tokens of a text, with the space at its start or without one."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def prompt(self, request: DecodeRequest) -> tuple[int, ...]:
        """Return the tokens of a request's prompt: its terms and the text before its window."""
        language = "en" if request.tasks == ("translate",) else request.language
        return tuple(pack_prompt(request.terms, request.previous, language, self._encode_part))

    def start(self, language: str, task: Task) -> list[int]:
        """Return the tokens that begin a transcript."""
        start = [self.id_of("<|startoftranscript|>")]
        if not self._is_multilingual:
            return start
        return [*start, self.id_of(f"<|{language}|>"), self.id_of(f"<|{task}|>")]

    def find_languages(self) -> frozenset[str]:
        """Return the codes of the languages that have a token."""
        if not self._is_multilingual:
            return frozenset({"en"})
        vocabulary: Iterable[str] = self._tokenizer.get_vocab()
        return frozenset(token[2:-2] for token in vocabulary if _is_language(token))

    def read_suppressed(self, directory: Path) -> list[int]:
        """Return the special tokens that the configuration in a model's directory forbids; text is always allowed.

        Each forbidden token costs time in every step and row. The long list of Whisper also forbids brackets and
        notes, which mean that nobody speaks; the filters remove those.
        """
        end = self.id_of("<|endoftext|>")
        return [token for token in read_suppress_ids(directory) if token > end]


def read_suppress_ids(directory: Path) -> list[int]:
    """Return all tokens that the configuration in a model's directory forbids; empty if it has none."""
    return _read_ids(directory, "suppress_ids")


def read_language_ids(directory: Path) -> list[int]:
    """Return the tokens of the languages that the configuration in a model's directory names; empty if it has none."""
    return _read_ids(directory, "lang_ids")


def _read_ids(directory: Path, name: str) -> list[int]:
    try:
        config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
        return sorted({int(token) for token in config.get(name) or []})
    except (OSError, ValueError, TypeError, AttributeError):
        return []


def _is_language(token: str) -> bool:
    return token.startswith("<|") and token.endswith("|>") and token[2:-2].isalpha() and len(token) in (6, 7)
