"""The interface of translation models, which run in the worker process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One sentence for the model."""

    text: str
    language: str
    target: str
    prefix: str = ""
    """Text in the target language that the translation must begin with."""
    previous: str = ""
    """The sentence before, in the same language; used by models with context only, whose prefix then begins with the
    translation of it."""


@dataclass(frozen=True, slots=True)
class ModelCandidate:
    """One possible translation."""

    text: str
    """Without the prefix."""
    logprob: float
    """Mean log-probability of its tokens."""
    is_complete: bool
    """Whether the model ended it by itself; else the limit of tokens cut it."""


@dataclass(frozen=True, slots=True)
class LanguagePairs:
    """The pairs of languages that a model translates."""

    sources: frozenset[str]
    targets: frozenset[str]
    pairs: frozenset[tuple[str, str]] | None = None
    """The pairs if not all are there; None for all."""

    def has(self, source: str, target: str) -> bool:
        """Return whether the model translates this pair."""
        if self.pairs is not None:
            return (source, target) in self.pairs
        return source != target and source in self.sources and target in self.targets


class TextModel(Protocol):
    """Translates rows in one batch; the adapters of the model families implement it."""

    @property
    def pairs(self) -> LanguagePairs:
        """What it translates."""

    @property
    def context_sentences(self) -> int:
        """How many sentences before help it; 0 for models that were trained on single sentences."""

    def placeholder(self, number: int) -> str | None:
        """Return text, for numbers from 1 to 9, that the model copies unchanged; None if it knows none."""

    def generate(self, rows: Sequence[ModelRow], *, beam_size: int = 1, n_best: int = 1) -> list[list[ModelCandidate]]:
        """Return up to `n_best` candidates for each row, the best first.

        Blocks; call it from one thread at a time.

        Raises:
            TranslateError: The batch failed.
        """
