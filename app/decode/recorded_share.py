"""How many windows of files may be decoded in one batch beside live streams; pure."""

BESIDE_S = 0.25
"""How long a batch of files may take while live streams share the device: half the bound for live waits, so that a live
window that just missed a lane is still in time."""


class RecordedShare:
    """Follows the time of batches of files: larger ones while they are short, smaller ones when they take too long."""

    def __init__(self) -> None:
        """Start with one window in a batch."""
        self._n_rows = 1

    def rows_max(self, *, is_live: bool, is_in_flight: bool) -> int | None:
        """Return how many windows of files the next batch may contain; None for any number, 0 for none.

        `is_live`: whether there are live streams; then one batch of files at a time is decoded.
        """
        if not is_live:
            return None
        return 0 if is_in_flight else self._n_rows

    def add(self, n_rows: int, took_s: float) -> None:
        """Count a batch of files that was decoded beside live streams."""
        if took_s > BESIDE_S:
            self._n_rows = max(1, min(self._n_rows, int(n_rows * BESIDE_S / took_s)))
        elif n_rows >= self._n_rows and took_s <= BESIDE_S / 2:
            self._n_rows *= 2
