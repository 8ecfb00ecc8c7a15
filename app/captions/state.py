"""How a room is doing, as its operator and its readers see it."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["starting", "listening", "waiting", "retrying", "ended", "failed"]
"""`waiting`: the source is open but sends nothing (a page that dropped); `retrying`: it broke off, see `message`."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source as it is now."""

    name: str
    status: Status
    message: str = ""
    """A sentence for people when something is wrong, else empty."""
    level_dbfs: float = -120.0
    """Loudness (RMS) of the last 300 ms; 0 is full scale."""
    is_clipping: bool = False
    is_dead: bool = False
    """Whether nothing but digital silence has come for some seconds."""
    is_speech: bool = False
    behind_s: float = 0.0
    """Seconds of sound that has come but is not yet decoded."""
    cadence_s: float = 1.0
    """New sound between two decodes while somebody speaks; more than 1 when the machine is busy."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """A room as it is now."""

    room: str
    model: str
    """Name of the model; the demo model says that it knows a small world only."""
    tracks: tuple[str, ...]
    """Tracks on offer: `original`, then target languages."""
    sources: tuple[SourceState, ...] = ()
    n_readers: int = 0
    problems: tuple[str, ...] = ()
    """Sentences for people about what is wrong with the room itself, such as captions that are not saved."""
