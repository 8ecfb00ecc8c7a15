"""What a viewer holds of a room's log, small enough for tens of thousands of viewers; pure."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from app.bench.viewer_transport import HeldPosition


@dataclass(frozen=True, slots=True)
class Final:
    """One logged phrase."""

    seq: int
    digest: int
    """Of the phrase's name and text."""


def digest(phrase: str, text: str) -> int:
    """Return the number that stands for a phrase's name and text."""
    return zlib.crc32(f"{phrase} {text}".encode())


class LoggedFinals:
    """All that was logged in a room, to hold viewers against."""

    def __init__(self, finals: Sequence[Final]) -> None:
        """Take the whole log, from seq 1 on."""
        self.last = finals[-1].seq if finals else 0
        self._sums = list(accumulate((final.digest for final in finals), initial=0))

    def digest(self, after: int) -> int:
        """Return the sum of the digests after a seq."""
        return self._sums[-1] - self._sums[after]


class HeldFinals:
    """The finals of one viewer: in order from `begin` to `last`, and what was amiss on the way.

    A log begins at seq 1. A viewer is owed every final after its first snapshot, once, over all its connections.
    """

    __slots__ = ("_begin", "_digest", "_epoch", "_n_missing", "last", "n_duplicated")

    def __init__(self) -> None:
        """Begin without a snapshot."""
        self._epoch: str | None = None
        self._begin = 0
        self._digest = 0
        self._n_missing = 0
        self.last = 0
        """The newest seq held; 0 when none is."""
        self.n_duplicated = 0
        """Finals that came although they were held."""

    @property
    def since(self) -> HeldPosition | None:
        """What the viewer says when it comes back."""
        return None if self._epoch is None else HeldPosition(self._epoch, self.last)

    def forget(self, epoch: str, first: int | None) -> None:
        """Begin anew with the oldest final of a fresh snapshot; what it skips of the same log is missing."""
        self._begin = 0 if first is None else first - 1
        if epoch == self._epoch:
            self._n_missing += max(0, self._begin - self.last)
        self._epoch, self.last, self._digest = epoch, self._begin, 0

    def take(self, final: Final) -> None:
        """Hold one more final; those before it that did not come are missing."""
        if final.seq <= self.last:
            self.n_duplicated += 1
            return
        self._n_missing += final.seq - self.last - 1
        self._digest += final.digest
        self.last = final.seq

    def n_missing(self, told: LoggedFinals) -> int:
        """Count the finals that the viewer was owed and does not hold, at the end."""
        return self._n_missing + max(0, told.last - self.last)

    def is_altered(self, told: LoggedFinals) -> bool:
        """Return whether the viewer holds as many as it should, but not the same."""
        return not self.n_missing(told) and told.digest(self._begin) != self._digest
