"""What is asked of the model and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, Protocol

from app.audio.chunk import SAMPLE_RATE, Samples
from app.decode.prompt import likely_length

Task = Literal["transcribe", "translate"]
"""`transcribe` writes what was said in its own language; `translate` writes it in English."""

WINDOW_MAX_S = 30.0
"""The longest window one decode may see; Whisper's encoder was built for it."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the model wrote it, with its punctuation."""

    text: str
    """The surface, without the space before it."""
    start_s: float
    """Where it begins, in seconds; on the window's clock in a hypothesis, on the session's in a caption."""
    end_s: float
    """Where it ends, in seconds on the same clock."""
    probability: float
    """Mean probability of its tokens under forced alignment, 0..1."""
    spaced: bool = True
    """Whether a space stands before it; False inside Chinese, Japanese or Thai."""

    def shifted(self, by_s: float) -> "Word":
        """Return the word on a clock whose zero lies `by_s` seconds earlier."""
        return Word(self.text, self.start_s + by_s, self.end_s + by_s, self.probability, self.spaced)


def join(words: Sequence[Word]) -> str:
    """Write words as running text."""
    return "".join((" " if word.spaced else "") + word.text for word in words).strip()


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The words of one decode; may change with the next."""

    words: tuple[Word, ...] = ()
    """In order, on the window's clock; a translation's words carry no times (all 0)."""
    avg_logprob: float = 0.0
    """Mean log-probability of the tokens, 0 at best."""
    capped: bool = False
    """Whether the decode ran into the cap of new tokens, as loops do."""

    @property
    def text(self) -> str:
        """The words as running text."""
        return join(self.words)


class Urgency(IntEnum):
    """Who goes first, smallest first."""

    FINAL = 0
    """An utterance has ended, or a closed phrase waits for its translation: somebody waits for exactly this decode."""
    TENTATIVE = 1
    """The utterance runs on; there will be another chance."""
    RECORDED = 2
    """Nobody waits for it live."""


@dataclass(frozen=True, slots=True)
class DecodeNeed:
    """A decode that is wanted, without its sound: what a scheduler must know."""

    duration_s: float
    """Length of the window in seconds."""
    urgency: Urgency = Urgency.TENTATIVE
    n_prompt: int = 0
    """Tokens its prompt will probably take."""
    full_window: bool = False
    """See `DecodeRequest.full_window`."""
    beam_size: int = 1
    """See `DecodeRequest.beam_size`."""
    is_draft: bool = False
    """Whether a smaller model may do it, because nothing of it will be solid."""


class DecodeClient(Protocol):
    """Whoever wants decodes, one at a time; the sound is asked for at the last moment, so that it is the newest."""

    def need(self) -> DecodeNeed | None:
        """Return what is wanted now, None if nothing is; cheap, and changes nothing."""

    def request(self) -> "DecodeRequest | None":
        """Return the decode that is due now, None if none is; the caller answers it before it asks again."""


@dataclass(frozen=True, slots=True, eq=False)
class DecodeRequest:
    """One window to decode."""

    samples: Samples
    """Mono float32 at SAMPLE_RATE, at most WINDOW_MAX_S long."""
    tasks: tuple[Task, ...] = ("transcribe",)
    """What to write; both come from one encode."""
    language: str | None = None
    """Whisper's code of the spoken language, or None to write in the language that is detected."""
    detect: bool = False
    """Whether to detect the language although one is given, so that a switch is noticed."""
    languages: tuple[str, ...] = ()
    """The languages detection may choose from; empty allows all the model knows."""
    glossary: str = ""
    """Terms the model is to know how to spell, as text."""
    previous: str = ""
    """What was said just before the window, when the window begins in mid-sentence."""
    is_final: bool = False
    """Whether the utterance has ended, so that somebody waits for exactly this decode; it goes first."""
    full_window: bool = False
    """Whether to encode at the full 30 s, as a second try after a loop in a short window."""
    is_recorded: bool = False
    """Whether nobody waits for it live, as for a file; it goes behind all live requests."""
    beam_size: int = 1
    """Hypotheses kept per step; 1 is greedy, the only one fast enough to be live."""
    timed: bool = True
    """Whether `transcribe` words need times; without, forced alignment is left out."""
    is_draft: bool = False
    """Whether nothing of it will be solid, so that a smaller model may do it."""
    stream: str = ""
    """Whose window this is, so that features of sound it shares with the window before are not computed again."""
    first_sample: int = 0
    """Where the window begins on its stream's clock, in samples."""

    @property
    def duration_s(self) -> float:
        """Length of the window in seconds."""
        return len(self.samples) / SAMPLE_RATE

    def need(self) -> DecodeNeed:
        """Return what a scheduler must know of it; with `request`, one request is an asker of its own."""
        urgency = Urgency.RECORDED if self.is_recorded else Urgency.FINAL if self.is_final else Urgency.TENTATIVE
        n_prompt = likely_length(self.glossary, self.previous)
        return DecodeNeed(self.duration_s, urgency, n_prompt, self.full_window, self.beam_size, self.is_draft)

    def request(self) -> "DecodeRequest":
        """Return the request itself."""
        return self


@dataclass(frozen=True, slots=True)
class LanguageDetection:
    """What language the sound seems to be in."""

    language: str
    """Whisper's code."""
    probability: float
    """Share among the allowed languages, 0..1."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one request brought back."""

    language: str
    """The language the hypotheses were written for: the one given, else the one detected."""
    hypotheses: dict[Task, Hypothesis] = field(default_factory=dict)
    """One per task asked for; word times only in `transcribe`."""
    detection: LanguageDetection | None = None
    """Present when detection was asked for."""
    decode_s: float = 0.0
    """Seconds the batch took in which this request was decoded."""
    n_rows: int = 1
    """Requests that shared that batch."""
