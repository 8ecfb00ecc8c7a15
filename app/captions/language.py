"""Decides which language is spoken: a fixed one, or the detected one, without switching at every doubt; pure."""

from dataclasses import dataclass

from app.decode.hypothesis import LanguageDetection

SPEECH_MIN_S = 1.5
"""Detection from less speech than this is too uncertain for a decision."""

SURE = 0.8
"""Probability that counts as a vote for a switch in mid-utterance; two votes are needed, ..."""

VOTES_APART_S = 1.5
"""... this far apart, so that one odd word cannot switch."""

LIKELY = 0.6
"""Probability that is enough at the start of an utterance, where a change of speaker is likely."""

RECHECK_S = 10.0
"""Time between two detections in a running utterance."""

DOUBT_LOGPROB = -0.8
"""Below this log-probability the language may be wrong, so the next decode detects it again."""


@dataclass(frozen=True, slots=True)
class _Vote:
    language: str
    at_s: float


class LanguageFollower:
    """Follows the language of one source."""

    def __init__(self, fixed: str | None, allowed: tuple[str, ...] = ()) -> None:
        """Follow the spoken language among `allowed` (empty: any), or stay with `fixed`."""
        if fixed is None and len(allowed) == 1:
            fixed = allowed[0]
        self._fixed = fixed
        self.allowed = allowed
        self._current = fixed
        self._is_settled = False
        """Whether this utterance has had enough speech for a decision."""
        self._asked_s = 0.0
        self._is_doubted = False
        self._vote: _Vote | None = None

    @property
    def current(self) -> str | None:
        """The language to decode in; None until one is detected."""
        return self._current

    def begin_utterance(self) -> None:
        """Start the next utterance, which may be in another language."""
        self._is_settled = False
        self._vote = None

    def should_detect(self, at_s: float) -> bool:
        """Return whether the decode of sound up to `at_s` should detect the language."""
        if self._fixed is not None:
            return False
        return not self._is_settled or self._is_doubted or self._vote is not None or at_s - self._asked_s >= RECHECK_S

    def update(self, detection: LanguageDetection, *, at_s: float, speech_s: float) -> bool:
        """Follow a detection from a window with `speech_s` of speech; return whether the language changes.

        At the start of an utterance one likely detection is enough; later a switch needs two confident ones.
        """
        if self._fixed is not None:
            return False
        self._asked_s, self._is_doubted = at_s, False
        if self._current is None:
            self._current = detection.language
            self._is_settled = speech_s >= SPEECH_MIN_S
            return False
        if detection.language == self._current:
            self._is_settled = self._is_settled or speech_s >= SPEECH_MIN_S
            self._vote = None
            return False
        if not self._is_settled:
            self._is_settled = speech_s >= SPEECH_MIN_S
            if detection.probability >= LIKELY:
                self._current = detection.language
                return True
            return False
        if detection.probability < SURE:
            self._vote = None
            return False
        if self._vote and self._vote.language == detection.language and at_s - self._vote.at_s >= VOTES_APART_S:
            self._current, self._vote = detection.language, None
            return True
        self._vote = self._vote if self._vote and self._vote.language == detection.language else None
        self._vote = self._vote or _Vote(detection.language, at_s)
        return False

    def note_confidence(self, avg_logprob: float) -> None:
        """Record how confident the model was of its last text."""
        self._is_doubted = self._is_settled and avg_logprob < DOUBT_LOGPROB

    def rival(self, detection: LanguageDetection, speech_s: float) -> str | None:
        """Return another language in which a short utterance should be decoded too, if there is one."""
        return None

    def prefers_rival(self, rival_logprob: float, own_logprob: float) -> bool:
        """Return whether the decode in the rival language is clearly the better one."""
        return rival_logprob > own_logprob
