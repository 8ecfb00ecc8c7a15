"""The result of a decode: words, with times and probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.decode.request import Task


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the model wrote it, with its punctuation."""

    text: str
    """The word without the space before it."""
    start_s: float
    """Start in seconds: on the window's clock in a hypothesis, on the session's clock in a caption."""
    end_s: float
    """End in seconds on the same clock."""
    probability: float
    """Mean probability of its tokens under forced alignment, 0..1."""
    spaced: bool = True
    """Whether a space precedes it; False inside Chinese, Japanese or Thai."""
    is_doubtful: bool = False
    """Whether it is shown as uncertain, because no decode of its sound was believed."""

    def shifted(self, by_s: float) -> "Word":
        """Return the word with `by_s` seconds added to its times."""
        return replace(self, start_s=self.start_s + by_s, end_s=self.end_s + by_s)


def join_words(words: Sequence[Word]) -> str:
    """Write words as running text."""
    return "".join((" " if word.spaced else "") + word.text for word in words).strip()


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The words of one decode; the next decode may change them."""

    words: tuple[Word, ...] = ()
    """In order, on the window's clock; a translation's words have no times (all 0)."""
    avg_logprob: float = 0.0
    """Mean log-probability of the tokens, 0 at best."""
    capped: bool = False
    """Whether the decode reached the limit of new tokens, as loops do."""
    no_speech_prob: float = 0.0
    """The model's probability that the window contains no speech, 0..1; turbo models give about 0 for any sound."""

    @property
    def text(self) -> str:
        """The words as running text."""
        return join_words(self.words)


@dataclass(frozen=True, slots=True)
class LanguageDetection:
    """The language that the model detected."""

    language: str
    """Whisper's code."""
    probability: float
    """Share among the allowed languages, 0..1: it says which of them fits best, not that it fits."""
    shares: dict[str, float] = field(default_factory=dict)
    """Absolute probability of every allowed language, among all that the model knows; they sum to at most 1."""


@dataclass(frozen=True, slots=True)
class DecodeResult:
    """The result of one request."""

    language: str
    """The language of the transcription: the given one, else the detected one."""
    hypotheses: dict[Task, Hypothesis] = field(default_factory=dict)
    """One per requested task; only `transcribe` has word times."""
    detection: LanguageDetection | None = None
    """Present when detection was asked for."""
    decode_s: float = 0.0
    """Seconds that the request's batch took."""
    n_rows: int = 1
    """Requests in that batch."""
