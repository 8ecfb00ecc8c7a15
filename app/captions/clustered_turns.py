"""Who speaks when in one session of a microphone that several people share; pure.

Each window of voice is compared with the people of the room. The most likely sequence of people follows, where a change
inside an utterance costs more than one at a pause. A moment belongs to the window whose middle is nearest.
"""

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass

import numpy as np

from app.captions.speaker_clusters import Embedding, HeardPerson, SpeakerClusters

CHANGE_COST = 0.3
"""What a change of speaker inside an utterance costs, in cosine summed over windows."""

MIXED_WINDOWS = 2
"""Windows after a change that contain both voices, so that they say nothing about the new one."""

NEW_MIN_S = 1.0
"""Voice of somebody new that is enough for a number of their own; with less they are nobody yet."""

SHORT_S = 1.0
"""A window with less voice is given to the person it is most like, even if it is not much alike: an interjection."""

SHORT_BONUS = 0.2
"""By how much less alike it may be."""

KEPT_S = 90.0
"""Windows are forgotten after this time: no phrase stays open so long."""


@dataclass(frozen=True, slots=True, eq=False)
class HeardWindow:
    """One window and what the speaker model made of it."""

    start_s: float
    end_s: float
    utterance: int
    embedding: Embedding
    share: float
    """The part of it that no window before contained."""

    @property
    def middle_s(self) -> float:
        """Its middle, on the session's clock."""
        return (self.start_s + self.end_s) / 2


class ClusteredTurns:
    """The turns of one session, as `SpeakerTurns`."""

    def __init__(self, clusters: SpeakerClusters) -> None:
        """Start with no windows; `clusters` are the room's."""
        self._clusters = clusters
        self._windows: deque[HeardWindow] = deque()
        self._people: list[HeardPerson | None] = []
        """Who speaks in each window."""
        self._n_learned = 0
        """Windows at the beginning that were added to their person, or left out."""

    def add(self, start_s: float, end_s: float, utterance: int, embedding: Embedding) -> None:
        """Add the next window of voice; `utterance` is another number after each pause."""
        last = self._windows[-1] if self._windows and self._windows[-1].utterance == utterance else None
        fresh_s = end_s - max(start_s, last.end_s if last else start_s)
        share = fresh_s / max(end_s - start_s, 1e-3)
        self._windows.append(HeardWindow(start_s, end_s, utterance, embedding, share))
        while end_s - self._windows[0].end_s > KEPT_S:
            self._windows.popleft()
            self._n_learned = max(0, self._n_learned - 1)
        self._follow()
        if self._find_new_person():
            self._follow()
        self._learn()

    def label(self, start_s: float, end_s: float) -> str | None:
        """Return the label of the person who speaks in the middle of this time; None if nobody knows."""
        if not self._windows:
            return None
        at_s = (start_s + end_s) / 2
        middles = [window.middle_s for window in self._windows]
        i = bisect_left(middles, at_s)
        near = [j for j in (i - 1, i) if 0 <= j < len(middles)]
        # a window of the utterance that goes on at this moment comes before a nearer one of another utterance
        best = min(near, key=lambda j: (not self._contains(j, at_s), abs(middles[j] - at_s)))
        person = self._people[best]
        return person.label if person is not None and self._is_near(best, at_s) else None

    def _contains(self, number: int, at_s: float) -> bool:
        return self._windows[number].start_s - 0.1 <= at_s <= self._windows[number].end_s + 0.1

    def _is_near(self, number: int, at_s: float) -> bool:
        return self._windows[number].start_s - 1.0 <= at_s <= self._windows[number].end_s + 1.0

    def _follow(self) -> None:
        """Find the most likely sequence of people, by Viterbi's algorithm; the last state is nobody known."""
        people = self._clusters.people
        n_states = len(people) + 1
        total = np.zeros(n_states)
        before: list[np.ndarray[tuple[int], np.dtype[np.intp]]] = []
        utterance = None
        for window in self._windows:
            scores = np.append(self._clusters.scores(window.embedding), 0.0)
            is_short = window.end_s - window.start_s < SHORT_S
            scores[:-1] += SHORT_BONUS * is_short
            cost = CHANGE_COST if window.utterance == utterance else 0.0
            utterance = window.utterance
            best = int(np.argmax(total))
            stays = total >= total[best] - cost
            before.append(np.where(stays, np.arange(n_states), best))
            total = np.where(stays, total, total[best] - cost) + scores
        state = int(np.argmax(total))
        states = [state]
        for choice in reversed(before[1:]):
            state = int(choice[state])
            states.append(state)
        self._people = [people[s] if s < len(people) else None for s in reversed(states)]

    def _find_new_person(self) -> bool:
        """Add somebody if the newest windows are nobody's and contain enough voice; return whether that was so."""
        if self._clusters.is_full:
            return False
        newest = list(self._windows)
        run: list[HeardWindow] = []
        for window, person in zip(reversed(newest), reversed(self._people), strict=True):
            if window.utterance != newest[-1].utterance:
                break
            if person is not None:
                run = run[:-MIXED_WINDOWS]
                break
            run.append(window)
        run.reverse()
        if not run or run[-1].end_s - run[0].start_s < NEW_MIN_S:
            return False
        n_windows = max(1.0, sum(window.share for window in run[1:]) + 1.0)
        self._clusters.add_person([window.embedding for window in run], n_windows)
        self._n_learned = len(newest)
        return True

    def _learn(self) -> None:
        """Add windows to their people, when the windows on both sides agree."""
        windows = list(self._windows)
        for i in range(self._n_learned, len(windows) - 1):
            person = self._people[i]
            is_sure = all(
                self._people[j] is person or windows[j].utterance != windows[i].utterance
                for j in (i - 1, i + 1)
                if j >= 0
            )
            if person is not None and is_sure and windows[i].end_s - windows[i].start_s >= SHORT_S:
                self._clusters.learn(person, windows[i].embedding, windows[i].share)
        self._n_learned = max(self._n_learned, len(windows) - 1)
