"""Turns that a test gives."""

from dataclasses import dataclass


@dataclass(frozen=True, init=False)
class GivenTurns:
    """Turns that begin at given moments."""

    begins: tuple[tuple[float, str | None], ...]

    def __init__(self, *begins: tuple[float, str | None]) -> None:
        """Take (second, label), oldest first."""
        object.__setattr__(self, "begins", begins)

    def label(self, start_s: float, end_s: float) -> str | None:
        """Return who speaks in the middle of this time."""
        middle_s = (start_s + end_s) / 2
        return next((label for begin_s, label in reversed(self.begins) if begin_s <= middle_s), None)
