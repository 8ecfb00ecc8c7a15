"""The people who were heard in one room, each as the mean of embeddings; pure, and in memory only.

A new person needs a second or more of a voice that is like nobody's so far. How alike a window and a mean must be
depends on how much the mean has heard: with similarity r between two windows of one person, a window and the mean of n
others have r / sqrt(r + (1 - r) / n).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Embedding = NDArray[np.float32]
"""What a speaker model makes of a window, of length 1, shape (size,)."""

LABEL = "Speaker {number}"
"""How people are called until somebody gives them a name."""

PEOPLE_MAX = 8
"""Most people in one room. Somebody else is taken for the person who sounds most like them."""


@dataclass(frozen=True, slots=True)
class ClusterLimits:
    """Least similarity at which two windows are one person."""

    similarity: float = 0.4
    """Cosine of two windows from which on one person is likely; depends on the speaker model."""
    people_max: int = PEOPLE_MAX

    def least(self, n_windows: float) -> float:
        """Return the least cosine of a window and a mean of so many windows of one person."""
        r = self.similarity
        return r / math.sqrt(r + (1 - r) / max(1.0, n_windows))


@dataclass(slots=True, eq=False)
class HeardPerson:
    """One person: the sum of what was heard of them."""

    number: int
    total: Embedding
    n_windows: float = 1.0
    """Windows in the sum; a window that overlaps another counts less than one."""

    @property
    def label(self) -> str:
        """What stands before their words."""
        return LABEL.format(number=self.number)

    @property
    def mean(self) -> Embedding:
        """Their embedding, of length 1."""
        return unit(self.total)


@dataclass(slots=True, eq=False)
class SpeakerClusters:
    """Everybody who was heard in one room, in the order in which they first spoke."""

    limits: ClusterLimits = ClusterLimits()
    first_number: int = 1
    """Number of the first person: after a restart those before it belong to people whose voices are forgotten."""
    people: list[HeardPerson] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether nobody else gets a number."""
        return len(self.people) >= self.limits.people_max

    def scores(self, embedding: Embedding) -> NDArray[np.float32]:
        """Return how much more like each person than necessary a window is, in cosine; shape (n_people,)."""
        cosines = [float(embedding @ one.mean) - self.limits.least(one.n_windows) for one in self.people]
        return np.array(cosines, np.float32)

    def add_person(self, windows: Sequence[Embedding], n_windows: float) -> HeardPerson:
        """Add somebody who was heard in these windows, which overlap and count as `n_windows`."""
        mean = unit(np.sum(windows, axis=0))
        person = HeardPerson(self.first_number + len(self.people), mean * np.float32(n_windows), n_windows)
        self.people.append(person)
        return person

    def forget(self) -> None:
        """Forget everybody; nobody else gets their numbers."""
        self.first_number += len(self.people)
        self.people.clear()

    def learn(self, person: HeardPerson, embedding: Embedding, share: float) -> None:
        """Add a window to a person; `share` is the part of it that no window before contained."""
        person.total = person.total + embedding * np.float32(share)
        person.n_windows += share


def unit(vector: Embedding) -> Embedding:
    """Return the vector with length 1; zeros stay."""
    return vector / np.float32(max(float(np.linalg.norm(vector)), 1e-9))
