"""Decides which phrases were said while the operator hid the screens, and so must never be shown; pure."""

HEARD_LATE_S = 2.0
"""How long after a word is spoken the first event with it may come; longer when the decoder is behind."""


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
        """Show what is said from now on; the decoder is `behind_s` behind."""
        self.is_hidden = False
        self._shown_from_s = now_s + behind_s + HEARD_LATE_S

    def includes(self, now_s: float) -> bool:
        """Return whether a phrase whose first event comes now may have been said while screens were hidden."""
        return self.is_hidden or now_s < self._shown_from_s
