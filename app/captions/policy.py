"""Which words are committed, and where a phrase ends; pure.

LocalAgreement on words (Liu et al. 2020; Macháček et al. 2023) with a guard at the edge of the sound: words on which
two successive hypotheses agree, far enough from the edge, are committed and never change again. A phrase closes at a
boundary and its sound is cut away, so that the cost of a decode does not grow with the meeting.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.captions.matching import count_agreed, count_repeated, match_committed
from app.captions.sentences import CLAUSE_ENDS, SENTENCE_ENDS, strip_sentence_end
from app.captions.windows import LIVE_WINDOW_MAX_S, ROUNDING_S, Window
from app.decode.hypothesis import Word


@dataclass(frozen=True, slots=True)
class PolicyLimits:
    """The constants of the policy, in seconds unless noted otherwise, each with its reason."""

    guard_s: float = 0.5
    """A word that ends closer to the edge may be cut off or guessed (25 frames, SimulStreaming's default)."""
    age_s: float = 3.0
    """A word this old is committed without agreement, because the model has had its context for long enough, ..."""
    age_probability: float = 0.5
    """... if forced alignment gives it at least this probability."""
    gap_s: float = 0.6
    """A pause between two words that ends a phrase; shorter ones are breath."""
    soft_s: float = 8.0
    """At this length a phrase also closes at a clause: windows stay below 8.9 s, the shortest encoder length."""
    soft_words: int = 4
    """Fewest words of a clause that may be a phrase of its own."""
    hard_s: float = 12.0
    """At this length a phrase closes at the largest gap: windows stay below 14 s, the second encoder length."""
    hard_newest_s: float = 2.0
    """The hard cut comes after a word older than this, whose neighbours are settled, ..."""
    hard_oldest_s: float = 5.0
    """... and younger than this, so that not half the phrase is left for the next one."""
    force_s: float = LIVE_WINDOW_MAX_S
    """At this length the phrase is cut even without agreement, or the window would exceed its encoder length."""
    force_keep_s: float = 3.0
    """Sound that a forced cut leaves for the next phrase."""
    hold_silence_s: float = 0.3
    """The last word of a hypothesis is shown only after this much silence; before, it is often half a word."""
    contradictions: int = 2
    """After this many hypotheses in a row without the committed words, the phrase closes and the rest is decoded
    again."""
    join_s: float = 0.4
    """Words that begin this soon after a cut and repeat the words before it are duplicates."""


LIMITS = PolicyLimits()


@dataclass(frozen=True, slots=True)
class ClosedPhrase:
    """A phrase that is complete."""

    words: tuple[Word, ...]
    cut_s: float
    """Where its sound ends and the sound of the next phrase begins."""


@dataclass(frozen=True, slots=True)
class PolicyUpdate:
    """What one hypothesis changed."""

    closed: tuple[ClosedPhrase, ...]
    """Phrases that are now complete, in order."""
    committed: tuple[Word, ...]
    """Committed words of the phrase that is open now."""
    tentative: tuple[Word, ...]
    """Words after them that may still change."""
    is_contradicted: bool = False
    """Whether the hypothesis contradicted the committed words; if a phrase closed, the rest is decoded again."""


class Policy:
    """Commits the words of one source; all times are on the session's clock."""

    def __init__(self, limits: PolicyLimits = LIMITS) -> None:
        """Start with no words."""
        self._limits = limits
        self._committed: list[Word] = []
        self._rest: tuple[Word, ...] = ()
        """The words of the last hypothesis after the committed ones."""
        self._tail: tuple[Word, ...] = ()
        """The last words of the previous phrase."""
        self._cut_last_s = 0.0
        self._n_contradictions = 0
        """Hypotheses in a row that contradicted the committed words."""

    @property
    def committed(self) -> tuple[Word, ...]:
        """Committed words of the open phrase."""
        return tuple(self._committed)

    def may_commit(self, window: Window) -> bool:
        """Return whether a hypothesis of this window may commit words, and therefore needs their times.

        The first one of a young window cannot: there is nothing it could agree with.
        """
        is_old = window.end_s - window.start_s >= self._limits.age_s
        return window.is_ended or is_old or bool(self._committed or self._rest)

    def update(self, words: Sequence[Word], window: Window, *, is_doubtful: bool = False) -> PolicyUpdate:
        """Compare a new hypothesis with the last one, and return what it changed.

        A doubtful hypothesis commits nothing while the utterance runs; at its end it commits only what the last one
        also had.
        """
        words = tuple(words)[count_repeated(self._tail, words, window.start_s + self._limits.join_s) :]
        n_matched = match_committed(self._committed, words)
        if n_matched is None:
            return self._skip_hypothesis(window)
        self._add_punctuation(words, n_matched)
        self._n_contradictions = 0
        fresh = words[n_matched:]
        if fresh and not window.is_ended:
            fresh = (*fresh[:-1], _strip_end(fresh[-1]))
        n_agreed = count_agreed(fresh, self._rest)
        n_stable = self._count_stable(fresh, n_agreed, window, is_doubtful)
        n_solid = len(self._committed)
        self._committed += fresh[:n_stable]
        self._rest = fresh[n_stable:]
        closed = self._close_complete(window, n_solid, is_followed=n_agreed > n_stable)
        if window.is_ended:
            self._rest = ()
        return self._build_update(closed, window)

    def preview(self, words: Sequence[Word]) -> PolicyUpdate | None:
        """Return what a draft shows after the committed words, None if it contradicts them; changes nothing.

        Its last word is left out, since it is often half a word.
        """
        n_matched = match_committed(self._committed, words)
        return None if n_matched is None else PolicyUpdate((), self.committed, tuple(words)[n_matched:-1])

    def close(self, window: Window) -> PolicyUpdate:
        """Close the open phrase after its last committed word; the sound after that must be decoded again."""
        cut_s = self._find_cut_s(len(self._committed) - 1, window) if self._committed else window.start_s
        closed = [self._split_off(len(self._committed), cut_s)] if self._committed else []
        self._rest = ()
        self._n_contradictions = 0
        return self._build_update(closed, window)

    def _count_stable(self, fresh: tuple[Word, ...], n_agreed: int, window: Window, is_doubtful: bool) -> int:
        """Return how many of the fresh words can be committed now."""
        if window.is_ended and not is_doubtful:
            return len(fresh)
        edge_s = window.end_s - (0.0 if window.is_ended else self._limits.guard_s)
        n_stable = 0
        if is_doubtful and not window.is_ended:
            return 0
        for i, word in enumerate(fresh):
            is_sure = not is_doubtful and word.probability >= self._limits.age_probability
            is_old = is_sure and word.end_s <= window.end_s - self._limits.age_s
            if word.end_s > edge_s or not (i < n_agreed or is_old):
                break
            n_stable = i + 1
        return n_stable

    def _skip_hypothesis(self, window: Window) -> PolicyUpdate:
        """Ignore a hypothesis that contradicts the committed words; close the phrase if the next one does too.

        The phrase also closes if there will be no next one. The sound after its committed words is then decoded again,
        so that no speech is lost.
        """
        self._n_contradictions += 1
        is_long = window.reaches(self._limits.force_s)
        if window.is_ended or is_long or self._n_contradictions >= self._limits.contradictions:
            update = self.close(window)
            return replace(update, is_contradicted=True)
        return replace(self._build_update([], window), is_contradicted=True)

    def _close_complete(self, window: Window, n_solid: int, *, is_followed: bool) -> list[ClosedPhrase]:
        """Close every phrase that is complete; `n_solid` words were committed before and stay in the first of them."""
        closed: list[ClosedPhrase] = []
        start_s = window.start_s
        while (i := self._find_boundary(window, start_s, n_solid, is_followed=is_followed)) is not None:
            is_last = window.is_ended and i == len(self._committed) - 1
            cut_s = window.end_s if is_last else self._find_cut_s(i, window)
            closed.append(self._split_off(i + 1, cut_s))
            start_s, n_solid = cut_s, 0
        if not window.is_ended and window.end_s - start_s >= self._limits.force_s - ROUNDING_S:
            closed += self._force_close(window)
        return closed

    def _force_close(self, window: Window) -> list[ClosedPhrase]:
        """Close the phrase with all words of the last hypothesis except the newest, with or without agreement."""
        last_s = window.end_s - self._limits.force_keep_s
        n_old = sum(word.end_s <= last_s for word in self._rest)
        self._committed += self._rest[:n_old]
        self._rest = self._rest[n_old:]
        if not self._committed:
            return []
        silent_until_s = min(last_s, self._rest[0].start_s) if self._rest else last_s
        cut_s = max(self._find_cut_s(len(self._committed) - 1, window), silent_until_s)
        return [self._split_off(len(self._committed), cut_s)]

    def _find_boundary(self, window: Window, start_s: float, n_solid: int, *, is_followed: bool) -> int | None:
        """Return the index of the committed word that the first complete phrase ends with.

        A phrase never ends before a word that readers have seen as a committed part of it.
        """
        words, limits = self._committed, self._limits
        length_s = window.end_s - start_s
        for i in range(max(0, n_solid - 1), len(words)):
            word = words[i]
            is_last = i == len(words) - 1
            if is_last and window.is_ended:
                return i
            if is_last and not is_followed:
                break
            if word.text.endswith(SENTENCE_ENDS):
                return i
            following = words[i + 1] if not is_last else self._rest[0]
            gap_s = following.start_s - word.end_s
            voiced_s = window.sound.voiced_s(word.end_s, following.start_s) if gap_s >= limits.gap_s else gap_s
            if gap_s - voiced_s > limits.gap_s / 2:
                return i
            if length_s > limits.soft_s and i + 1 >= limits.soft_words and word.text.endswith(CLAUSE_ENDS):
                return i
        if length_s > limits.hard_s:
            return self._find_largest_gap(window, n_solid)
        return None

    def _find_largest_gap(self, window: Window, n_solid: int) -> int | None:
        """Return the word before the largest gap among committed words of the right age, or the last word."""
        words, limits = self._committed, self._limits
        ages = {i: window.end_s - words[i].end_s for i in range(max(0, n_solid - 1), len(words))}
        chosen = [i for i, age_s in ages.items() if limits.hard_newest_s <= age_s <= limits.hard_oldest_s]
        if not chosen:  # all committed words are older: all of them are the phrase
            return len(words) - 1 if words and ages[len(words) - 1] > limits.hard_oldest_s else None
        following = [*words[1:], *self._rest[:1]]
        gaps = {i: following[i].start_s - words[i].end_s for i in chosen if i < len(following)}
        return max(gaps, key=lambda i: (gaps[i], i)) if gaps else chosen[-1]

    def _find_cut_s(self, i: int, window: Window) -> float:
        """Return the quietest moment between committed word i and the word after it."""
        following = self._committed[i + 1] if i + 1 < len(self._committed) else next(iter(self._rest), None)
        end_s = self._committed[i].end_s
        upto_s = max(following.start_s, end_s) if following else min(end_s + 0.2, window.end_s)
        return min(window.end_s, window.sound.quietest_s(end_s - 0.05, upto_s + 0.05))

    def _split_off(self, n_words: int, cut_s: float) -> ClosedPhrase:
        phrase = tuple(self._committed[:n_words])
        del self._committed[:n_words]
        self._tail = phrase[-5:]
        # phrase names come from cut times, so cuts must increase, even if alignment gives two words the same time
        self._cut_last_s = max(cut_s, self._cut_last_s + 0.02)
        return ClosedPhrase(phrase, self._cut_last_s)

    def _add_punctuation(self, words: tuple[Word, ...], n_matched: int) -> None:
        """Add the punctuation that the model writes after the newest committed word once it has heard more."""
        if not self._committed or not n_matched:
            return
        old, new = self._committed[-1], words[n_matched - 1]
        if n_matched < len(words) and new.text.startswith(old.text) and new.text[len(old.text) :] in CLAUSE_ENDS:
            self._committed[-1] = replace(old, text=new.text)

    def _build_update(self, closed: Sequence[ClosedPhrase], window: Window) -> PolicyUpdate:
        tentative = self._rest
        quiet_since_s = window.end_s - self._limits.hold_silence_s
        if tentative and not window.is_ended and window.sound.voiced_s(quiet_since_s, window.end_s) > 0:
            tentative = tentative[:-1]
        return PolicyUpdate(tuple(closed), tuple(self._committed), tentative)


def _strip_end(word: Word) -> Word:
    """Return the word without the full stop that Whisper writes wherever the sound stops."""
    return replace(word, text=strip_sentence_end(word.text))
