"""Decides which phrases were said while the screens were hidden, and must never be shown; pure."""

HEARD_LATE_S = 2.0
"""Longest delay from a spoken word to its first event; more if the decoder is behind."""


class HiddenSpeech:
    """Follows whether screens are hidden."""

    def __init__(self) -> None:
        """Start with the screens shown."""
        self.is_hidden = False
        self._shown_from_s = -float("inf")

    def hide(self) -> None:
        """Hide what is said from now on."""
        self.is_hidden = True

    def show(self, now_s: float, *, behind_s: float = 0.0) -> None:
        """Show what is said from now on; the decoder lags by `behind_s`."""
        self.is_hidden = False
        self._shown_from_s = now_s + behind_s + HEARD_LATE_S

    def includes(self, now_s: float) -> bool:
        """Return whether a phrase whose first event arrives now may have been said while screens were hidden."""
        return self.is_hidden or now_s < self._shown_from_s
