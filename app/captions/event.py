"""The one event that every reader of captions understands."""

from dataclasses import dataclass
from typing import Literal

State = Literal["open", "final", "corrected", "withdrawn"]
"""`open` may grow; `final` is closed and logged; `corrected` and `withdrawn` are an operator's later word on it."""

ORIGINAL = "original"
"""The track that holds what was said, in the language it was said in. Other tracks are named by a language code."""


@dataclass(frozen=True, slots=True)
class Event:
    """The whole of one phrase on one track, as it stands now; the newest `rev` replaces all before it."""

    room: str
    epoch: str
    """One life of the room's log; a reader that knows another epoch starts afresh."""
    seq: int | None
    """Place in the log, rising by one within an epoch; None while the phrase is open."""
    phrase: str
    """Source session and the sample at which the phrase's audio begins, as `3-160000`; the same on every track."""
    rev: int
    """Rises with every event of this phrase and track."""
    source: str
    track: str
    state: State
    language: str
    """Of this text: the spoken language on `original`, the target on others."""
    start_s: float
    """Where the phrase begins, in seconds on the room's audio clock."""
    end_s: float
    """Where its last word ends, in seconds on the room's audio clock."""
    committed: str
    """Solid text; while open it only grows."""
    tentative: str = ""
    """Grey text behind it; empty once final."""
    speaker: str | None = None
    is_outdated: bool = False
    """Whether this is a translation of what the original said before it was corrected."""

    @property
    def is_logged(self) -> bool:
        """Whether the event belongs in the log, and so must reach every reader."""
        return self.state != "open"
