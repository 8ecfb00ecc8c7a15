"""A loaded Whisper model that decodes the windows of many rooms in one batch.

faster-whisper loads the model, its tokenizer and its features; the CTranslate2 model inside is called directly, because
faster-whisper's own `transcribe` pads to 30 s, allows one prompt a batch and falls back to slower decodes.
"""

import json
import time as clock
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel

from app.audio.chunk import SAMPLE_RATE, Samples
from app.decode import cuda
from app.decode.encoder_length import FRAMES_PER_S, bucket
from app.decode.features import FeatureCache
from app.decode.hypothesis import DecodeResult, Hypothesis, LanguageDetection, Word
from app.decode.prompt import pack
from app.decode.request import WINDOW_MAX_S, DecodeRequest, Task
from app.decode.tokens import spell, time, untimed
from app.errors import DecodeError, ModelError

TOKENS_PER_S = 12.0
"""New tokens allowed per second of sound; fast speech stays below 8 in European languages."""

DENSE_TOKENS_PER_S = 30.0
DENSE = frozenset({"th", "my", "km", "lo", "ta", "te", "ml", "si", "am", "ka", "hi", "bn", "gu", "pa", "mr", "ne"})
"""Languages whose script takes several tokens a letter."""

SPARE_TOKENS = 16
"""New tokens allowed on top, so that a short window can hold a fast remark."""


def has_gpu() -> bool:
    """Return whether CTranslate2 sees a CUDA device."""
    return bool(ctranslate2.get_cuda_device_count() > 0)


def supported_types(device_index: int) -> set[str]:
    """Return the compute types CTranslate2 supports on a GPU."""
    return set(ctranslate2.get_supported_compute_types("cuda", device_index))


class _RowSlice:
    """Rows i..j of an encoder output on a GPU, without copying; CTranslate2 reads it as an array."""

    def __init__(self, encoded: Any, first: int, last: int) -> None:
        whole = encoded.__cuda_array_interface__
        n_bytes = int(np.dtype(whole["typestr"]).itemsize * np.prod(whole["shape"][1:]))
        self._encoded = encoded  # keeps the memory alive
        self.__cuda_array_interface__ = {
            "shape": (last - first, *whole["shape"][1:]),
            "typestr": whole["typestr"],
            "data": (whole["data"][0] + first * n_bytes, False),
            "version": 3,
        }


@dataclass(frozen=True, slots=True)
class _DecodedRow:
    """One request on its way through a batch."""

    request: DecodeRequest
    prompt: tuple[int, ...]


class Whisper:
    """One model on one device; its calls block, and as many threads may call at once as it has lanes."""

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

        `device` is `cpu` or `cuda`, `threads` the CPU threads of one decode (0: all cores), `lanes` how many decodes
        may run at once.

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
                f"The model {name} could not be loaded on {device} with {compute_type}: {_sentence(exc)} "
                + (cuda.explain(str(exc)) or "Give a directory that CTranslate2 wrote, or another device.")
            ) from exc
        self.name = name
        self._model = self._loaded.model
        self._tokens = self._loaded.hf_tokenizer
        self._features = FeatureCache(np.asarray(self._loaded.feature_extractor.mel_filters, np.float32))
        self._language_ids = self._find_languages()
        self._suppressed = _short_list(Path(path), self._id("<|endoftext|>"))

    @property
    def is_multilingual(self) -> bool:
        """Whether the model knows languages and tasks beside English transcription."""
        return bool(self._model.is_multilingual)

    @property
    def languages(self) -> frozenset[str]:
        """Codes of the languages the model has tokens for."""
        return frozenset(self._language_ids.values())

    def decode(self, requests: Sequence[DecodeRequest], size: int = 0) -> list[DecodeResult]:
        """Decode requests together, at an encoder length of at least `size`; result i belongs to request i.

        Requests of one window length, prompt length and beam share a batch. Blocks for about RTF x sound.

        Raises:
            DecodeError: The model failed; none of the requests has a result.
        """
        rows = [_DecodedRow(request, self._prompt(request)) for request in requests]
        results: list[DecodeResult | None] = [None] * len(rows)
        keys = [(max(size, _bucket(row.request)), len(row.prompt), row.request.beam_size) for row in rows]
        try:
            for key in sorted(set(keys)):
                # rows that translate stand together, and so do languages: their encoder rows are used as one slice
                chosen = sorted(
                    (i for i in range(len(rows)) if keys[i] == key),
                    # and rows that end together: each row that ends makes CTranslate2 copy the others' state
                    key=lambda i: (
                        "translate" in requests[i].tasks,
                        requests[i].language or "",
                        requests[i].timed,
                        requests[i].duration_s,
                    ),
                )
                started = clock.perf_counter()
                decoded = self._decode_batch([rows[i] for i in chosen], key[0])
                took_s = clock.perf_counter() - started
                for i, (language, hypotheses, detection) in zip(chosen, decoded, strict=True):
                    results[i] = DecodeResult(language, hypotheses, detection, took_s, len(chosen))
        except (RuntimeError, ValueError, MemoryError) as exc:
            advice = cuda.explain(str(exc))
            raise DecodeError(f"A batch of {len(rows)} windows failed in the model: {_sentence(exc)} {advice}") from exc
        return [result for result in results if result is not None]

    def offline(
        self, samples: Samples, *, language: str | None, task: Task, with_words: bool = False, beam_size: int = 5
    ) -> list[Word]:
        """Decode a whole recording with faster-whisper's batched pipeline, the measure that streaming is held against.

        No timestamps, windows of up to 30 s cut at silences. Without `with_words` all words of a segment carry the
        segment's times. With `language` None each window's language is detected.

        Raises:
            DecodeError: The model failed.
        """
        try:
            segments, _ = BatchedInferencePipeline(self._loaded).transcribe(
                samples,
                language=language,
                task=task,
                beam_size=beam_size,
                without_timestamps=True,
                word_timestamps=with_words,
                multilingual=language is None,
                # its default list is made for Whisper's own tokenizer, and would forbid words to other models
                suppress_tokens=[],
                batch_size=8,
            )
            words: list[Word] = []
            for segment in segments:
                if segment.words:
                    words += [Word(word.word.strip(), word.start, word.end, word.probability) for word in segment.words]
                else:
                    words += [Word(text, segment.start, segment.end, 1.0) for text in segment.text.split()]
        except (RuntimeError, ValueError) as exc:
            raise DecodeError(f"The recording could not be decoded: {_sentence(exc)}") from exc
        return words

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text takes, as for the budget of a prompt."""
        return len(self._encode_text(text))

    def _decode_batch(
        self, rows: list[_DecodedRow], size: int
    ) -> list[tuple[str, dict[Task, Hypothesis], LanguageDetection | None]]:
        encoded = self._model.encode(self._mel([row.request for row in rows], size))
        detections: list[LanguageDetection | None] = [None] * len(rows)
        if any(row.request.detect or row.request.language is None for row in rows):
            for i, ranked in enumerate(self._model.detect_language(encoded)):
                if rows[i].request.detect or rows[i].request.language is None:
                    detections[i] = self._choose(ranked, rows[i].request.languages)
        languages = [
            row.request.language or (detection.language if detection else "en")
            for row, detection in zip(rows, detections, strict=True)
        ]
        hypotheses: list[dict[Task, Hypothesis]] = [{} for _ in rows]
        tasks: tuple[Task, ...] = ("transcribe", "translate")
        for task in tasks:
            for first, last in _runs(i for i, row in enumerate(rows) if task in row.request.tasks):
                part = self._slice(encoded, first, last, len(rows))
                found = self._generate(part, rows[first:last], languages[first:last], task)
                for i, hypothesis in enumerate(found, start=first):
                    hypotheses[i][task] = hypothesis
        return list(zip(languages, hypotheses, detections, strict=True))

    def _generate(self, encoded: Any, rows: list[_DecodedRow], languages: list[str], task: Task) -> list[Hypothesis]:
        n_prompt = len(rows[0].prompt) + 1 if rows[0].prompt else 0
        n_new = max(_new_tokens(row.request, language) for row, language in zip(rows, languages, strict=True))
        starts = [self._start(language, task) for language in languages]
        before = [[self._id("<|startofprev|>"), *row.prompt] if row.prompt else [] for row in rows]
        outcomes = self._model.generate(
            encoded,
            [b + s + [self._id("<|notimestamps|>")] for b, s in zip(before, starts, strict=True)],
            beam_size=rows[0].request.beam_size,
            # CTranslate2 allows min(max_length / 2, max_length - prompt) new tokens
            max_length=min(448, max(2 * n_new, n_new + n_prompt + len(starts[0]))),
            suppress_tokens=self._suppressed,
            suppress_blank=False,  # an empty answer must be possible: it is the right one for noise
            return_scores=True,
        )
        end = self._id("<|endoftext|>")
        texts = [[token for token in outcome.sequences_ids[0] if token < end] for outcome in outcomes]
        scores = [_avg_logprob(outcome.scores[0], len(outcome.sequences_ids[0])) for outcome in outcomes]
        spelled = [
            spell(tokens, self._tokens.decode, language if task == "transcribe" else "en")
            for tokens, language in zip(texts, languages, strict=True)
        ]
        if task == "translate":
            words = [untimed(row, float(np.exp(score))) for row, score in zip(spelled, scores, strict=True)]
        else:
            words = self._align(encoded, rows, texts, spelled, languages)
            for i, row in enumerate(rows):
                if not row.request.timed:
                    words[i] = untimed(spelled[i], float(np.exp(scores[i])))
        return [
            Hypothesis(found, float(score), len(tokens) >= n_new)
            for found, score, tokens in zip(words, scores, texts, strict=True)
        ]

    def _align(
        self,
        encoded: Any,
        rows: list[_DecodedRow],
        texts: list[list[int]],
        spelled: list[list[tuple[str, int]]],
        languages: list[str],
    ) -> list[tuple[Word, ...]]:
        words: list[tuple[Word, ...]] = [()] * len(rows)
        for language in sorted(set(languages)):
            for first, last in _runs(
                i for i, own in enumerate(languages) if own == language and texts[i] and rows[i].request.timed
            ):
                aligned = self._model.align(
                    self._slice(encoded, first, last, len(rows)),
                    self._start(language, "transcribe"),
                    texts[first:last],
                    [max(2, len(row.request.samples) * FRAMES_PER_S // SAMPLE_RATE) for row in rows[first:last]],
                )
                for i, path in enumerate(aligned, start=first):
                    duration_s = rows[i].request.duration_s
                    words[i] = time(spelled[i], path.alignments, path.text_token_probs, duration_s)
        return words

    def _mel(self, requests: list[DecodeRequest], size: int) -> Any:
        """Return normalized log-mel features [n_windows, n_mels, 2 x size], zero behind the sound as Whisper pads."""
        # an encoder output as long as n_mels would be taken for features and encoded again
        n_frames = 2 * size if size != self._model.n_mels else 2 * size + 2
        mel = np.zeros((len(requests), self._model.n_mels, n_frames), np.float32)
        for i, request in enumerate(requests):
            if request.duration_s > WINDOW_MAX_S:
                raise ValueError(f"a window holds at most {WINDOW_MAX_S:.0f} s, got {request.duration_s:.1f} s")
            features = self._features.window(request.samples, request.stream, request.first_sample)
            mel[i, :, : features.shape[1]] = features[:, :n_frames]
        return ctranslate2.StorageView.from_array(mel)

    def _slice(self, encoded: Any, first: int, last: int, n_rows: int) -> Any:
        if (first, last) == (0, n_rows):
            return encoded
        if encoded.device == "cuda":
            return ctranslate2.StorageView.from_array(_RowSlice(encoded, first, last))
        return ctranslate2.StorageView.from_array(np.asarray(encoded)[first:last])

    def _prompt(self, request: DecodeRequest) -> tuple[int, ...]:
        return tuple(pack(self._encode_text(request.glossary), self._encode_text(request.previous)))

    def _encode_text(self, text: str) -> list[int]:
        if not text:
            return []
        ids: list[int] = self._tokens.encode(" " + text.strip(), add_special_tokens=False).ids
        return ids

    def _start(self, language: str, task: Task) -> list[int]:
        start = [self._id("<|startoftranscript|>")]
        return [*start, self._id(f"<|{language}|>"), self._id(f"<|{task}|>")] if self.is_multilingual else start

    def _id(self, token: str) -> int:
        found: int | None = self._tokens.token_to_id(token)
        if found is None:
            raise ValueError(f"the model has no token {token}")
        return found

    def _find_languages(self) -> dict[str, str]:
        vocabulary: Iterable[str] = self._tokens.get_vocab()
        if not self.is_multilingual:
            return {"<|en|>": "en"}
        return {token: token[2:-2] for token in vocabulary if _is_language(token)}

    def _choose(self, ranked: Sequence[tuple[str, float]], allowed: tuple[str, ...]) -> LanguageDetection:
        shares = {token[2:-2]: share for token, share in ranked if not allowed or token[2:-2] in allowed}
        total = sum(shares.values())
        if not shares or total <= 0:
            return LanguageDetection(allowed[0] if allowed else "en", 0.0)
        best = max(shares, key=lambda code: shares[code])
        return LanguageDetection(best, float(shares[best] / total))


def _bucket(request: DecodeRequest) -> int:
    return bucket(request.duration_s, full_window=request.full_window)


def _short_list(path: Path, end: int) -> list[int]:
    """Return the special tokens that the model's configuration forbids; text stays free.

    Each forbidden token costs time in every step and row. What the long list forbids, brackets and notes, says that
    nobody speaks, and filters take it out.
    """
    try:
        config = json.loads((path / "config.json").read_text(encoding="utf-8"))
        return sorted({int(token) for token in config.get("suppress_ids") or [] if int(token) > end})
    except (OSError, ValueError, TypeError, AttributeError):
        return []


def _avg_logprob(score: float, n_tokens: int) -> float:
    """Count the end token too, as faster-whisper does; an empty answer scores 0 (CTranslate2 divides by its length)."""
    return score * n_tokens / (n_tokens + 1) if n_tokens else 0.0


def _new_tokens(request: DecodeRequest, language: str) -> int:
    rate = DENSE_TOKENS_PER_S if language in DENSE else TOKENS_PER_S
    return min(200, SPARE_TOKENS + int(np.ceil(rate * request.duration_s)))


def _runs(indices: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, one past the last) of each unbroken run of rising indices."""
    first = last = None
    for i in indices:
        if last is not None and i != last:
            yield first or 0, last
            first = None
        first, last = (i if first is None else first), i + 1
    if last is not None:
        yield first or 0, last


def _is_language(token: str) -> bool:
    return token.startswith("<|") and token.endswith("|>") and token[2:-2].isalpha() and len(token) in (6, 7)


def _sentence(exc: BaseException) -> str:
    text = str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__
    return text if text.endswith(".") else text + "."
