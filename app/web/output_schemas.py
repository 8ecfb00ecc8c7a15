"""The resources of the REST API that describe outputs: subtitle files, meetings and OBS."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from app.outputs.settings import OBS_HOST, OBS_PORT, OBS_SCENE, MeetingKind
from app.outputs.subtitles import Format
from app.web.resource import LANGUAGE, Resource

Track = Annotated[
    str | None,
    Field(pattern=LANGUAGE + "|^original$", description="Track that it gets; null for the room's last track."),
]


class FileFields(Resource):
    """A subtitle file in the service's folder, updated during the talk."""

    kind: Literal["file"] = "file"
    format: Format
    track: Track = None


class MeetingFields(Resource):
    """A meeting or stream that accepts captions: it gets the final phrases of one track, in order."""

    kind: MeetingKind
    track: Track = None
    language: str | None = Field(
        None,
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$",
        description="Such as `de-DE`; null for the language of the track.",
    )


class NewMeeting(MeetingFields):
    """A new meeting or stream output."""

    url: str = Field(
        min_length=10,
        max_length=2000,
        repr=False,
        description="The address copied from the meeting; it is secret and never returned.",
    )


class ObsFields(Resource):
    """An OBS Studio that shows the captions."""

    kind: Literal["obs"]
    host: str = Field(OBS_HOST, pattern=r"^[A-Za-z0-9.:_-]{1,255}$")
    port: int = Field(OBS_PORT, strict=True, ge=1, le=65535)
    scene: str = Field(OBS_SCENE, min_length=1, max_length=100)
    track: Track = None
    virtual_camera: StrictBool = Field(False, description="Whether to start OBS's virtual camera.")


class NewObs(ObsFields):
    """A new OBS output; it needs an admin key."""

    password: str = Field("", max_length=256, repr=False, description="Of OBS's WebSocket server; never returned.")
    overlay: str = Field(
        "", max_length=2000, pattern=r"^(https?://.*)?$", repr=False, description="Address of the overlay page."
    )


class NewZoom(NewMeeting):
    """A Zoom meeting, by its closed-caption API token, which is a URL."""

    kind: Literal["zoom"]


class NewTeams(NewMeeting):
    """A Teams meeting, by its CART caption link."""

    kind: Literal["teams"]


class NewYouTube(NewMeeting):
    """A YouTube stream, by its caption ingestion URL."""

    kind: Literal["youtube"]


NewOutput = Annotated[FileFields | NewZoom | NewTeams | NewYouTube | NewObs, Field(discriminator="kind")]


class FileResource(FileFields):
    """A subtitle file of a room."""

    id: str


class MeetingResource(MeetingFields):
    """A meeting of a room, without its address."""

    id: str


class ObsResource(ObsFields):
    """An OBS Studio of a room, without its password."""

    id: str


OutputResource = Annotated[FileResource | MeetingResource | ObsResource, Field(discriminator="kind")]
