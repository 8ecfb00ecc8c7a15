"""Decode requests: what a client asks the model to decode."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol

from app.audio.chunk import SAMPLE_RATE, Samples
from app.decode.prompt import estimate_prompt_tokens

Task = Literal["transcribe", "translate"]
"""`transcribe` writes what was said in its own language; `translate` writes it in English."""

WINDOW_MAX_S = 30.0
"""The longest window of one decode; Whisper's encoder takes no more."""


class Urgency(IntEnum):
    """The order of requests: the smallest value goes first."""

    UTTERANCE_END = 0
    """An utterance has ended, or a closed phrase needs its translation: readers wait for exactly this decode."""
    TENTATIVE = 1
    """The utterance continues, and will be decoded again."""
    RECORDED = 2
    """The window is part of a file, and no reader waits for it."""


@dataclass(frozen=True, slots=True)
class DecodeNeed:
    """A due decode without its samples: what the scheduler needs to build a batch."""

    duration_s: float
    """Length of the window in seconds."""
    urgency: Urgency = Urgency.TENTATIVE
    n_prompt: int = 0
    """Estimated number of tokens in its prompt."""
    full_window: bool = False
    """See `DecodeRequest.full_window`."""
    beam_size: int = 1
    """See `DecodeRequest.beam_size`."""
    is_draft: bool = False
    """See `DecodeRequest.is_draft`."""
    language: str | None = None
    """See `DecodeRequest.language`; a language that short encoder windows harm is decoded at the full window."""
    encoder_length: int = 0
    """Encoder length at which to decode, to compare lengths; 0 lets the engine choose."""


class DecodeClient(Protocol):
    """Asks for decodes, one at a time.

    The scheduler may call `need` any number of times, to sort the queue. It calls `request` once, when the client's
    turn comes, so that the window ends with the newest sound.
    """

    def need(self) -> DecodeNeed | None:
        """Return the decode that is due now, without its samples; None if none is due. Fast, and changes nothing."""

    def request(self) -> "DecodeRequest | None":
        """Return the decode that is due now; None if none is due. Its result must arrive before the next call."""


@dataclass(frozen=True, slots=True, eq=False)
class DecodeRequest:
    """One window to decode."""

    samples: Samples
    """Mono float32 at SAMPLE_RATE, at most WINDOW_MAX_S long."""
    tasks: tuple[Task, ...] = ("transcribe",)
    """What to write; both tasks share one encode."""
    language: str | None = None
    """Whisper's code of the spoken language; None detects it."""
    detect: bool = False
    """Whether to detect the language even if `language` is given, to notice a switch."""
    languages: tuple[str, ...] = ()
    """The languages that detection may choose from; empty allows all the model knows."""
    terms: tuple[str, ...] = ()
    """Names and words whose spelling the model should know, most important first; see `pack_prompt`."""
    previous: str = ""
    """The text just before the window, when the window begins in mid-sentence."""
    is_utterance_end: bool = False
    """Whether the utterance has ended; readers wait for exactly this decode, so it goes first."""
    full_window: bool = False
    """Whether to encode at the full 30 s, as a second try after a loop in a short window."""
    is_recorded: bool = False
    """Whether the window is part of a file and no reader waits for it; it goes behind all live requests."""
    beam_size: int = 1
    """Hypotheses kept per step; 1 is greedy, the only one fast enough to be live."""
    temperature: float = 0.0
    """0 takes the most probable tokens; above 0 tokens are sampled, and `beam_size` is ignored."""
    corrections: tuple[tuple[str, str], ...] = ()
    """(wrong, right) texts: `wrong` becomes `right` where the sound makes it at least as probable; an empty `right`
    deletes it."""
    timed: bool = True
    """Whether `transcribe` words need times; False skips the forced alignment."""
    is_draft: bool = False
    """Whether a smaller model may decode it, because none of its words will be committed."""
    feature_stream: str = ""
    """Names the sound that the window is part of, to reuse features of its previous window; empty reuses none."""
    first_sample: int = 0
    """Where the window begins in that sound, in samples."""

    @property
    def duration_s(self) -> float:
        """Length of the window in seconds."""
        return len(self.samples) / SAMPLE_RATE

    def need(self) -> DecodeNeed:
        """Return what the scheduler needs; with `request` this makes a single request a DecodeClient."""
        live_urgency = Urgency.UTTERANCE_END if self.is_utterance_end else Urgency.TENTATIVE
        urgency = Urgency.RECORDED if self.is_recorded else live_urgency
        n_prompt = estimate_prompt_tokens(has_terms=bool(self.terms), previous=self.previous)
        return DecodeNeed(
            self.duration_s, urgency, n_prompt, self.full_window, self.beam_size, self.is_draft, self.language
        )

    def request(self) -> "DecodeRequest":
        """Return the request itself."""
        return self
