"""Judges hypotheses: what was said, what is doubtful, and what nobody said; pure.

Whisper invents text where there is no speech: credits learnt from subtitles, loops, the prompt it was given. No single
sign decides. A low log-probability, a high compression or a strange rate only ask for a better decode (`ladder`). Text
is rejected for good if two independent signs agree, out of: no voice under it, a high `no_speech_prob`, a loop, the
prompt; or if it is a known credit. Sources: Barański et al., ICASSP 2025 (known hallucinations, loops); openai/whisper
PR 1838 (word anomalies); faster-whisper's thresholds, which trigger its own temperature fallback.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from app.captions.confidence import Confidence
from app.captions.hallucinations import strip_hallucinations
from app.captions.leak import drop_leak
from app.captions.loops import repeats_itself, truncate_loops
from app.captions.rates import is_too_fast, is_too_sparse, shortest_s, spoken_s
from app.captions.windows import VoiceActivity
from app.decode.hypothesis import Hypothesis, Word, join_words
from app.decode.tokens import fold_word

NO_SPEECH_PROB = 0.6
"""Above this the model says that the window has no speech (Whisper's `no_speech_threshold`)."""

VOICE_SHARE_MIN = 0.2
"""A word with voice in less than this share of its time has no voice under it, ..."""

VOICE_MARGIN_S = 0.15
"""... counting voice this close to it, the error of forced alignment."""

FAR_S = 0.6
"""Words without voice this far from any voice were not spoken: voice activity detection misses soft beginnings and ends
of speech, not what stands alone."""

PROBABILITY_MIN = 0.3
"""A word without voice under it that forced alignment finds this unlikely was not spoken."""

SQUEEZED_SHARE = 0.6
"""Words without voice in less than this share of the least time that they need were not spoken."""

STOCK_VOICE_S = 0.2
"""Least voice under a stock phrase that was said; the word before it may reach a tenth of a second into it."""

FILLED_SHARE = 0.8
"""A shorter phrase was said if this share of its time is voice, ..."""

TAIL_VOICE_S = 0.15
"""... but after other words it needs this much: the end of their voice may reach into it."""

BLIP_S = 0.5
"""A window with less voice than this holds a cough or a clap, not a text that takes twice as long at the fastest
pace."""

MARKERS = {"[": "]", "(": ")", "*": "*", "♪": "♪", "（": "）", "【": "】"}
"""How a marker of non-speech sound begins and ends. Source: openai/whisper `non_speech_tokens`."""

MARKER_WORDS = 12
"""A bracket that is not closed within this number of words is part of the text; a marker at the end may be cut off."""

NOTES = "♪♫♬♩🎵🎶"
"""Characters that Whisper writes for music."""

Fault = Literal["empty", "logprob", "capped", "loop", "compression", "rate", "hallucination", "prompt", "no voice"]


@dataclass(frozen=True, slots=True)
class FilterVerdict:
    """What the filters say about a hypothesis."""

    words: tuple[Word, ...]
    """The words that may be shown: without markers, loops and what was invented. With a fault they are a candidate, to
    be committed as doubtful when no better decode is believed; empty if the text is invented."""
    fault: Fault | None = None
    """Why a better decode should be tried; None if the hypothesis is believed."""
    is_invented: bool = False
    """Whether two independent signs, or a pattern of credits, say that nobody said this; no better decode is needed."""
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

    A translation and the first hypothesis of an utterance have no word times; they are judged by the voice of the whole
    window, which needs `end_s`. An empty hypothesis is a fault: nothing was heard. `confidence` says how sure the model
    usually is. What is known to be invented is recognised in every language, whatever `language` is.
    """
    limits = confidence or Confidence()
    judged = _Judgement(sound, start_s, end_s, is_timed=any(word.end_s > start_s for word in hypothesis.words))
    is_unheard = hypothesis.no_speech_prob > NO_SPEECH_PROB
    words = strip_markers(hypothesis.words)
    if not words:
        return _judge_silence(hypothesis, is_unheard or not judged.has_voice())
    cleaned = strip_hallucinations(words, lambda first, end: judged.is_phrase_spoken(words, first, end))
    if not cleaned.words:
        return FilterVerdict((), "hallucination", is_invented=True)
    unleaked = drop_leak(cleaned.words, prompt, sound, start_s, end_s)
    if not unleaked:
        return FilterVerdict((), "prompt", is_invented=True)
    unlooped = truncate_loops(unleaked, lambda copy: judged.is_copy_spoken(copy, unleaked))
    voiced = judged.drop_unvoiced(unlooped.words, is_unsure=is_unheard or hypothesis.avg_logprob < limits.poor)
    fault = _find_fault(hypothesis, words, limits, is_loop=unlooped.is_loop)
    is_voiced = judged.is_voiced(unlooped.words)
    if fault is None and judged.is_rate_odd(words, voiced):
        fault = "rate"
    if fault is None and judged.is_timed and not is_voiced:
        fault = "no voice"
    is_repeated = fault in ("loop", "compression")
    if is_unheard + (not is_voiced) + is_repeated >= 2 or not voiced or judged.is_blip(cleaned.words):
        return FilterVerdict((), fault or "no voice", is_invented=True)
    is_doubtful = fault is None and (is_unheard or hypothesis.avg_logprob < limits.doubtful)
    return FilterVerdict(voiced, fault, is_doubtful=is_doubtful)


def strip_markers(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words without the markers of non-speech sound: `[Music]`, `(audience laughs)`, notes and so on."""
    kept: list[Word] = []
    at = 0
    while at < len(words):
        end = _marker_end(words, at)
        if end == at and not is_note(words[at].text):
            kept.append(words[at])
        at = max(end, at + 1)
    return tuple(kept) if any(fold_word(word.text) for word in kept) else ()


def is_note(text: str) -> bool:
    """Return whether a word is notes of music and nothing else."""
    return any(letter in NOTES for letter in text) and not fold_word(text)


def is_unlikely(run: Sequence[Word]) -> bool:
    """Return whether the alignment of timed words says that nobody said them: improbable, or in hardly any time."""
    is_improbable = sum(word.probability for word in run) < PROBABILITY_MIN * len(run)
    return is_improbable or run[-1].end_s - run[0].start_s < SQUEEZED_SHARE * shortest_s(join_words(run))


@dataclass(frozen=True, slots=True)
class _Judgement:
    """The voice of one window, asked about the words of its hypothesis."""

    sound: VoiceActivity
    start_s: float
    end_s: float | None
    is_timed: bool
    """Whether the words have times."""

    def has_voice(self) -> bool:
        """Return whether the window has as much voice as an utterance; True if its end is unknown."""
        return self.end_s is None or self.sound.voiced_s(self.start_s, self.end_s) >= BLIP_S

    def has_time_for(self, words: Sequence[Word]) -> bool:
        """Return whether there is as much voice as the words need; True if that is unknown."""
        need_s = spoken_s(join_words(words))
        if self.is_timed:
            return self._voiced_s(words[0].start_s - VOICE_MARGIN_S, words[-1].end_s + VOICE_MARGIN_S) >= need_s
        return self.end_s is None or self._voiced_s(self.start_s, self.end_s) >= need_s

    def is_phrase_spoken(self, words: Sequence[Word], first: int, end: int) -> bool:
        """Return whether a stock phrase, words[first:end], has enough voice of its own."""
        if not self.is_timed:
            return self.has_time_for(words if end - first < len(words) else words[first:end])
        from_s = words[first].start_s - VOICE_MARGIN_S
        upto_s = words[end - 1].end_s + VOICE_MARGIN_S
        if first:
            from_s = max(from_s, min(words[first - 1].end_s, words[first].start_s))
        if end < len(words):
            upto_s = min(upto_s, max(words[end].start_s, words[end - 1].end_s))
        need_s = shortest_s(join_words(words[first:end]))
        span_s = words[end - 1].end_s - words[first].start_s
        is_filled = self._voiced_s(words[first].start_s, words[end - 1].end_s) >= FILLED_SHARE * span_s
        least_s = max(need_s, TAIL_VOICE_S if first else 0.0)
        return self._voiced_s(from_s, upto_s) >= max(STOCK_VOICE_S, need_s) or (is_filled and span_s >= least_s)

    def is_copy_spoken(self, copy: Sequence[Word], words: Sequence[Word]) -> bool:
        """Return whether one copy of a group that is repeated in `words` has a plausible time, and voice in it."""
        if not self.is_timed:
            return self.has_time_for(words)
        need_s = spoken_s(join_words(copy))
        span_s = copy[-1].end_s - copy[0].start_s
        voiced_s = self._voiced_s(copy[0].start_s, copy[-1].end_s)
        return span_s >= need_s and voiced_s >= min(need_s, 0.5 * span_s)

    def drop_unvoiced(self, words: Sequence[Word], *, is_unsure: bool) -> tuple[Word, ...]:
        """Leave out runs of words without voice that show another sign too: far from voice, squeezed or unlikely."""
        if not self.is_timed:
            return tuple(words)
        voiced = [self._is_word_voiced(word) for word in words]
        kept: list[Word] = []
        for is_run_voiced, numbers in groupby(range(len(words)), key=voiced.__getitem__):
            run = [words[i] for i in numbers]
            is_far = any(voiced) and not self._voiced_s(run[0].start_s - FAR_S, run[-1].end_s + FAR_S)
            if is_run_voiced or not (is_far or is_unsure or is_unlikely(run)):
                kept += run
        return tuple(kept)

    def is_voiced(self, words: Sequence[Word]) -> bool:
        """Return whether there is voice under any of the words."""
        if self.is_timed:
            return any(self._is_word_voiced(word) for word in words)
        return self.end_s is None or self._voiced_s(self.start_s, self.end_s) >= STOCK_VOICE_S

    def is_rate_odd(self, written: Sequence[Word], kept: Sequence[Word]) -> bool:
        """Return whether the kept words are too many for their time, or all that were written too few."""
        return self.is_timed and (is_too_fast(kept) or is_too_sparse(written, self.sound, self.start_s, self.end_s))

    def is_blip(self, words: Sequence[Word]) -> bool:
        """Return whether a long text stands in a window with hardly any voice."""
        return self.is_timed and not self.has_voice() and shortest_s(join_words(words)) >= 2 * BLIP_S

    def _is_word_voiced(self, word: Word) -> bool:
        span_s = max(word.end_s - word.start_s, 0.05)
        return self._voiced_s(word.start_s - VOICE_MARGIN_S, word.end_s + VOICE_MARGIN_S) >= VOICE_SHARE_MIN * span_s

    def _voiced_s(self, start_s: float, end_s: float) -> float:
        return self.sound.voiced_s(start_s, end_s)


def _judge_silence(hypothesis: Hypothesis, is_silent: bool) -> FilterVerdict:
    """Return the verdict on a hypothesis that has no words, or only markers of non-speech sound."""
    if not hypothesis.words:
        return FilterVerdict((), "empty")
    return FilterVerdict((), "no voice", is_invented=is_silent)


def _find_fault(hypothesis: Hypothesis, words: Sequence[Word], limits: Confidence, *, is_loop: bool) -> Fault | None:
    """Return what is wrong with the text itself."""
    if hypothesis.capped:
        return "capped"
    if is_loop:
        return "loop"
    if repeats_itself(join_words(words)):
        return "compression"
    return "logprob" if hypothesis.avg_logprob < limits.poor else None


def _marker_end(words: Sequence[Word], first: int) -> int:
    """Return the number of the word after the marker that begins with this word; `first` if none does."""
    text = words[first].text
    closing = MARKERS.get(text[:1])
    if is_note(text):  # "♪ Music ♪"
        return next((i + 1 for i in range(first + 1, min(len(words), first + 4)) if is_note(words[i].text)), first)
    if closing is None:
        return first
    for i in range(first, min(len(words), first + MARKER_WORDS)):
        inner = words[i].text[1:] if i == first else words[i].text
        if inner.rstrip(".,!?…").endswith(closing):
            return i + 1
    return len(words) if len(words) - first <= MARKER_WORDS // 3 else first
