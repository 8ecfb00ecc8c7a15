"""The sequence number of the next caption: continues after restarts and unanswered captions."""

from typing import Protocol

GIVEN_UP_IN_A_ROW = 3
"""After this many given up captions in a row, the last number is queried again."""


class SequenceCounter(Protocol):
    """Stores the number of the last caption that one address accepted, across restarts."""

    def read(self) -> int | None:
        """Return the number; None if there is none."""

    def write(self, number: int) -> None:
        """Store the number."""


class MemoryCounter:
    """Stores the number in memory."""

    def __init__(self) -> None:
        """Start with no number."""
        self._number: int | None = None

    def read(self) -> int | None:
        """Return the number; None if there is none."""
        return self._number

    def write(self, number: int) -> None:
        """Store the number."""
        self._number = number


class CaptionNumbering:
    """Numbers the captions of one address.

    Zoom numbers captions and reports the last number; YouTube numbers them but does not report it; Teams has no
    numbers.
    """

    def __init__(self, counter: SequenceCounter, *, is_numbered: bool, can_query: bool) -> None:
        """Continue after the stored number; `can_query` says whether the server reports its last number."""
        self._counter = counter
        self.is_numbered = is_numbered
        """Whether captions carry a number."""
        self._can_query = is_numbered and can_query
        self.needs_query = self._can_query
        """Whether the last number must be queried before the next caption is sent."""
        last = counter.read()
        self.number = 0 if last is None else last + 1
        """Of the next new caption."""
        self._unconfirmed: int | None = None
        """Number of a caption that was given up, but may have arrived."""
        self._n_given_up = 0
        """Captions given up one after the other."""

    @property
    def can_query(self) -> bool:
        """Whether the server reports its last number."""
        return self._can_query

    def require_query(self) -> None:
        """Query the last number before the next caption, if the server reports it."""
        self.needs_query = self._can_query

    def stop_queries(self) -> None:
        """Stop querying, because the server does not report its last number."""
        self.needs_query = self._can_query = False

    def is_late_arrival(self, last: int) -> bool:
        """Return whether the server's last number proves that a caption that was given up has arrived."""
        return self._unconfirmed is not None and last >= self._unconfirmed

    def continue_after(self, last: int) -> None:
        """Continue after the last number that the server reports."""
        self._unconfirmed = None
        self.number = last + 1
        self.needs_query = False

    def accept(self) -> None:
        """Count on after a caption that was accepted."""
        if self.is_numbered:
            self._counter.write(self.number)
        self.number += 1
        self._n_given_up, self._unconfirmed = 0, None
        self.needs_query = False

    def skip_unconfirmed(self) -> None:
        """Use the next number after a caption that may have used its number and is not sent again."""
        if self._can_query:
            # once the server has reported its number, the caption did not arrive, and the next one has that number
            self._unconfirmed = self.number if self.needs_query else None
        elif self.is_numbered:
            self.number += 1

    def forget_unconfirmed(self) -> None:
        """Forget the caption that may have arrived: it was withdrawn, and does not count as given up."""
        self._unconfirmed = None

    def count_given_up(self) -> None:
        """Count a caption that was given up; after GIVEN_UP_IN_A_ROW of them the last number is queried again."""
        self._n_given_up += 1
        if self._n_given_up % GIVEN_UP_IN_A_ROW == 0:
            self.require_query()
