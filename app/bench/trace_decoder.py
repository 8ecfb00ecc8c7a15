"""Answers decode requests from a trace, without a model."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.audio.chunk import SAMPLE_RATE
from app.bench.trace import TracedClip, TracedDecode, clip_words
from app.decode.hypothesis import DecodeResult, Hypothesis, LanguageDetection, Word
from app.decode.request import DecodeRequest, Task
from app.errors import DecodeError

SAME_WINDOW_S = 0.002
"""Windows whose ends differ by less are the same one: a trace has its times to the millisecond."""

REQUESTS_MAX = 100
"""A session that asks for the same window more often than this would never end."""

ENGLISH = "en"


class _KnownWindows:
    """The decodes that have a text of one task, with their windows as arrays: a long trace has thousands."""

    def __init__(self, decodes: Sequence[TracedDecode], task: Task) -> None:
        self.decodes = [decode for decode in decodes if _read_own(decode, task) is not None]
        self.starts_s = np.array([decode.start_s for decode in self.decodes])
        self.ends_s = np.array([decode.end_s for decode in self.decodes])


class TraceDecoder:
    """The decodes of one clip in place of a model; they take no time.

    A window that was recorded is answered by its decode, or by the next of them if it was decoded several times, and by
    the last one from then on. Another window is answered by the decode that overlaps it most, the first of equals,
    with the words whose middles lie in the window.
    """

    def __init__(self, clip: TracedClip) -> None:
        """Answer with the decodes of `clip`."""
        self._clip = clip
        tasks: tuple[Task, ...] = ("transcribe", "translate")
        self._known = {task: _KnownWindows(clip.decodes, task) for task in tasks}
        self._n_asked: Counter[tuple[object, ...]] = Counter()
        """How often each window was requested, in all and in each language."""
        self.n_answered = 0
        """Windows that were decoded."""
        self.n_recorded = 0
        """Those among them that the trace has exactly."""

    def decode(self, requests: Sequence[DecodeRequest], min_length: int = 0) -> list[DecodeResult]:
        """Return the recorded results of the requests.

        Raises:
            DecodeError: The session asks for one window again and again.
        """
        return [self._answer(request) for request in requests]

    def _answer(self, request: DecodeRequest) -> DecodeResult:
        start_s = request.first_sample / SAMPLE_RATE
        end_s = start_s + request.duration_s
        window = (request.first_sample, len(request.samples), request.tasks)
        n_asked, n_own = self._n_asked[window], self._n_asked[(*window, request.language)]
        self._n_asked.update([window, (*window, request.language)])
        if n_asked >= REQUESTS_MAX:
            raise DecodeError(
                f"The session asked for the window from {start_s:.2f} s to {end_s:.2f} s of {self._clip.name} "
                f"{n_asked} times and would never end. Report this with the trace."
            )
        found: dict[Task, TracedDecode | None] = {}
        self.n_answered += 1
        self.n_recorded += bool(self._find_same(request.tasks[0], start_s, end_s))
        for task in request.tasks:
            same = self._find_same(task, start_s, end_s)
            # the session may ask for a short utterance in two languages
            own = [decode for decode in same if decode.language == request.language]
            if own and len(own) < len(same):
                found[task] = own[min(n_own, len(own) - 1)]
            else:
                found[task] = same[min(n_asked, len(same) - 1)] if same else self._find_best(task, start_s, end_s)
        hypotheses: dict[Task, Hypothesis] = {}
        for task, decode in found.items():
            hypotheses[task] = _read_hypothesis(decode, task, start_s, end_s, is_timed=request.timed)
        known = next((decode for decode in found.values() if decode is not None), None)
        language = (known.language if known else None) or self._clip.language
        return DecodeResult(
            language=request.language or language or ENGLISH,
            hypotheses=hypotheses,
            detection=_find_detection(known, request) if request.detect or request.language is None else None,
        )

    def _find_same(self, task: Task, start_s: float, end_s: float) -> list[TracedDecode]:
        """Return the decodes of exactly this window."""
        known = self._known[task]
        is_same = (abs(known.starts_s - start_s) <= SAME_WINDOW_S) & (abs(known.ends_s - end_s) <= SAME_WINDOW_S)
        return [known.decodes[i] for i in np.flatnonzero(is_same)]

    def _find_best(self, task: Task, start_s: float, end_s: float) -> TracedDecode | None:
        """Return the decode that has seen most of a window, the first of equals; None if none has seen any of it."""
        known = self._known[task]
        if not known.decodes:
            return None
        overlaps_s = np.minimum(known.ends_s, end_s) - np.maximum(known.starts_s, start_s)
        best = int(np.argmax(overlaps_s))
        return known.decodes[best] if overlaps_s[best] > 0 else None


def _read_own(decode: TracedDecode, task: Task) -> Hypothesis | None:
    return decode.hypothesis if task == "transcribe" else decode.translation


def _read_hypothesis(
    decode: TracedDecode | None, task: Task, start_s: float, end_s: float, *, is_timed: bool
) -> Hypothesis:
    """Return what a decode says about a window, on the window's clock."""
    hypothesis = _read_own(decode, task) if decode is not None else None
    if decode is None or hypothesis is None:
        return Hypothesis()
    words = hypothesis.words
    if decode.start_s < start_s - SAME_WINDOW_S or decode.end_s > end_s + SAME_WINDOW_S:
        placed = words if task == "transcribe" else _spread_words(words, decode)
        words = clip_words(placed, start_s, end_s)
    if task == "translate" or not is_timed:
        return replace(hypothesis, words=tuple(replace(word, start_s=0.0, end_s=0.0) for word in words))
    return replace(hypothesis, words=tuple(_move_word(word, start_s, end_s) for word in words))


def _move_word(word: Word, start_s: float, end_s: float) -> Word:
    """Return a word on the clock of its window, within it."""
    first_s, last_s = (min(max(at_s, start_s), end_s) - start_s for at_s in (word.start_s, word.end_s))
    return replace(word, start_s=first_s, end_s=last_s)


def _spread_words(words: Sequence[Word], decode: TracedDecode) -> list[Word]:
    """Give the words of a translation times: evenly over what was spoken."""
    spoken = decode.hypothesis.words if decode.hypothesis else ()
    start_s, end_s = (spoken[0].start_s, spoken[-1].end_s) if spoken else (decode.start_s, decode.end_s)
    step_s = (end_s - start_s) / max(1, len(words))
    return [
        replace(word, start_s=start_s + i * step_s, end_s=start_s + (i + 1) * step_s) for i, word in enumerate(words)
    ]


def _find_detection(decode: TracedDecode | None, request: DecodeRequest) -> LanguageDetection | None:
    """Return what the decode detected; without a record of it, its language for sure."""
    if decode is None:
        language = request.language or ENGLISH
        return LanguageDetection(language, 0.0, {})
    if decode.detection is not None:
        return decode.detection
    language = decode.language or request.language or ENGLISH
    return LanguageDetection(language, 1.0, {language: 1.0})
