"""Decides which language is spoken: a fixed one, or the detected one, without switching at every doubt; pure."""

from dataclasses import dataclass

from app.decode.hypothesis import LanguageDetection

SPEECH_MIN_S = 1.5
"""Less speech decides nothing: "Okay, super." is detected as English after any language."""

PRIOR = 0.8
"""Probability of the current language before anything is heard: speakers seldom change their language."""

LIKELY = 0.6
"""Probability of another language, prior included, that makes it the current one at the start of an utterance, and that
counts as a vote in a running one. It must be six times as probable by its sound."""

FLOOR = 0.25
"""A language less probable than this among all that the model knows is never switched to. In noise every language has
little, and the first of two allowed ones may have .02 against .011."""

VOTES_APART_S = 1.5
"""Time between the two votes that a switch in a running utterance needs, so that one odd word cannot switch."""

UNCLEAR_S = 6.0
"""Until this much speech the start of an utterance is detected again if another language leads, but not by enough."""

RECHECK_S = 10.0
"""Time between two detections in a running utterance."""

RIVAL_FLOOR = 0.1
"""A short utterance is decoded in another language too if that is at least this probable among all."""

RIVAL_MARGIN = 0.3
"""By this much the mean log-probability of the decode in the other language must be better. It is a guess, since no
real weights were at hand: the right language gains about 0.5, and two decodes of the same words differ by about 0.1."""


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
        self._is_confirmed = False
        """Whether enough speech was in the current language."""
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

        At the start of an utterance one likely detection is enough; later a switch needs two.
        """
        if self._fixed is not None:
            return False
        self._asked_s, self._is_doubted = at_s, False
        is_enough = speech_s >= SPEECH_MIN_S
        if self._current is None:
            self._current, self._is_settled, self._is_confirmed = detection.language, is_enough, is_enough
            return False
        if not is_enough:
            return False
        if detection.language == self._current:
            self._is_settled, self._is_confirmed, self._vote = True, True, None
            return False
        is_likely = self._is_likely(detection)
        if not self._is_settled:
            self._is_settled = is_likely or speech_s >= UNCLEAR_S
            return is_likely and self._switch(detection.language)
        if not is_likely:
            self._vote = None
        elif self._vote is None or self._vote.language != detection.language:
            self._vote = _Vote(detection.language, at_s)
        elif at_s - self._vote.at_s >= VOTES_APART_S:
            return self._switch(detection.language)
        return False

    def note_doubt(self, *, is_doubted: bool) -> None:
        """Record whether the last text was less sure than usual, as in a wrong language; then detection is due."""
        self._is_doubted = self._is_settled and is_doubted

    def rival(self, detection: LanguageDetection, speech_s: float) -> str | None:
        """Return another language in which a short utterance should be decoded too, if there is one."""
        if self._fixed is not None or speech_s >= SPEECH_MIN_S or detection.language == self._current:
            return None
        share = detection.shares.get(detection.language, detection.probability)
        return detection.language if share >= RIVAL_FLOOR else None

    def prefers_rival(self, rival_logprob: float, own_logprob: float) -> bool:
        """Return whether the decode in the rival language is clearly the better one."""
        return rival_logprob >= own_logprob + RIVAL_MARGIN

    def _is_likely(self, detection: LanguageDetection) -> bool:
        """Return whether the detected language is more likely than the current one, prior included.

        A current language that was never confirmed by enough speech has no prior.
        """
        share = detection.shares.get(detection.language, detection.probability)
        current_share = detection.shares.get(self._current or "", 0.0) if detection.shares else 1.0 - share
        prior = PRIOR if self._is_confirmed else 0.5
        weight, current_weight = share * (1 - prior), current_share * prior
        return share >= FLOOR and weight >= LIKELY * (weight + current_weight)

    def _switch(self, language: str) -> bool:
        self._current, self._vote = language, None
        self._is_settled = self._is_confirmed = True
        return True
