"""Checks that a viewer received every final of a room's log, in little memory for each viewer; pure."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from app.bench.viewer_transport import ResumePosition


@dataclass(frozen=True, slots=True)
class Final:
    """One logged event of a phrase."""

    seq: int
    digest: int
    """Checksum of the phrase's name and text."""


def compute_digest(phrase: str, text: str) -> int:
    """Return the checksum of a phrase's name and text."""
    return zlib.crc32(f"{phrase} {text}".encode())


class LoggedFinals:
    """All finals of a room's log, to compare viewers with."""

    def __init__(self, finals: Sequence[Final]) -> None:
        """Take the whole log, from seq 1 on."""
        self.last = finals[-1].seq if finals else 0
        self._sums = list(accumulate((final.digest for final in finals), initial=0))

    def digest(self, after: int) -> int:
        """Return the sum of the digests after a seq."""
        return self._sums[-1] - self._sums[after]


class ReceivedFinals:
    """The finals that one viewer received, as a range with a checksum, and counts of errors.

    A log begins at seq 1. A viewer must get every final after its first snapshot once, over all its connections.
    """

    __slots__ = ("_begin", "_digest", "_epoch", "_n_missing", "last", "n_duplicated")

    def __init__(self) -> None:
        """Start without a snapshot."""
        self._epoch: str | None = None
        self._begin = 0
        self._digest = 0
        self._n_missing = 0
        self.last = 0
        """The newest seq received; 0 for none."""
        self.n_duplicated = 0
        """Finals that came again."""

    @property
    def since(self) -> ResumePosition | None:
        """Where the viewer resumes when it reconnects."""
        return None if self._epoch is None else ResumePosition(self._epoch, self.last)

    def restart(self, epoch: str, first: int | None) -> None:
        """Start again at the oldest final of a fresh snapshot; finals of the same log that it skips are missing."""
        self._begin = 0 if first is None else first - 1
        if epoch == self._epoch:
            self._n_missing += max(0, self._begin - self.last)
        self._epoch, self.last, self._digest = epoch, self._begin, 0

    def take(self, final: Final) -> None:
        """Add a final; earlier ones that were not received are missing."""
        if final.seq <= self.last:
            self.n_duplicated += 1
            return
        self._n_missing += final.seq - self.last - 1
        self._digest += final.digest
        self.last = final.seq

    def n_missing(self, log: LoggedFinals) -> int:
        """Count the finals that the viewer did not get; called at the end."""
        return self._n_missing + max(0, log.last - self.last)

    def is_altered(self, log: LoggedFinals) -> bool:
        """Return whether the viewer got the right number of finals, but with different texts."""
        return not self.n_missing(log) and log.digest(self._begin) != self._digest
