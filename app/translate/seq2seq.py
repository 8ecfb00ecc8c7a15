"""One translation model on CTranslate2: rows to candidates, for every family."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ctranslate2

from app.errors import ModelError, TranslateError
from app.translate.families import END, Family, open_family
from app.translate.model import LanguagePairs, ModelCandidate, ModelRow
from app.translate.pieces import SPACE

LENGTH_FACTOR, LENGTH_MORE, LENGTH_MAX = 2, 16, 256
"""A translation has at most twice the tokens of its source and 16 more: a model that repeats itself is stopped there,
and no pair of languages needs more (de-ja about 1.4 times, SimulStreaming)."""

SOURCE_MAX = 400
"""Tokens of a source: the positions of OPUS-MT end at 512; 400 tokens are three times the longest sentence that is
sent. Its end is cut, and the candidate is marked as incomplete."""

PLACEHOLDERS = tuple(f"⟦{number}⟧" for number in range(1, 10))
"""Tokens that a model made for Surtitle copies."""


class Seq2SeqModel:
    """A loaded translation model; it implements `TextModel`."""

    def __init__(
        self,
        folder: Path,
        *,
        device: str,
        compute_type: str,
        device_index: int = 0,
        threads: int = 1,
        uses_context: bool = True,
    ) -> None:
        """Load the model in a folder; blocks for seconds.

        Raises:
            ModelError: It cannot be loaded.
        """
        self._family: Family = open_family(folder)
        self._uses_context = uses_context
        try:
            self._translator: Any = ctranslate2.Translator(
                str(folder),
                device=device,
                device_index=device_index,
                compute_type=compute_type,
                inter_threads=1,
                intra_threads=threads,
            )
        except (RuntimeError, ValueError, MemoryError) as exc:
            raise ModelError(
                f"The translation model in {folder} cannot be loaded: {exc}. Convert it again, or choose "
                "another device."
            ) from exc
        self._has_placeholders = all(
            [piece.removeprefix(SPACE) for piece in self._family.target.encode(one)] == [one] for one in PLACEHOLDERS
        )

    @property
    def pairs(self) -> LanguagePairs:
        """What it translates."""
        return self._family.pairs

    @property
    def context_sentences(self) -> int:
        """One for a model made for Surtitle; the others were trained on single sentences and drop parts of two."""
        return int(self._has_placeholders and self._uses_context)

    def placeholder(self, number: int) -> str | None:
        """Return text, for numbers from 1 to 9, that the model copies unchanged; None if it knows none."""
        return PLACEHOLDERS[number - 1] if self._has_placeholders else None

    def generate(self, rows: Sequence[ModelRow], *, beam_size: int = 1, n_best: int = 1) -> list[list[ModelCandidate]]:
        """Return up to `n_best` candidates for each row, the best first; see `TextModel.generate`.

        Raises:
            TranslateError: The batch failed, or a row has a pair that the model does not know.
        """
        for row in rows:
            if not self.pairs.has(row.language, row.target):
                raise TranslateError(f"The translation model does not translate from {row.language} to {row.target}.")
        if not rows:
            return []
        sources = [self._family.source_tokens(row) for row in rows]
        cut = [len(source) > SOURCE_MAX for source in sources]
        sources = [[*one[: SOURCE_MAX - 1], END] if len(one) > SOURCE_MAX else one for one in sources]
        starts = [self._family.start_tokens(row.target) for row in rows]
        prefixes = [
            [*start, *(self._family.target.encode(row.prefix) if row.prefix else [])]
            for start, row in zip(starts, rows, strict=True)
        ]
        limits = [min(LENGTH_MAX, LENGTH_FACTOR * len(source) + LENGTH_MORE) for source in sources]
        try:
            results = self._translator.translate_batch(
                sources,
                target_prefix=prefixes if any(prefixes) else None,
                beam_size=max(beam_size, n_best),
                num_hypotheses=n_best,
                max_decoding_length=max(limit + len(prefix) for limit, prefix in zip(limits, prefixes, strict=True)),
                max_input_length=0,
                length_penalty=0,  # so that the score is the sum
                return_scores=True,
                return_end_token=True,
            )
        except (RuntimeError, ValueError, MemoryError) as exc:
            raise TranslateError(f"A batch of {len(rows)} sentences failed: {exc}") from exc
        return [
            [
                self._read(hypothesis, score, len(start), len(prefix), limit, is_cut=is_cut)
                for hypothesis, score in zip(result.hypotheses, result.scores, strict=True)
            ]
            for result, start, prefix, limit, is_cut in zip(results, starts, prefixes, limits, cut, strict=True)
        ]

    def _read(
        self, hypothesis: Sequence[str], score: float, n_start: int, n_prefix: int, limit: int, *, is_cut: bool
    ) -> ModelCandidate:
        """Return a candidate from the model's tokens, which begin with those of the language and the prefix."""
        is_complete = bool(hypothesis) and hypothesis[-1] == END and len(hypothesis) <= n_prefix + limit and not is_cut
        n_written = max(1, len(hypothesis) - n_prefix)
        tokens = [token for token in hypothesis if token != END][: n_prefix + limit]
        before = self._family.target.decode(tokens[n_start:n_prefix]) if n_prefix > n_start else ""
        text = self._family.target.decode(tokens[n_start:])
        text = text[len(before) :] if text.startswith(before) else self._family.target.decode(tokens[n_prefix:])
        return ModelCandidate(text, score / n_written, is_complete)
