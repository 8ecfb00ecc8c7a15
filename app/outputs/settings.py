"""The stored settings of a room's outputs.

The REST interface uses the same names, and the outputs take these settings directly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.outputs.subtitles import Format

MeetingKind = Literal["zoom", "teams", "youtube"]

OBS_HOST = "127.0.0.1"
OBS_PORT = 4455
"""The default port of obs-websocket 5. simpleobsws still defaults to 4444, the port of version 4."""
OBS_SCENE = "Meeting with subtitles"
"""The scene of the collections in obs/, so that an imported collection is found."""


@dataclass(frozen=True, slots=True)
class FileOutput:
    """A subtitle file in the service's folder that grows with the talk."""

    format: Format
    track: str | None = None
    """The track to write; None for the room's last, which is the translation if there is one."""
    kind: Literal["file"] = "file"

    @property
    def id(self) -> str:
        """Name among the room's outputs; there is one for each format and track."""
        return f"{self.track or 'live'}.{self.format}"


@dataclass(frozen=True, slots=True)
class MeetingOutput:
    """A meeting or stream that accepts captions at a secret address."""

    kind: MeetingKind
    id: str
    address: str = field(repr=False)
    track: str | None = None
    """The track to send; None for the room's last."""
    language: str | None = None
    """The language code to send with the captions, as `de-DE`; None for the language of each phrase."""


@dataclass(frozen=True, slots=True)
class ObsOutput:
    """An OBS Studio that shows the captions."""

    id: str
    host: str = OBS_HOST
    port: int = OBS_PORT
    password: str = field(default="", repr=False)
    scene: str = OBS_SCENE
    track: str | None = None
    """The track to show; None for the room's last."""
    overlay: str = field(default="", repr=False)
    """Address of the overlay page, which may contain a key; empty for a text source."""
    virtual_camera: bool = False
    kind: Literal["obs"] = "obs"


OutputSettings = FileOutput | MeetingOutput | ObsOutput


def from_stored(stored: Mapping[str, Any]) -> OutputSettings:
    """Return the settings of an output that was stored as its `dataclasses.asdict`."""
    match stored["kind"]:
        case "file":
            return FileOutput(**stored)
        case "obs":
            return ObsOutput(**stored)
        case _:
            return MeetingOutput(**stored)
