"""Filters that reject text that nobody said; pure.

Whisper invents text where there is no speech: thanks and credits learnt from captions, loops, the prompt it was given.
Each test is cheap and checks one sign. Sources: Barański et al., ICASSP 2025 (bag of hallucinations); openai/whisper
PR 1838 (word anomalies); faster-whisper defaults for log-probability and compression.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from app.captions.confidence import Confidence
from app.captions.leak import drop_leak
from app.captions.windows import VoiceActivity
from app.decode.hypothesis import Hypothesis, Word, join_words
from app.decode.tokens import fold_word

LOGPROB_CALM = -0.5
"""Above this a known hallucination may really have been said."""

COMPRESSION_MAX = 2.4
"""Ratio beyond which text repeats itself (faster-whisper's `compression_ratio_threshold`), ..."""

COMPRESSION_LETTERS = 60
"""... on at least this many characters; short text always compresses badly."""

WORDS_PER_S_MAX = 8.0
LETTERS_PER_S_MAX = 25.0
"""The fastest speech over a whole window; auctioneers reach 6 words a second."""

RATE_WORDS = 6
"""With fewer words the rate has no meaning, because alignment is only accurate to a tenth of a second."""

WORDS_PER_S_MIN = 0.6
"""The slowest speech during uninterrupted voice; tones and applause count as voice and give a single word."""

SPARSE_SPEECH_S = 2.5
"""Less voice than this may be one long word."""

SINGLE_REPEATS = 4
GROUP_REPEATS = 3
GROUP_WORDS = 8
"""A word four times in a row, or a group of up to eight words three times, is a loop; fewer are rhetoric."""

VOICE_SHARE_MIN = 0.2
"""A word with voice in less than this share of its time was not spoken."""

VOICE_MARGIN_S = 0.15
"""Error of forced alignment: voice this close to a word counts for it."""

ISOLATED_SPEECH_S = 1.0
"""A known hallucination with less voice than this is rejected."""

NOTES = "♪♫♬♩.,!?"
"""Characters that Whisper writes for music."""

MARKERS = {"[": "]", "(": ")", "*": "*", "♪": "♪"}
"""How a marker of non-speech sound begins and ends. Source: openai/whisper `non_speech_tokens`."""

BAG = Path(__file__).parent / "hallucinations.json"

Fault = Literal["empty", "logprob", "capped", "loop", "compression", "rate", "hallucination", "prompt", "no voice"]


@dataclass(frozen=True, slots=True)
class FilterVerdict:
    """What the filters say about a hypothesis."""

    words: tuple[Word, ...]
    """The words that may be shown: without markers and what was invented. With a fault they are a candidate, to be
    committed as doubtful when no better decode is believed; empty if the text is invented."""
    fault: Fault | None = None
    """Why a better decode should be tried; None if the hypothesis is believed."""
    is_invented: bool = False
    """Whether two independent signs, or a pattern of credits, say that nobody said this."""
    is_doubtful: bool = False
    """Whether it is believed, but should be committed on more agreement."""


def judge(
    hypothesis: Hypothesis,
    *,
    language: str,
    sound: VoiceActivity,
    start_s: float,
    end_s: float | None = None,
    prompt: str = "",
    confidence: Confidence | None = None,
) -> FilterVerdict:
    """Filter a hypothesis whose words are on the session's clock and whose window lasts from `start_s` to `end_s`.

    The tests of voice and rate need word times. A translation and the first hypothesis of an utterance have none. An
    empty hypothesis is a fault: nothing was heard. `confidence` says how sure the model usually is.
    """
    limits = confidence or Confidence()
    words = strip_markers(hypothesis.words)
    is_timed = any(word.end_s > start_s for word in words)
    if not words:
        return FilterVerdict((), "no voice" if hypothesis.words else "empty")
    words = drop_leak(words, prompt, sound, start_s, end_s)
    if not words:
        return FilterVerdict((), "prompt", is_invented=True)
    fault = _find_fault(replace(hypothesis, words=words), limits)
    if fault is None and is_timed and (is_too_fast(words) or is_too_sparse(words, sound, start_s, end_s)):
        fault = "rate"
    if is_timed:
        voiced = tuple(word for word in words if is_voiced(word, sound))
        if not voiced:
            return FilterVerdict(() if fault else words, fault or "no voice", is_invented=fault is not None)
        words = voiced
    spoken_s = None
    if is_timed:
        spoken_s = sound.voiced_s(words[0].start_s - VOICE_MARGIN_S, words[-1].end_s + VOICE_MARGIN_S)
    elif end_s is not None:
        spoken_s = sound.voiced_s(start_s, end_s)
    if spoken_s is not None and is_hallucination(words, language, hypothesis.avg_logprob, spoken_s):
        return FilterVerdict((), "hallucination", is_invented=True)
    return FilterVerdict(words, fault, is_doubtful=fault is None and hypothesis.avg_logprob < limits.doubtful)


def _find_fault(hypothesis: Hypothesis, limits: Confidence) -> Fault | None:
    """Return what is wrong with the text itself."""
    if hypothesis.capped:
        return "capped"
    if hypothesis.avg_logprob < limits.poor:
        return "logprob"
    if has_loop(hypothesis.words):
        return "loop"
    if compression_ratio(hypothesis.text) > COMPRESSION_MAX:
        return "compression"
    return None


def strip_markers(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words without the markers of non-speech sound: `[Music]`, `(audience laughs)`, notes and so on."""
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
    """Return whether a word or a group of words is repeated as in a loop."""
    plains = [fold_word(word.text) for word in words]
    for size in range(1, GROUP_WORDS + 1):
        needed = (SINGLE_REPEATS if size == 1 else GROUP_REPEATS) * size
        for first in range(len(plains) - needed + 1):
            span = plains[first : first + needed]
            if all(span[i] == span[i % size] for i in range(needed)):
                return True
    return False


def compression_ratio(text: str) -> float:
    """Return length over zlib-compressed length in bytes, 0 for text too short to judge."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if len(text) >= COMPRESSION_LETTERS else 0.0


def is_too_fast(words: Sequence[Word]) -> bool:
    """Return whether more was written than a person can say in that time."""
    if len(words) < RATE_WORDS:
        return False
    span_s = max(words[-1].end_s - words[0].start_s, 0.1)
    return len(words) / span_s > WORDS_PER_S_MAX or len(join_words(words)) / span_s > LETTERS_PER_S_MAX


def is_too_sparse(words: Sequence[Word], sound: VoiceActivity, start_s: float, end_s: float | None) -> bool:
    """Return whether far less was written than a person says in that much voice."""
    voiced_s = sound.voiced_s(start_s, end_s) if end_s is not None else 0.0
    return voiced_s >= SPARSE_SPEECH_S and len(words) < WORDS_PER_S_MIN * voiced_s


def is_voiced(word: Word, sound: VoiceActivity) -> bool:
    """Return whether there is voice at the place of the word."""
    span_s = max(word.end_s - word.start_s, 0.05)
    voiced_s = sound.voiced_s(word.start_s - VOICE_MARGIN_S, word.end_s + VOICE_MARGIN_S)
    return voiced_s >= VOICE_SHARE_MIN * span_s


def is_hallucination(words: Sequence[Word], language: str, avg_logprob: float, spoken_s: float) -> bool:
    """Return whether Whisper is known to invent the whole text, and there are signs that it did.

    Credits and the like need one sign, everyday phrases such as thanks need two: an uncertain model, and less than a
    second of voice.
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
