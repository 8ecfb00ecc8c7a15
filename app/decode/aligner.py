"""Aligns the tokens of a batch with its sound: words with times, and corrections that the sound allows."""

from collections.abc import Sequence
from typing import Any

from app.audio.chunk import SAMPLE_RATE
from app.decode.corrections import apply_corrections, find_corrections, is_as_probable
from app.decode.encoder_length import MEL_FRAMES_PER_S
from app.decode.encoder_rows import find_runs, slice_rows, take_rows
from app.decode.generation import TaskRow
from app.decode.hypothesis import Word
from app.decode.scripts import count_room
from app.decode.tokenizer import WhisperTokenizer
from app.decode.tokens import SpelledWord, group_tokens
from app.decode.word_timing import time_words


class Aligner:
    """Aligns the rows of one encoded batch."""

    def __init__(self, model: Any, tokenizer: WhisperTokenizer, encoded: Any, n_sources: int) -> None:
        """Use a CTranslate2 model and an encoder output with `n_sources` rows."""
        self._model = model
        self._tokenizer = tokenizer
        self._encoded = encoded
        self._n_sources = n_sources

    def correct(self, row: TaskRow, tokens: list[int]) -> list[int]:
        """Return a row's tokens with those of its request's corrections that the sound allows.

        The text as it is and with each correction alone are scored in one call, after the row's own prompt.
        """
        grouped = group_tokens(tokens, self._tokenizer.decode, row.written_language)
        found = find_corrections(grouped, row.request.corrections, self._tokenizer.encode_exactly)
        room = count_room(row.n_before) - len(tokens)
        found = [one for one in found if len(one.tokens) - (one.last - one.first) <= room]
        if not found:
            return tokens
        doubtful = [correction for correction in found if correction.tokens]
        texts = [tokens, *(apply_corrections(tokens, [correction]) for correction in doubtful)]
        accepted = [correction for correction in found if not correction.tokens]
        if doubtful:
            scored = self._model.align(
                take_rows(self._encoded, [row.source] * len(texts), self._n_sources),
                row.start(self._tokenizer),
                texts,
                [_count_frames(row)] * len(texts),
            )
            accepted += [
                correction
                for correction, text, outcome in zip(doubtful, texts[1:], scored[1:], strict=True)
                if is_as_probable((tokens, text), (scored[0].text_token_probs, outcome.text_token_probs))
            ]
        corrected = apply_corrections(tokens, accepted)
        return corrected if len(corrected) <= count_room(row.n_before) else tokens

    def time(
        self, rows: Sequence[TaskRow], texts: Sequence[list[int]], grouped: Sequence[list[SpelledWord]]
    ) -> dict[int, tuple[Word, ...]]:
        """Return the words of the transcriptions that need times, by the number of the row in `rows`.

        CTranslate2 takes one language per call, so rows of one language should be neighbours.
        """
        words: dict[int, tuple[Word, ...]] = {}
        timed = (i for i, row in enumerate(rows) if row.task == "transcribe" and row.request.timed and texts[i])
        by_source = {rows[i].source: i for i in timed}
        for language in sorted({rows[i].language for i in by_source.values()}):
            own = sorted(source for source, i in by_source.items() if rows[i].language == language)
            for first, last in find_runs(own):
                chosen = [by_source[source] for source in range(first, last)]
                aligned = self._model.align(
                    slice_rows(self._encoded, first, last, self._n_sources),
                    self._tokenizer.start(language, "transcribe"),
                    [texts[i] for i in chosen],
                    [_count_frames(rows[i]) for i in chosen],
                )
                for i, path in zip(chosen, aligned, strict=True):
                    duration_s = rows[i].request.duration_s
                    words[i] = time_words(grouped[i], path.alignments, path.text_token_probs, duration_s)
        return words


def _count_frames(row: TaskRow) -> int:
    """Return the mel frames of a row's sound; CTranslate2 fails with fewer than two."""
    return max(2, len(row.request.samples) * MEL_FRAMES_PER_S // SAMPLE_RATE)
