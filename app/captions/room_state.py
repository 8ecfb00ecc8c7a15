"""How a room is doing, as its operator and its readers see it."""

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["starting", "listening", "waiting", "retrying", "stopped", "ended", "failed"]
"""`waiting`: the source is open but sends nothing (a page that dropped); `retrying`: it broke off, see `message`;
`stopped`: by the operator."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source as it is now."""

    name: str
    status: Status
    message: str = ""
    """A sentence for people when something is wrong, else empty."""
    behind_s: float = 0.0
    """Seconds of sound that has come but is not yet decoded."""
    cadence_s: float = 1.0
    """New sound between two decodes while somebody speaks; more than 1 when the machine is busy."""
    level_dbfs: float = -120.0
    """Loudness (RMS) of the last 300 ms; 0 is full scale."""
    is_clipping: bool = False
    is_dead: bool = False
    """Whether nothing but digital silence has come for some seconds."""
    is_speech: bool = False


@dataclass(frozen=True, slots=True)
class Visibility:
    """What the operator lets readers see; kept over restarts."""

    is_hidden: bool = False
    """Whether screens are blank: overlay, stage, OBS and meeting programs. Phones and files go on."""
    is_paused: bool = False
    """Whether nobody is listened to: what is said is decoded for nobody and kept nowhere."""
    notice: str = ""
    """A message to the audience, empty for none."""
    offers_transcript: bool = False
    """Whether readers may download what was said, and scroll back further than an hour."""


@dataclass(frozen=True, slots=True)
class OutputHealth:
    """How one output is doing."""

    status: Literal["starting", "working", "retrying", "failed"]
    """`retrying`: something is wrong and tried again; `failed`: it needs a person, see `message`."""
    message: str = ""
    """A sentence for people when something is wrong, else empty; never holds an address with a secret in it."""
    n_sent: int = 0
    """Captions that arrived."""
    n_dropped: int = 0
    """Captions given up."""


@dataclass(frozen=True, slots=True)
class OutputState:
    """One output as it is now."""

    id: str
    kind: str
    track: str | None
    """The track it is given; None for the room's last."""
    health: OutputHealth


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person should look at now."""

    kind: Literal["no_sound", "clipping", "no_text", "behind", "output", "store"]
    subject: str
    """Name of the source or output."""
    message: str
    """A sentence for people."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """A room as it is now."""

    room: str
    model: str
    """Name of the model; the demo model says that it knows a small world only."""
    tracks: tuple[str, ...]
    """Tracks on offer: `original`, then target languages."""
    sources: tuple[SourceState, ...] = ()
    problems: tuple[str, ...] = ()
    """Sentences for people about what is wrong with the room itself, such as captions that are not saved."""
    showing: Visibility = field(default_factory=Visibility)
    n_readers: int = 0
    outputs: tuple[OutputState, ...] = ()
    alarms: tuple[Alarm, ...] = ()
