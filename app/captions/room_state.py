"""The state of a room, as its operator and its readers see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["starting", "listening", "waiting", "retrying", "stopped", "ended", "failed"]
"""`waiting`: the source is open but sends nothing (a page that lost its connection); `retrying`: it failed and is tried
again, see `message`; `stopped`: by the operator."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source as it is now."""

    name: str
    status: Status
    message: str = ""
    """A sentence for people if something is wrong, else empty."""
    behind_s: float = 0.0
    """Seconds of sound that arrived but is not decoded yet."""
    cadence_s: float = 1.0
    """New sound between two decodes while somebody speaks; more than 1 when the machine is busy."""
    level_dbfs: float = -120.0
    """Loudness (RMS) of the last 300 ms; 0 is full scale."""
    is_clipping: bool = False
    is_dead: bool = False
    """Whether the source has sent only digital silence for some seconds."""
    is_quiet: bool = False
    """Whether the newest speech has been too quiet for some seconds."""
    is_speech: bool = False
    n_terms_used: int = 0
    """Terms of the glossary in the prompt of the latest window."""


@dataclass(frozen=True, slots=True)
class Visibility:
    """What readers may see, as the operator has set it; kept over restarts."""

    is_hidden: bool = False
    """Whether screens are blank: overlay, stage, OBS and meeting programs. Phones and files are not affected."""
    is_paused: bool = False
    """Whether audio is ignored: nothing is decoded and nothing is stored."""
    notice: str = ""
    """A message to the audience, empty for none."""
    offers_transcript: bool = False
    """Whether readers may download the transcript, and scroll back further than an hour."""


@dataclass(frozen=True, slots=True)
class OutputHealth:
    """How one output is doing."""

    status: Literal["starting", "working", "retrying", "failed"]
    """`retrying`: it failed and is tried again; `failed`: a person must fix it, see `message`."""
    message: str = ""
    """A sentence for people when something is wrong, else empty; never an address with a secret in it."""
    n_sent: int = 0
    """Captions that were delivered."""
    n_dropped: int = 0
    """Captions that were dropped."""


@dataclass(frozen=True, slots=True)
class OutputState:
    """One output as it is now."""

    id: str
    kind: str
    track: str | None
    """The track it gets; None for the room's last."""
    health: OutputHealth
    path: str | None = None
    """The file that is written, as a full path of this machine; None for other outputs."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A problem that a person should look at now."""

    kind: Literal["no_sound", "clipping", "quiet", "no_text", "behind", "output", "store"]
    subject: str
    """Name of the source or output."""
    message: str
    """A sentence for people."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """A room as it is now."""

    room: str
    model: str
    """Name of the model; the demo model's name says that it only knows a small vocabulary."""
    tracks: tuple[str, ...]
    """Tracks on offer: `original`, then target languages."""
    sources: tuple[SourceState, ...] = ()
    problems: tuple[str, ...] = ()
    """Sentences for people about what is wrong with the room itself, such as captions that are not saved."""
    showing: Visibility = field(default_factory=Visibility)
    """The room's visibility, under its name in the protocol."""
    n_readers: int = 0
    outputs: tuple[OutputState, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    title: str = ""
    """Title that people see; empty to show the short name."""
    speaker_names: Mapping[str, str] = field(default_factory=dict)
    """The names that are shown, by the label of the speaker; a label without one is shown itself."""
    shows_names: bool = True
    """Whether names stand before what is said."""
