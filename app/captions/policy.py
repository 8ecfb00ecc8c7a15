"""Which words are committed, and where a phrase ends; pure.

LocalAgreement on words (Liu et al. 2020; Macháček et al. 2023) with a guard at the edge of the sound: words on which
two successive hypotheses agree, far enough from the edge, are committed and never change again; a doubtful hypothesis
needs the agreement of three. A pause commits all words. A phrase closes at a boundary and its sound is cut away, so
that the cost of a decode does not grow with the meeting.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.captions.boundaries import (
    find_boundary,
    find_context_s,
    find_cut_s,
    find_largest_gap,
    hold_sentence,
    strip_inner_ends,
)
from app.captions.limits import LIMITS, PolicyLimits
from app.captions.matching import count_agreed, count_before_cut, match_committed, take_fresh
from app.captions.sentences import CLAUSE_ENDS, strip_sentence_end
from app.captions.skipped import restore_skipped
from app.captions.windows import ROUNDING_S, Window
from app.decode.hypothesis import Word


@dataclass(frozen=True, slots=True)
class ClosedPhrase:
    """A phrase that is complete."""

    words: tuple[Word, ...]
    cut_s: float
    """Where its sound ends and the words of the next phrase begin."""
    context_s: float
    """Where the sound of the next window begins: at the cut, or before it if the cut is in mid-sentence."""


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
        """The words of the last believed hypothesis after the committed ones."""
        self._rest_before: tuple[Word, ...] = ()
        """The same of the hypothesis before it."""
        self._tail: tuple[Word, ...] = ()
        """The last words of the phrases before."""
        self._cut_last_s = 0.0
        self._n_contradictions = 0
        """Hypotheses in a row that contradicted the committed words."""

    @property
    def committed(self) -> tuple[Word, ...]:
        """Committed words of the open phrase."""
        return tuple(self._committed)

    @property
    def tail(self) -> tuple[Word, ...]:
        """The last words of the closed phrases, oldest first."""
        return self._tail

    def may_commit(self, window: Window) -> bool:
        """Return whether a hypothesis of this window may commit words, and therefore needs their times.

        The first one of a young window cannot: there is nothing it could agree with. If the window begins before the
        cut, times show which words are new.
        """
        is_old = window.end_s - window.cut_s >= self._limits.age_s
        return window.is_paused or is_old or window.context_s > 0 or bool(self._committed or self._rest)

    def fresh_words(self, words: Sequence[Word], window: Window) -> tuple[Word, ...]:
        """Return the words of a hypothesis that were said after the cut."""
        near = [word for word in self._tail if word.end_s > window.start_s - self._limits.echo_s]
        is_timed = any(word.end_s > word.start_s for word in words)
        if not near or not (is_timed or window.context_s):
            return tuple(words)  # nothing to compare with, or a first hypothesis that commits nothing
        return tuple(words)[count_before_cut(near, words, window.cut_s, start_s=window.start_s) :]

    def update(
        self, words: Sequence[Word], window: Window, language: str, *, is_doubtful: bool = False
    ) -> PolicyUpdate:
        """Compare a new hypothesis with the last one, and return what it changed.

        While the utterance runs, a doubtful hypothesis commits only words that the last two also have. At a pause it
        commits its other words too, and marks them doubtful.
        """
        fresh = self.fresh_words(words, window)
        n_matched = match_committed(self._committed, fresh)
        if n_matched is None:
            return self._skip_hypothesis(window, language)
        self._add_punctuation(fresh, n_matched)
        self._n_contradictions = 0
        fresh = take_fresh(self._committed, fresh, n_matched)
        if window.is_paused:
            fresh = restore_skipped(fresh, self._rest, window.sound)
        elif fresh:
            fresh = (*fresh[:-1], replace(fresh[-1], text=strip_sentence_end(fresh[-1].text)))
        n_agreed = count_agreed(fresh, self._rest)
        n_agreed_thrice = min(n_agreed, count_agreed(fresh, self._rest_before))
        n_sure = n_agreed_thrice if is_doubtful else n_agreed
        if is_doubtful and window.is_paused:
            fresh = (*fresh[:n_agreed], *(replace(word, is_doubtful=True) for word in fresh[n_agreed:]))
        n_stable = self._count_stable(fresh, n_sure, n_agreed_thrice, window, is_doubtful=is_doubtful)
        if not window.is_paused:
            n_agreed = max(n_sure, n_stable)
            n_stable = hold_sentence(
                self._committed[-1:], fresh, n_stable, n_agreed, window.sound, language, self._limits
            )
        self._rest_before = self._rest[count_agreed(self._rest, fresh[:n_stable]) :]
        return self._commit(fresh, n_stable, max(n_sure, n_stable), window, language)

    def settle(self, window: Window, language: str, candidate: Sequence[Word] = ()) -> PolicyUpdate:
        """Commit the last believed words, because no decode of the window is believed and no other will come.

        `candidate` is the best text that is not believed. It is committed if it continues the believed words, or if
        there are none. Words without agreement are marked doubtful.
        """
        fresh = self.fresh_words(candidate, window)
        n_matched = match_committed(self._committed, fresh)
        fresh = take_fresh(self._committed, fresh, n_matched) if n_matched is not None else ()
        n_agreed = count_agreed(fresh, self._rest)
        if len(fresh) < len(self._rest) or 2 * n_agreed < len(self._rest):
            fresh, n_agreed = self._rest, count_agreed(self._rest, self._rest_before)
        fresh = (*fresh[:n_agreed], *(replace(word, is_doubtful=True) for word in fresh[n_agreed:]))
        self._rest_before = ()
        if window.is_paused:
            return self._commit(fresh, len(fresh), len(fresh), window, language)
        self._rest = fresh
        return self._build_update(self._force_close(window, language), window)

    def preview(self, words: Sequence[Word], window: Window) -> PolicyUpdate | None:
        """Return what a draft shows after the committed words, None if it contradicts them; changes nothing.

        Its last word is left out, since it is often half a word.
        """
        fresh = self.fresh_words(words, window)
        n_matched = match_committed(self._committed, fresh)
        if n_matched is None:
            return None
        return PolicyUpdate((), self.committed, take_fresh(self._committed, fresh, n_matched)[:-1])

    def close(self, window: Window, language: str) -> PolicyUpdate:
        """Close the open phrase after its last committed word; the sound after that must be decoded again."""
        cut_s = self._cut_after(len(self._committed) - 1, window) if self._committed else window.cut_s
        return self.close_at(cut_s, language)

    def close_at(self, cut_s: float, language: str) -> PolicyUpdate:
        """Close the open phrase with its committed words at a moment of silence; nothing after them was said."""
        closed = [self._split_off(len(self._committed), cut_s, language)] if self._committed else []
        self._rest = self._rest_before = ()
        self._n_contradictions = 0
        return PolicyUpdate(tuple(closed), (), ())

    def _commit(
        self, fresh: tuple[Word, ...], n_stable: int, n_agreed: int, window: Window, language: str
    ) -> PolicyUpdate:
        """Commit the first `n_stable` words, keep the others as the rest, and close what is complete."""
        n_solid = len(self._committed)
        self._committed += strip_inner_ends(fresh, n_stable, window.sound, language, self._limits)
        self._rest = fresh[n_stable:]
        closed = self._close_complete(window, language, n_solid, n_followed=n_agreed - n_stable)
        if not closed and not window.is_paused:
            closed = self._close_long(window, language, n_solid)
        if window.is_paused:
            self._rest = self._rest_before = ()
        return self._build_update(closed, window)

    def _count_stable(
        self, fresh: tuple[Word, ...], n_sure: int, n_agreed_thrice: int, window: Window, *, is_doubtful: bool
    ) -> int:
        """Return how many of the fresh words can be committed now."""
        if window.is_paused:
            return len(fresh)
        edge_s = window.end_s - self._limits.guard_s
        n_stable = 0
        for i, word in enumerate(fresh):
            is_probable = not is_doubtful and word.probability >= self._limits.age_probability
            is_old = is_probable and word.end_s <= window.end_s - self._limits.age_s
            if word.end_s > edge_s or not (i < n_sure or is_old):
                break
            n_stable = i + 1
        if n_stable and not self._committed and not self._is_first_word_sure(fresh[0], n_sure, n_agreed_thrice):
            return 0
        return n_stable

    def _is_first_word_sure(self, word: Word, n_agreed: int, n_agreed_thrice: int) -> bool:
        """Return whether a phrase may begin with a word: if it is wrong, the whole phrase is compared with it."""
        is_probable = word.probability >= self._limits.first_probability
        return (is_probable and n_agreed >= self._limits.first_words) or n_agreed_thrice >= 1 or n_agreed == 0

    def _skip_hypothesis(self, window: Window, language: str) -> PolicyUpdate:
        """Ignore a hypothesis that contradicts the committed words; close the phrase if the next one does too.

        The phrase also closes if there will be no next one. The sound after its committed words is then decoded again,
        so that no speech is lost.
        """
        self._n_contradictions += 1
        is_long = window.reaches(self._limits.force_s)
        if window.is_paused or is_long or self._n_contradictions >= self._limits.contradictions:
            update = self.close(window, language)
            return replace(update, is_contradicted=True)
        return replace(self._build_update([], window), is_contradicted=True)

    def _close_complete(self, window: Window, language: str, n_solid: int, *, n_followed: int) -> list[ClosedPhrase]:
        """Close every phrase that is complete.

        `n_solid` words were committed before and stay in the first of them; `n_followed` words of the rest are agreed.
        """
        closed: list[ClosedPhrase] = []
        start_s = window.cut_s
        while True:
            i = find_boundary(self._committed, self._rest, window, start_s, language, n_solid, n_followed, self._limits)
            if i is None:
                break
            is_last = window.is_paused and i == len(self._committed) - 1
            cut_s = self._cut_at_pause(window) if is_last else self._cut_after(i, window)
            closed.append(self._split_off(i + 1, cut_s, language))
            start_s, n_solid = cut_s, 0
        return closed

    def _close_long(self, window: Window, language: str, n_solid: int) -> list[ClosedPhrase]:
        """Close the phrase of a long window at the largest gap; of the longest window, at any price."""
        closed = self._close_at_gap(window, language, n_solid) if window.reaches(self._limits.hard_s) else []
        if window.reaches(self._limits.force_s) and not closed:
            closed = self._force_close(window, language)
        return closed

    def _close_at_gap(self, window: Window, language: str, n_solid: int) -> list[ClosedPhrase]:
        """Close a long phrase at the largest gap between its words."""
        i = find_largest_gap(self._committed, self._rest, window.end_s, n_solid, self._limits)
        return [] if i is None else [self._split_off(i + 1, self._cut_after(i, window), language)]

    def _force_close(self, window: Window, language: str) -> list[ClosedPhrase]:
        """Close the phrase with all words of the last hypothesis except the newest, with or without agreement."""
        last_s = window.end_s - self._limits.force_keep_s
        n_old = sum(word.end_s <= last_s for word in self._rest)
        self._committed += [replace(word, is_doubtful=True) for word in self._rest[:n_old]]
        self._rest, self._rest_before = self._rest[n_old:], ()
        if not self._committed:
            return []
        silent_until_s = min(last_s, self._rest[0].start_s) if self._rest else last_s
        cut_s = max(self._cut_after(len(self._committed) - 1, window), silent_until_s)
        return [self._split_off(len(self._committed), cut_s, language)]

    def _cut_after(self, i: int, window: Window) -> float:
        """Return where to cut after committed word i."""
        following = self._committed[i + 1] if i + 1 < len(self._committed) else next(iter(self._rest), None)
        return find_cut_s(self._committed[i], following, window)

    def _cut_at_pause(self, window: Window) -> float:
        """Return where to cut when the last word is before a pause."""
        return max(min(self._committed[-1].end_s, window.end_s), window.end_s - self._limits.pause_keep_s)

    def _split_off(self, n_words: int, cut_s: float, language: str) -> ClosedPhrase:
        phrase = tuple(self._committed[:n_words])
        del self._committed[:n_words]
        self._tail = (*self._tail, *phrase)[-self._limits.tail_words :]
        # phrase names come from cut times, so cuts must increase, even if alignment gives two words the same time
        self._cut_last_s = max(cut_s, self._cut_last_s + 0.02)
        context_s = find_context_s(self._tail, self._cut_last_s, language, self._limits)
        return ClosedPhrase(phrase, self._cut_last_s, context_s)

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
        if tentative and not window.is_paused and window.sound.voiced_s(quiet_since_s, window.end_s) > ROUNDING_S:
            tentative = tentative[:-1]
        return PolicyUpdate(tuple(closed), tuple(self._committed), tentative)
