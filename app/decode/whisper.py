"""A loaded Whisper model that decodes the windows of many rooms in one batch.

faster-whisper loads the model, its tokenizer and its features; the CTranslate2 model inside is called directly, because
faster-whisper's own `transcribe` pads to 30 s, allows one prompt per batch and falls back to slower decodes.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel

from app.audio.chunk import SAMPLE_RATE
from app.decode import cuda
from app.decode.encoder_length import MEL_FRAMES_PER_S, encoder_length
from app.decode.encoder_rows import find_runs, slice_rows
from app.decode.features import FeatureCache
from app.decode.hypothesis import DecodeResult, Hypothesis, LanguageDetection, Word
from app.decode.request import WINDOW_MAX_S, DecodeRequest, Task
from app.decode.tokenizer import WhisperTokenizer, read_suppress_ids
from app.decode.tokens import group_tokens, time_words, untimed_words
from app.errors import DecodeError, ModelError

TOKENS_PER_S = 12.0
"""New tokens allowed per second of sound; fast speech in European languages stays below 8."""

DENSE_TOKENS_PER_S = 30.0
DENSE = frozenset({"th", "my", "km", "lo", "ta", "te", "ml", "si", "am", "ka", "hi", "bn", "gu", "pa", "mr", "ne"})
"""Languages whose script takes several tokens per letter."""

SPARE_TOKENS = 16
"""New tokens allowed on top, so that a short window may contain a fast remark."""


@dataclass(frozen=True, slots=True)
class _PromptedRequest:
    """A request with its prompt."""

    request: DecodeRequest
    prompt: tuple[int, ...]


class Whisper:
    """One model on one device; its calls block, and each lane may be called from one thread at once."""

    def __init__(
        self,
        path: str,
        *,
        name: str,
        device: str,
        device_index: int = 0,
        compute_type: str,
        threads: int,
        lanes: int = 1,
    ) -> None:
        """Load a CTranslate2 Whisper directory.

        `device` is `cpu` or `cuda`, `threads` the CPU threads of one decode (0: all cores), `lanes` the number of
        decodes that may run at once.

        Raises:
            ModelError: The directory is not such a model, or the device cannot run it.
        """
        try:
            self._loaded = WhisperModel(
                path,
                device=device,
                device_index=device_index,
                compute_type=compute_type,
                cpu_threads=threads,
                num_workers=lanes,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as exc:
            raise ModelError(
                f"The model {name} could not be loaded on {device} with {compute_type}: {error_sentence(exc)} "
                + (cuda.advise(str(exc)) or "Give a directory that CTranslate2 wrote, or another device.")
            ) from exc
        self.name = name
        self._model = self._loaded.model
        self._tokenizer = WhisperTokenizer(self._loaded.hf_tokenizer, is_multilingual=self.is_multilingual)
        self._features = FeatureCache(np.asarray(self._loaded.feature_extractor.mel_filters, np.float32))
        self._suppressed = self._tokenizer.read_suppressed(Path(path))
        self.suppress_ids = read_suppress_ids(Path(path))
        """Tokens that the model's own configuration forbids; decoding here forbids only the special ones of them."""
        self.languages = self._tokenizer.find_languages()
        """Codes of the languages the model has tokens for."""

    @property
    def is_multilingual(self) -> bool:
        """Whether the model knows languages and tasks other than English transcription."""
        return bool(self._model.is_multilingual)

    @property
    def faster_whisper(self) -> WhisperModel:
        """The model as faster-whisper loaded it."""
        return self._loaded

    def decode(self, requests: Sequence[DecodeRequest], min_length: int = 0) -> list[DecodeResult]:
        """Decode requests together, at an encoder length of at least `min_length`; result i belongs to request i.

        Requests of one window length, prompt length and beam share a batch. Blocks for about RTF x sound.

        Raises:
            DecodeError: The model failed; none of the requests has a result.
        """
        rows = [_PromptedRequest(request, self._tokenizer.prompt(request)) for request in requests]
        results: list[DecodeResult | None] = [None] * len(rows)
        keys = [(max(min_length, _length(row.request)), len(row.prompt), row.request.beam_size) for row in rows]
        try:
            for key in sorted(set(keys)):
                # rows to translate are adjacent, and so are rows of one language: their encoder rows are one slice
                chosen = sorted(
                    (i for i in range(len(rows)) if keys[i] == key),
                    # and those that end together: each row that ends makes CTranslate2 copy the others' state
                    key=lambda i: (
                        "translate" in requests[i].tasks,
                        requests[i].language or "",
                        requests[i].timed,
                        requests[i].duration_s,
                    ),
                )
                started = time.perf_counter()
                decoded = self._decode_batch([rows[i] for i in chosen], key[0])
                took_s = time.perf_counter() - started
                for i, (language, hypotheses, detection) in zip(chosen, decoded, strict=True):
                    results[i] = DecodeResult(language, hypotheses, detection, took_s, len(chosen))
        except (RuntimeError, ValueError, MemoryError) as exc:
            advice = cuda.advise(str(exc))
            raise DecodeError(
                f"A batch of {len(rows)} windows failed in the model: {error_sentence(exc)} {advice}"
            ) from exc
        return [result for result in results if result is not None]

    def _decode_batch(
        self, rows: list[_PromptedRequest], length: int
    ) -> list[tuple[str, dict[Task, Hypothesis], LanguageDetection | None]]:
        encoded = self._model.encode(self._mel([row.request for row in rows], length))
        detections: list[LanguageDetection | None] = [None] * len(rows)
        if any(row.request.detect or row.request.language is None for row in rows):
            for i, ranked in enumerate(self._model.detect_language(encoded)):
                if rows[i].request.detect or rows[i].request.language is None:
                    detections[i] = _pick_language(ranked, rows[i].request.languages)
        languages = [
            row.request.language or (detection.language if detection else "en")
            for row, detection in zip(rows, detections, strict=True)
        ]
        hypotheses: list[dict[Task, Hypothesis]] = [{} for _ in rows]
        tasks: tuple[Task, ...] = ("transcribe", "translate")
        for task in tasks:
            for first, last in find_runs(i for i, row in enumerate(rows) if task in row.request.tasks):
                part = slice_rows(encoded, first, last, len(rows))
                found = self._generate(part, rows[first:last], languages[first:last], task)
                for i, hypothesis in enumerate(found, start=first):
                    hypotheses[i][task] = hypothesis
        return list(zip(languages, hypotheses, detections, strict=True))

    def _generate(
        self, encoded: Any, rows: list[_PromptedRequest], languages: list[str], task: Task
    ) -> list[Hypothesis]:
        n_prompt = len(rows[0].prompt) + 1 if rows[0].prompt else 0
        n_new = max(_new_tokens(row.request, language) for row, language in zip(rows, languages, strict=True))
        starts = [self._tokenizer.start(language, task) for language in languages]
        before = [[self._tokenizer.id_of("<|startofprev|>"), *row.prompt] if row.prompt else [] for row in rows]
        outcomes = self._model.generate(
            encoded,
            [b + s + [self._tokenizer.id_of("<|notimestamps|>")] for b, s in zip(before, starts, strict=True)],
            beam_size=rows[0].request.beam_size,
            # CTranslate2 allows min(max_length / 2, max_length - prompt) new tokens
            max_length=min(448, max(2 * n_new, n_new + n_prompt + len(starts[0]))),
            suppress_tokens=self._suppressed,
            suppress_blank=False,  # the correct answer to noise is empty
            return_scores=True,
            return_no_speech_prob=True,
        )
        end = self._tokenizer.id_of("<|endoftext|>")
        texts = [[token for token in outcome.sequences_ids[0] if token < end] for outcome in outcomes]
        scores = [_avg_logprob(outcome.scores[0], len(outcome.sequences_ids[0])) for outcome in outcomes]
        grouped = [
            group_tokens(tokens, self._tokenizer.decode, language if task == "transcribe" else "en")
            for tokens, language in zip(texts, languages, strict=True)
        ]
        if task == "translate":
            words = [untimed_words(row, float(np.exp(score))) for row, score in zip(grouped, scores, strict=True)]
        else:
            words = self._align(encoded, rows, texts, grouped, languages)
            for i, row in enumerate(rows):
                if not row.request.timed:
                    words[i] = untimed_words(grouped[i], float(np.exp(scores[i])))
        return [
            Hypothesis(found, float(score), len(tokens) >= n_new, float(outcome.no_speech_prob))
            for found, score, tokens, outcome in zip(words, scores, texts, outcomes, strict=True)
        ]

    def _align(
        self,
        encoded: Any,
        rows: list[_PromptedRequest],
        texts: list[list[int]],
        grouped: list[list[tuple[str, int]]],
        languages: list[str],
    ) -> list[tuple[Word, ...]]:
        words: list[tuple[Word, ...]] = [()] * len(rows)
        for language in sorted(set(languages)):
            for first, last in find_runs(
                i for i, own in enumerate(languages) if own == language and texts[i] and rows[i].request.timed
            ):
                aligned = self._model.align(
                    slice_rows(encoded, first, last, len(rows)),
                    self._tokenizer.start(language, "transcribe"),
                    texts[first:last],
                    [max(2, len(row.request.samples) * MEL_FRAMES_PER_S // SAMPLE_RATE) for row in rows[first:last]],
                )
                for i, path in enumerate(aligned, start=first):
                    duration_s = rows[i].request.duration_s
                    words[i] = time_words(grouped[i], path.alignments, path.text_token_probs, duration_s)
        return words

    def _mel(self, requests: list[DecodeRequest], length: int) -> Any:
        """Return normalized log-mel features [n_windows, n_mels, 2 x length], zero after the sound as Whisper pads."""
        # CTranslate2 would take an encoder output as long as n_mels for features and encode it again
        n_frames = 2 * length if length != self._model.n_mels else 2 * length + 2
        mel = np.zeros((len(requests), self._model.n_mels, n_frames), np.float32)
        for i, request in enumerate(requests):
            if request.duration_s > WINDOW_MAX_S:
                raise ValueError(f"a window holds at most {WINDOW_MAX_S:.0f} s, got {request.duration_s:.1f} s")
            features = self._features.window(request.samples, request.feature_stream, request.first_sample)
            mel[i, :, : features.shape[1]] = features[:, :n_frames]
        return ctranslate2.StorageView.from_array(mel)


def _length(request: DecodeRequest) -> int:
    return encoder_length(request.duration_s, full_window=request.full_window)


def _pick_language(ranked: Sequence[tuple[str, float]], allowed: tuple[str, ...]) -> LanguageDetection:
    """Return the most probable of the allowed languages."""
    shares = {token[2:-2]: float(share) for token, share in ranked if not allowed or token[2:-2] in allowed}
    total = sum(shares.values())
    if not shares or total <= 0:
        return LanguageDetection(allowed[0] if allowed else "en", 0.0, shares)
    best = max(shares, key=lambda code: shares[code])
    return LanguageDetection(best, shares[best] / total, shares)


def _avg_logprob(score: float, n_tokens: int) -> float:
    """Count the end token too, as faster-whisper does; an empty answer scores 0 (CTranslate2 divides by its length)."""
    return score * n_tokens / (n_tokens + 1) if n_tokens else 0.0


def _new_tokens(request: DecodeRequest, language: str) -> int:
    rate = DENSE_TOKENS_PER_S if language in DENSE else TOKENS_PER_S
    return min(200, SPARE_TOKENS + int(np.ceil(rate * request.duration_s)))


def error_sentence(exc: BaseException) -> str:
    """Return the first line of an error, or its type, with a full stop."""
    text = str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__
    return text if text.endswith(".") else text + "."
