"""Writes the tokens of a batch: one call of the model for rows of all languages and tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.decode.encoder_rows import take_rows
from app.decode.request import DecodeRequest, Task
from app.decode.scripts import FRAME_TOKENS, cap_tokens
from app.decode.tokenizer import WhisperTokenizer

SAMPLES = 5
"""Texts that are sampled at a temperature above 0; the most probable one is kept. Source: openai/whisper `best_of`."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One text to write: a request has one row per task."""

    source: int
    """Number of its row in the encoder output."""
    request: DecodeRequest
    prompt: tuple[int, ...]
    """Tokens of its prompt."""
    language: str
    """The spoken language."""
    task: Task

    @property
    def written_language(self) -> str:
        """The language of the text."""
        return self.language if self.task == "transcribe" else "en"

    def before(self, tokenizer: WhisperTokenizer) -> list[int]:
        """Return the tokens of the prompt, with the token that begins it."""
        return [tokenizer.id_of("<|startofprev|>"), *self.prompt] if self.prompt else []

    def start(self, tokenizer: WhisperTokenizer) -> list[int]:
        """Return all tokens up to the text, except that there are no timestamps."""
        return self.before(tokenizer) + tokenizer.start(self.language, self.task)

    @property
    def n_before(self) -> int:
        """Number of tokens before the start of the transcript."""
        return len(self.prompt) + 1 if self.prompt else 0

    @property
    def cap(self) -> int:
        """The most tokens that its text may have."""
        return cap_tokens(self.written_language, self.request.duration_s, self.n_before)


@dataclass(frozen=True, slots=True)
class GeneratedText:
    """The tokens of one text."""

    tokens: list[int]
    avg_logprob: float
    """Mean log-probability of its tokens, 0 at best; of all that the row wrote, if it ran past its cap."""
    is_capped: bool
    """Whether it has as many tokens as its row may have."""
    no_speech_prob: float


def generate(
    model: Any,
    tokenizer: WhisperTokenizer,
    suppressed: Sequence[int],
    encoded: Any,
    n_sources: int,
    rows: list[TaskRow],
) -> list[GeneratedText]:
    """Write a text for each row; `encoded` has `n_sources` rows.

    All rows need prompts of one length, the same beam size and the same temperature. A row that two tasks share is
    copied, so that the decoder runs through its steps once for both. CTranslate2 has one limit of new tokens per call,
    that of the longest row; shorter rows that run past their own are cut there.
    """
    caps = [row.cap for row in rows]
    n_before = rows[0].n_before + FRAME_TOKENS
    temperature = rows[0].request.temperature
    silent = tokenizer.id_of("<|notimestamps|>")
    sampling: dict[str, Any] = (
        {"beam_size": 1, "sampling_topk": 0, "sampling_temperature": temperature, "num_hypotheses": SAMPLES}
        if temperature > 0
        else {"beam_size": rows[0].request.beam_size}
    )
    outcomes = model.generate(
        take_rows(encoded, [row.source for row in rows], n_sources),
        [[*row.start(tokenizer), silent] for row in rows],
        # CTranslate2 allows min(max_length / 2, max_length - prompt) new tokens
        max_length=max(2 * max(caps), max(caps) + n_before),
        suppress_tokens=list(suppressed),
        suppress_blank=False,  # the correct answer to noise is empty
        return_scores=True,
        return_no_speech_prob=True,
        **sampling,
    )
    end = tokenizer.id_of("<|endoftext|>")
    return [_read(outcome, end, cap) for outcome, cap in zip(outcomes, caps, strict=True)]


def _read(outcome: Any, end: int, cap: int) -> GeneratedText:
    best = max(range(len(outcome.scores)), key=lambda i: outcome.scores[i])
    written: list[int] = outcome.sequences_ids[best]
    return GeneratedText(
        [token for token in written[:cap] if token < end],
        average_logprob(outcome.scores[best], len(written)),
        len(written) >= cap,
        float(outcome.no_speech_prob),
    )


def average_logprob(score: float, n_tokens: int) -> float:
    """Count the end token too, as faster-whisper does; an empty answer scores 0 (CTranslate2 divides by its length)."""
    return float(score) * n_tokens / (n_tokens + 1) if n_tokens else 0.0
