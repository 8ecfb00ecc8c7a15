"""What a hypothesis must pass before anybody sees it; pure.

Whisper invents text where there is no speech: thanks and credits learnt from captions, loops, the prompt it was given.
Each test is cheap and looks at one sign. Sources: Barański et al., ICASSP 2025 (bag of hallucinations); openai/whisper
PR 1838 (word anomalies); faster-whisper defaults for log-probability and compression.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from app.captions.windows import VoiceActivity
from app.decode.hypothesis import Hypothesis, Word, join_words
from app.decode.tokens import fold_word

LOGPROB_MIN = -1.0
"""Below this mean log-probability a hypothesis is guesswork (faster-whisper's `log_prob_threshold`)."""

LOGPROB_DOUBTFUL = -0.7
"""Below this it may be shown but commits nothing of its own."""

LOGPROB_CALM = -0.5
"""Above this a text from the bag of hallucinations may well have been said."""

COMPRESSION_MAX = 2.4
"""Ratio beyond which text repeats itself (faster-whisper's `compression_ratio_threshold`), ..."""

COMPRESSION_LETTERS = 60
"""... on at least this many characters; short text always compresses badly."""

WORDS_PER_S_MAX = 8.0
LETTERS_PER_S_MAX = 25.0
"""Nobody speaks faster over a whole window; auctioneers reach 6 words a second."""

RATE_WORDS = 6
"""Fewer words than this say nothing about the rate, because alignment is only good to a tenth of a second."""

WORDS_PER_S_MIN = 0.6
"""Nobody speaks slower while there is voice all the time; tones and applause pass for voice and get a lone word."""

SPARSE_SPEECH_S = 2.5
"""Less voice than this may well be one long word."""

SINGLE_REPEATS = 4
GROUP_REPEATS = 3
GROUP_WORDS = 8
"""A word four times in a row, or a group of up to eight words three times, is a loop; less is rhetoric."""

VOICE_SHARE_MIN = 0.2
"""A word with less voice than this share of its time was not spoken."""

VOICE_MARGIN_S = 0.15
"""Forced alignment is off by this much, so voice around a word counts for it."""

ISOLATED_SPEECH_S = 1.0
"""A text from the bag that stands on less voice than this is not believed."""

LEAK_WORDS = 3
"""A hypothesis of at least this many words, all of them in a row from the prompt, was read and not heard."""

NOTES = "♪♫♬♩.,!?"
"""What a word of nothing but music is made of."""

MARKERS = {"[": "]", "(": ")", "*": "*", "♪": "♪"}
"""How a marker of sound that is no speech begins and ends. Source: openai/whisper `non_speech_tokens`."""

BAG = Path(__file__).parent / "hallucinations.json"

Fault = Literal["empty", "logprob", "capped", "loop", "compression", "rate", "hallucination", "prompt", "no voice"]


@dataclass(frozen=True, slots=True)
class FilterVerdict:
    """What is left of a hypothesis."""

    words: tuple[Word, ...]
    """The words that passed; empty if there is a fault."""
    fault: Fault | None = None
    """Why the whole hypothesis is not believed."""
    is_doubtful: bool = False
    """Whether it may be shown but should commit nothing of its own."""

    @property
    def is_loop(self) -> bool:
        """Whether a decode at the full window may do better: short windows are prone to loops."""
        return self.fault in ("loop", "compression", "capped")


def judge(
    hypothesis: Hypothesis,
    *,
    language: str,
    sound: VoiceActivity,
    start_s: float,
    end_s: float | None = None,
    prompt: str = "",
) -> FilterVerdict:
    """Test a hypothesis whose words are on the session's clock and whose window lasts from `start_s` to `end_s`.

    A translation's words have no times, so the tests of voice and rate pass them by, as they do for the first look at
    an utterance. An empty hypothesis is a fault: it says that nothing was heard.
    """
    words = without_markers(hypothesis.words)
    is_timed = any(word.end_s > start_s for word in words)
    if not words:
        return FilterVerdict((), "no voice" if hypothesis.words else "empty")
    if hypothesis.capped:
        return FilterVerdict((), "capped")
    if hypothesis.avg_logprob < LOGPROB_MIN:
        return FilterVerdict((), "logprob")
    if has_loop(words):
        return FilterVerdict((), "loop")
    if compression(hypothesis.text) > COMPRESSION_MAX:
        return FilterVerdict((), "compression")
    if is_timed and (is_too_fast(words) or is_too_sparse(words, sound, start_s, end_s)):
        return FilterVerdict((), "rate")
    if is_leaked(words, prompt):
        return FilterVerdict((), "prompt")
    if is_timed:
        words = tuple(word for word in words if is_voiced(word, sound))
        if not words:
            return FilterVerdict((), "no voice")
        spoken_s = sound.voiced_s(words[0].start_s - VOICE_MARGIN_S, words[-1].end_s + VOICE_MARGIN_S)
        if is_hallucination(words, language, hypothesis.avg_logprob, spoken_s):
            return FilterVerdict((), "hallucination")
    elif end_s is not None and is_hallucination(
        words, language, hypothesis.avg_logprob, sound.voiced_s(start_s, end_s)
    ):
        return FilterVerdict((), "hallucination")
    return FilterVerdict(words, is_doubtful=hypothesis.avg_logprob < LOGPROB_DOUBTFUL)


def without_markers(words: Sequence[Word]) -> tuple[Word, ...]:
    """Leave out what Whisper writes for sound that is no speech: `[Music]`, `(audience laughs)`, notes and so on."""
    kept: list[Word] = []
    closing = ""
    for word in words:
        if closing:
            closing = "" if word.text.rstrip(".,!?").endswith(closing) else closing
        elif word.text[:1] in MARKERS:
            is_closed = word.text.rstrip(".,!?").endswith(MARKERS[word.text[0]])
            closing = "" if is_closed else MARKERS[word.text[0]]
        elif word.text.strip(NOTES):
            kept.append(word)
    return tuple(kept)


def has_loop(words: Sequence[Word]) -> bool:
    """Return whether a word or a group of words repeats without end."""
    plains = [fold_word(word.text) for word in words]
    for size in range(1, GROUP_WORDS + 1):
        needed = (SINGLE_REPEATS if size == 1 else GROUP_REPEATS) * size
        for first in range(len(plains) - needed + 1):
            span = plains[first : first + needed]
            if all(span[i] == span[i % size] for i in range(needed)):
                return True
    return False


def compression(text: str) -> float:
    """Return length over zlib-compressed length in bytes, 0 for text too short to tell."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if len(text) >= COMPRESSION_LETTERS else 0.0


def is_too_fast(words: Sequence[Word]) -> bool:
    """Return whether more was written than anybody says in that time."""
    if len(words) < RATE_WORDS:
        return False
    span_s = max(words[-1].end_s - words[0].start_s, 0.1)
    return len(words) / span_s > WORDS_PER_S_MAX or len(join_words(words)) / span_s > LETTERS_PER_S_MAX


def is_too_sparse(words: Sequence[Word], sound: VoiceActivity, start_s: float, end_s: float | None) -> bool:
    """Return whether far less was written than so much voice would say."""
    voiced_s = sound.voiced_s(start_s, end_s) if end_s is not None else 0.0
    return voiced_s >= SPARSE_SPEECH_S and len(words) < WORDS_PER_S_MIN * voiced_s


def is_voiced(word: Word, sound: VoiceActivity) -> bool:
    """Return whether there is voice where the word is said to be."""
    span_s = max(word.end_s - word.start_s, 0.05)
    voiced_s = sound.voiced_s(word.start_s - VOICE_MARGIN_S, word.end_s + VOICE_MARGIN_S)
    return voiced_s >= VOICE_SHARE_MIN * span_s


def is_leaked(words: Sequence[Word], prompt: str) -> bool:
    """Return whether the words are a stretch of the prompt."""
    said = [fold_word(word.text) for word in words]
    told = [fold_word(part) for part in prompt.split()]
    n_said = len(said)
    return n_said >= LEAK_WORDS and any(told[i : i + n_said] == said for i in range(len(told) - n_said + 1))


def is_hallucination(words: Sequence[Word], language: str, avg_logprob: float, spoken_s: float) -> bool:
    """Return whether the whole text is one that Whisper is known to invent, and little speaks for it.

    Credits and the like need one sign of doubt, everyday phrases such as thanks need two: an uncertain model, and less
    than a second of voice.
    """
    said = " ".join(fold_word(word.text) for word in words)
    doubts = (avg_logprob < LOGPROB_CALM) + (spoken_s < ISOLATED_SPEECH_S)
    bag = _bag()
    if said in bag["credits"].get(language, ()) or said in bag["credits"]["any"]:
        return doubts >= 1
    return said in bag["everyday"].get(language, ()) and doubts >= 2


@cache
def _bag() -> dict[str, dict[str, frozenset[str]]]:
    read = json.loads(BAG.read_text(encoding="utf-8"))
    return {
        kind: {
            language: frozenset(" ".join(fold_word(part) for part in text.split()) for text in texts)
            for language, texts in read[kind].items()
        }
        for kind in ("credits", "everyday")
    }
