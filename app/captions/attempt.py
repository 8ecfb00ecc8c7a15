"""One decode of a window, and which decode follows it when its text is not believed; pure."""

import math
from dataclasses import dataclass, replace

from app.captions.filters import FilterVerdict
from app.captions.ladder import next_try
from app.captions.untranslated import UntranslatedSentence
from app.captions.windows import LIVE_WINDOW_MAX_S, Window
from app.decode.hypothesis import DecodeResult, Word
from app.decode.request import DecodeRequest

LOOPS = ("loop", "compression", "capped")
"""Faults for which a longer encoder window alone may help."""

HEARD_S = 0.6
"""With this much voice an empty answer is decoded once more, at the full window: somebody may have spoken."""


@dataclass(frozen=True, slots=True)
class DecodeAttempt:
    """A request whose result is awaited, and what earlier attempts at the same window gave."""

    request: DecodeRequest
    window: Window
    untranslated: UntranslatedSentence | None = None
    """The sentence whose translation this decode is for, or None for the live window."""
    candidate: tuple[Word, ...] = ()
    """The words of the most probable hypothesis that was not believed."""
    candidate_logprob: float = -math.inf
    own: DecodeResult | None = None
    """The result in the current language, if this attempt is in another one for comparison."""

    @property
    def is_last(self) -> bool:
        """Whether no later window will contain this sound: what it gives is committed, or lost."""
        return self.window.is_paused or self.window.reaches(LIVE_WINDOW_MAX_S)

    def note_rejected(self, verdict: FilterVerdict, avg_logprob: float) -> "DecodeAttempt":
        """Return the attempt with the better of two candidates."""
        if not verdict.words or avg_logprob <= self.candidate_logprob:
            return self
        return replace(self, candidate=verdict.words, candidate_logprob=avg_logprob)

    def next(self, verdict: FilterVerdict, language: str) -> "DecodeAttempt | None":
        """Return the attempt that follows a rejected one, None if none is worth its time.

        A running utterance is decoded again soon anyway, so only a loop in a short encoder window is tried again. At
        the end of an utterance every rejected text climbs the whole ladder. An empty answer is tried once more.
        """
        if verdict.is_invented:
            return None
        if not self.is_last and verdict.fault not in LOOPS:
            return None
        once = not self.is_last or verdict.fault == "empty"
        if once and self.request.full_window:
            return None
        if verdict.fault == "empty" and self.window.sound.voiced_s(self.window.cut_s, self.window.end_s) < HEARD_S:
            return None
        request = next_try(replace(self.request, language=language), verdict.fault)
        return None if request is None else replace(self, request=request)
