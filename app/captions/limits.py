"""The constants of the policy, each with its reason."""

from dataclasses import dataclass

from app.captions.timing import WINDOW_TIMES
from app.captions.windows import LIVE_WINDOW_MAX_S


@dataclass(frozen=True, slots=True)
class PolicyLimits:
    """When words are committed and phrases close, in seconds unless noted otherwise."""

    guard_s: float = 0.5
    """A word that ends closer to the edge may be cut off or guessed (25 frames, SimulStreaming's default)."""
    age_s: float = 3.0
    """A word this old is committed without agreement, because the model has had its context for long enough, ..."""
    age_probability: float = 0.5
    """... if forced alignment gives it at least this probability."""
    first_words: int = 2
    """Words on which two hypotheses must agree before the first word of a phrase is committed: every later hypothesis
    is compared with it, so that a wrong one ("Many" for "Revenue") can cost the phrase. ..."""
    first_probability: float = 0.3
    """... It also needs this probability, or the agreement of three hypotheses."""
    sentence_pause_s: float = 0.15
    """A pause after a full stop that makes it the end of a sentence; without one, ..."""
    sentence_words: int = 2
    """... this many agreed words must follow, because Whisper also writes full stops inside sentences."""
    gap_s: float = 1.0
    """A pause between two words that ends a phrase; people who search for a word are silent for up to this long."""
    soft_s: float = 8.0
    """At this length a phrase also closes at a clause or a short pause, so that readers and the decoder of the
    translation get it."""
    soft_gap_s: float = 0.4
    """A pause that ends such a phrase."""
    soft_words: int = 4
    """Fewest words of a clause that may be a phrase of its own."""
    hard_s: float = 12.0
    """At this length of the window its phrase closes at the largest gap: windows stay below 14 s."""
    hard_newest_s: float = 2.0
    """The hard cut comes after a word older than this, whose neighbours are settled, ..."""
    hard_oldest_s: float = 5.0
    """... and younger than this, so that not half the phrase is left for the next one."""
    force_s: float = LIVE_WINDOW_MAX_S
    """At this length of the window its phrase is cut even without agreement."""
    force_keep_s: float = 3.0
    """Sound that a forced cut leaves for the next phrase."""
    hold_silence_s: float = 0.3
    """The last word of a hypothesis is shown only after this much silence; before, it is often half a word."""
    contradictions: int = 2
    """After this many hypotheses in a row without the committed words, the phrase closes and the rest is decoded
    again."""
    context_s: float = WINDOW_TIMES.context_s
    context_max_s: float = WINDOW_TIMES.context_max_s
    """Least and most sound that a window has before a cut in mid-sentence."""
    pause_keep_s: float = WINDOW_TIMES.paused_s / 2
    """Silence before a pause was noticed that belongs to the next phrase: detection is late at a soft onset."""
    echo_s: float = 1.0
    """How long before a window its hypothesis is still compared with final words: models echo what they heard last."""
    tail_words: int = 64
    """Words of closed phrases that are kept: more than anybody says in the seconds of sound that a window has before
    the cut, and enough for the prompt."""


LIMITS = PolicyLimits()
