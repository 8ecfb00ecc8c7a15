"""A loaded Whisper model that decodes the windows of many rooms in one batch.

faster-whisper loads the model, its tokenizer and its features; the CTranslate2 model inside is called directly, because
faster-whisper's own `transcribe` pads to 30 s, allows one prompt per batch and falls back to slower decodes.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel

from app.decode import cuda
from app.decode.aligner import Aligner
from app.decode.capabilities import Capabilities
from app.decode.encoder_length import encoder_length
from app.decode.encoder_rows import find_runs, slice_rows
from app.decode.features import FeatureCache, padding_of
from app.decode.generation import TaskRow, generate
from app.decode.hypothesis import DecodeResult, Hypothesis, LanguageDetection
from app.decode.model_layers import read_layers
from app.decode.request import WINDOW_MAX_S, DecodeRequest, Task
from app.decode.tokenizer import WhisperTokenizer, read_language_ids, read_suppress_ids
from app.decode.tokens import group_tokens, untimed_words
from app.errors import DecodeError, ModelError


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
        self._layers = read_layers(Path(path))
        can_translate = self.is_multilingual and not (self._layers and self._layers.is_distilled)
        tasks: tuple[Task, ...] = ("transcribe", "translate") if can_translate else ("transcribe",)
        self.capabilities = Capabilities(name, self._find_trained_languages(Path(path)), tasks)
        """What the model can do."""

    def _find_trained_languages(self, directory: Path) -> frozenset[str]:
        """Return the languages of the model's configuration, else all of its vocabulary."""
        ids = read_language_ids(directory) if self.is_multilingual else ()
        trained = {language for language in self.languages if ids and self._tokenizer.id_of(f"<|{language}|>") in ids}
        return frozenset(trained) or self.languages

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

        Requests of one window length, prompt length, beam and temperature share a batch. Blocks for about RTF x sound.

        Raises:
            ValueError: The model cannot decode one of the requests, which the text names; none has a result, but the
                others have one without it.
            DecodeError: The model failed; none of the requests has a result.
        """
        for i, request in enumerate(requests):
            self._check(i, request)
        rows = [_PromptedRequest(request, self._tokenizer.prompt(request)) for request in requests]
        results: list[DecodeResult | None] = [None] * len(rows)
        keys = [_batch_key(row, min_length) for row in rows]
        try:
            for key in sorted(set(keys)):
                # rows that end together are neighbours: each row that ends makes CTranslate2 copy the others' state;
                # so are rows of one language and of one task, because an alignment takes one language and a slice
                chosen = sorted(
                    (i for i in range(len(rows)) if keys[i] == key),
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
        except (RuntimeError, MemoryError) as exc:
            advice = cuda.advise(str(exc))
            raise DecodeError(
                f"A batch of {len(rows)} windows failed in the model: {error_sentence(exc)} {advice}"
            ) from exc
        return [result for result in results if result is not None]

    def _check(self, number: int, request: DecodeRequest) -> None:
        """Raise ValueError for a request that would fail the whole batch."""
        name = f"Window {number} of the batch"
        if request.duration_s > WINDOW_MAX_S:
            raise ValueError(f"{name}: expected at most {WINDOW_MAX_S:.0f} s of sound, got {request.duration_s:.1f} s.")
        asked = [request.language] if request.language else list(request.languages)
        if asked and not self.languages.intersection(asked):
            raise ValueError(
                f"{name}: expected a language that the model {self.name} knows, got {', '.join(map(repr, asked))}. "
                f"It knows {len(self.languages)}; choose another language or another model."
            )
        unknown = [task for task in request.tasks if task not in ("transcribe", "translate")]
        if unknown or (not self.is_multilingual and "translate" in request.tasks):
            raise ValueError(f"{name}: the model {self.name} cannot do {', '.join(unknown or request.tasks)}.")

    def _decode_batch(
        self, rows: list[_PromptedRequest], length: int
    ) -> list[tuple[str, dict[Task, Hypothesis], LanguageDetection | None]]:
        encoded = self._model.encode(self._mel([row.request for row in rows], length))
        detections = self._detect(encoded, [row.request for row in rows])
        languages = [
            row.request.language or (detection.language if detection else "en")
            for row, detection in zip(rows, detections, strict=True)
        ]
        texts = [
            TaskRow(i, row.request, row.prompt, language, task)
            for i, (row, language) in enumerate(zip(rows, languages, strict=True))
            for task in row.request.tasks
        ]
        hypotheses: list[dict[Task, Hypothesis]] = [{} for _ in rows]
        if texts:
            for text, hypothesis in zip(texts, self._write(encoded, texts, len(rows)), strict=True):
                hypotheses[text.source][text.task] = hypothesis
        return list(zip(languages, hypotheses, detections, strict=True))

    def _detect(self, encoded: Any, requests: list[DecodeRequest]) -> list[LanguageDetection | None]:
        """Detect the language of the requests that ask for it; one forward pass of the decoder for each of them."""
        detections: list[LanguageDetection | None] = [None] * len(requests)
        asking = [i for i, request in enumerate(requests) if request.detect or request.language is None]
        if not self.is_multilingual:
            return [LanguageDetection("en", 1.0, {"en": 1.0}) if i in asking else None for i in range(len(requests))]
        for first, last in find_runs(asking):
            ranked = self._model.detect_language(slice_rows(encoded, first, last, len(requests)))
            for i, shares in enumerate(ranked, start=first):
                detections[i] = _pick_language(shares, requests[i].languages)
        return detections

    def _write(self, encoded: Any, rows: list[TaskRow], n_sources: int) -> list[Hypothesis]:
        """Return the hypothesis of each row: generated, corrected, and aligned where words need times."""
        written = generate(self._model, self._tokenizer, self._suppressed, encoded, n_sources, rows)
        aligner = Aligner(self._model, self._tokenizer, encoded, n_sources)
        texts = [
            aligner.correct(row, text.tokens) if row.request.corrections else text.tokens
            for row, text in zip(rows, written, strict=True)
        ]
        grouped = [
            group_tokens(tokens, self._tokenizer.decode, row.written_language)
            for row, tokens in zip(rows, texts, strict=True)
        ]
        timed = aligner.time(rows, texts, grouped)
        return [
            Hypothesis(
                timed[i] if i in timed else untimed_words(words, math.exp(text.avg_logprob)),
                text.avg_logprob,
                text.is_capped,
                text.no_speech_prob,
            )
            for i, (words, text) in enumerate(zip(grouped, written, strict=True))
        ]

    def _mel(self, requests: list[DecodeRequest], length: int) -> Any:
        """Return normalized log-mel features [n_windows, n_mels, 2 x length], filled as the model knows it."""
        # CTranslate2 would take an encoder output as long as n_mels for features and encode it again
        n_frames = 2 * length if length != self._model.n_mels else 2 * length + 2
        mel = np.empty((len(requests), self._model.n_mels, n_frames), np.float32)
        for i, request in enumerate(requests):
            features = self._features.window(request.samples, request.feature_stream, request.first_sample)
            mel[i, :, : features.shape[1]] = features[:, :n_frames]
            mel[i, :, features.shape[1] :] = padding_of(features, self._layers)
        return ctranslate2.StorageView.from_array(mel)


def _batch_key(row: _PromptedRequest, min_length: int) -> tuple[int, int, int, float]:
    """Return what all rows of a batch have in common; the first is the encoder length."""
    request = row.request
    length = max(min_length, encoder_length(request.duration_s, full_window=request.full_window))
    return length, len(row.prompt), request.beam_size if request.temperature == 0 else 1, request.temperature


def _pick_language(ranked: Sequence[tuple[str, float]], allowed: tuple[str, ...]) -> LanguageDetection:
    """Return the most probable of the allowed languages, with the absolute probability of each of them."""
    shares = {token[2:-2]: float(share) for token, share in ranked if not allowed or token[2:-2] in allowed}
    if not shares:  # the model has their tokens, but was not trained on them
        return LanguageDetection(allowed[0], 0.0)
    total = sum(shares.values())
    best = max(shares, key=lambda code: shares[code])
    return LanguageDetection(best, shares[best] / total if total > 0 else 0.0, shares)


def error_sentence(exc: BaseException) -> str:
    """Return the first line of an error, or its type, with a full stop."""
    text = str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__
    return text if text.endswith(".") else text + "."
