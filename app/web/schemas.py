"""Rooms, keys and phrases as the REST interface has them; OpenAPI is made from these."""

from dataclasses import asdict, replace
from secrets import token_hex
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, TypeAdapter

from app.captions.room_state import Visibility
from app.outputs.cues import tidy
from app.outputs.settings import (
    OBS_HOST,
    OBS_PORT,
    OBS_SCENE,
    FileOutput,
    MeetingKind,
    MeetingOutput,
    ObsOutput,
    OutputSettings,
)
from app.outputs.subtitles import Format
from app.store.keyring import Key, Role
from app.store.rooms import RoomSettings
from app.web.messages import CaptionView, RoomStatus

NAME = r"^[A-Za-z0-9_-]{1,64}$"
LANGUAGE = r"^[a-z]{2,3}$"


class Resource(BaseModel):
    """What all resources share: nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Track = Annotated[
    str | None, Field(pattern=LANGUAGE + "|^original$", description="Which text it is given; None for the room's last.")
]


class FileFields(Resource):
    """A subtitle file in the service's folder that grows with the talk."""

    kind: Literal["file"] = "file"
    format: Format
    track: Track = None


class MeetingFields(Resource):
    """A meeting or stream that takes captions: final phrases of one track, in order."""

    kind: MeetingKind
    track: Track = None
    language: str | None = Field(
        None, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$", description="As `de-DE`; None goes by the track."
    )


class NewMeeting(MeetingFields):
    """A meeting or stream to be given captions."""

    url: str = Field(
        min_length=10, max_length=2000, repr=False, description="The address copied from there; kept secret."
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
    """An OBS Studio to be shown captions; only whoever may run the service may name one."""

    password: str = Field("", max_length=256, repr=False, description="Of OBS's WebSocket server; kept secret.")
    overlay: str = Field(
        "", max_length=2000, pattern=r"^(https?://.*)?$", repr=False, description="Address of the overlay page."
    )


class NewZoom(NewMeeting):
    """A Zoom meeting, by its API token for captions, which is an address."""

    kind: Literal["zoom"]


class NewTeams(NewMeeting):
    """A Teams meeting, by its link for CART captions."""

    kind: Literal["teams"]


class NewYouTube(NewMeeting):
    """A YouTube stream, by its captions ingestion address."""

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
_OUTPUT_RESOURCE: TypeAdapter[FileResource | MeetingResource | ObsResource] = TypeAdapter(OutputResource)


Languages = Annotated[
    tuple[Annotated[str, Field(pattern=LANGUAGE)], ...],
    Field(max_length=20, description="Languages spoken there; empty follows among all the model knows."),
]
Glossary = Annotated[str, Field(max_length=200_000, description="Terms, and lines `wrong => right`.")]
Retention = Annotated[
    float,
    Field(strict=True, ge=0, le=24 * 365, description="Hours that captions are kept; 0 keeps them in memory only."),
]
Stream = Annotated[
    str | None,
    Field(max_length=2000, pattern=r"^https?://", description="Address of a stream that the service itself opens."),
]


class RoomChange(Resource):
    """What to change of a room; what is left out stays."""

    languages: Languages | None = None
    task: Literal["transcribe", "translate"] | None = None
    glossary: Glossary | None = None
    retention_h: Retention | None = None
    is_public: StrictBool | None = Field(None, description="Whether everybody may read along without a key.")
    is_open: StrictBool | None = Field(None, description="Whether people may come in now.")
    source: Stream = None
    outputs: tuple[FileFields, ...] | None = Field(
        None, max_length=8, description="Subtitle files, in place of those before; other outputs stay."
    )
    is_hidden: StrictBool | None = Field(None, description="Whether screens are blank; phones and files go on.")
    is_paused: StrictBool | None = Field(None, description="Whether nobody is listened to.")
    notice: str | None = Field(None, max_length=280, description="A message to the audience; empty for none.")
    offers_transcript: StrictBool | None = Field(
        None, description="Whether readers may download what was said, and scroll back further than an hour."
    )


class NewRoom(RoomChange):
    """A room to be made."""

    name: str = Field(pattern=NAME)


class RoomResource(Resource):
    """A room as its operator sees it."""

    name: str
    languages: tuple[str, ...]
    task: Literal["transcribe", "translate"]
    glossary: str
    retention_h: float
    is_public: bool
    code: str | None
    is_open: bool
    source: str | None
    outputs: tuple[OutputResource, ...]
    is_hidden: bool
    is_paused: bool
    notice: str
    offers_transcript: bool
    state: RoomStatus


class NewKey(Resource):
    """A key to be made."""

    role: Role = Field(
        description="What it allows, each with all before it: read, speak, run the room, run the service."
    )
    label: str = Field("", max_length=64)
    lasts_s: float | None = Field(None, strict=True, gt=0, le=366 * 86400, description="None for no end.")


class KeyResource(Resource):
    """A key, without the word that opens."""

    id: str
    room: str | None
    role: Role
    label: str
    created_ms: int
    expires_ms: int | None


class KeyWithSecret(KeyResource):
    """A key that was just made."""

    key: str = Field(description="The word that opens; told this once.")


class RoomWithKeys(RoomResource):
    """A room that was just made, with a key for each role."""

    keys: tuple[KeyWithSecret, ...]


class SourceChange(Resource):
    """Whether a source is listened to."""

    is_on: StrictBool


class Correction(Resource):
    """A later word on a phrase."""

    track: str = Field("original", pattern=LANGUAGE + "|^original$")
    text: str | None = Field(
        None, max_length=2000, pattern=r"\S", description="What it should say; None takes the phrase back."
    )


class History(Resource):
    """Final captions as they stand now, oldest first."""

    captions: tuple[CaptionView, ...]
    is_all: bool = Field(description="Whether there is nothing before them that may be shown.")


class Export(Resource):
    """All that is known of a room."""

    room: RoomResource
    captions: tuple[CaptionView, ...]


class Problem(Resource):
    """Why something was not done."""

    code: str
    message: str


def wanted(change: RoomChange, before: RoomSettings) -> RoomSettings:
    """Return the settings after a change."""
    given = change.model_dump(exclude_unset=True, exclude={"name", "outputs"})
    known = {name: value for name, value in given.items() if value is not None or name == "source"}
    shown = {name: known.pop(name) for name in Visibility.__slots__ if name in known}
    if "notice" in shown:
        shown["notice"] = tidy(shown["notice"])
    merged = {name: getattr(before, name) for name in before.__slots__} | known
    merged["showing"] = replace(before.showing, **shown)
    if change.outputs is not None:
        files = {file.id: file for file in (FileOutput(output.format, output.track) for output in change.outputs)}
        others = [output for output in before.outputs if not isinstance(output, FileOutput)]
        merged["outputs"] = (*others, *files.values())
    return RoomSettings(**merged)


def room_resource(name: str, settings: RoomSettings, state: RoomStatus) -> RoomResource:
    """Return the form of a room that operators see."""
    return RoomResource(
        name=name,
        languages=settings.languages,
        task=settings.task,
        glossary=settings.glossary,
        retention_h=settings.retention_h,
        is_public=settings.is_public,
        code=settings.code or None,
        is_open=settings.is_open,
        source=settings.source,
        outputs=tuple(output_resource(output) for output in settings.outputs),
        **asdict(settings.showing),
        state=state,
    )


def new_output(new: FileFields | NewMeeting | NewObs) -> OutputSettings:
    """Return an output as it is kept, with a name of its own."""
    name = token_hex(4)
    if isinstance(new, FileFields):
        return FileOutput(new.format, new.track)
    if isinstance(new, NewMeeting):
        return MeetingOutput(new.kind, name, new.url.strip(), new.track, new.language)
    return ObsOutput(id=name, **new.model_dump())


def output_resource(output: OutputSettings) -> FileResource | MeetingResource | ObsResource:
    """Return the form of an output that operators see, without its secrets."""
    return _OUTPUT_RESOURCE.validate_python(output, from_attributes=True)


def key_resource(key: Key) -> KeyResource:
    """Return the form of a key that operators see."""
    return KeyResource(**asdict(key))


def minted(key: Key, secret: str) -> KeyWithSecret:
    """Return a key with its word."""
    return KeyWithSecret(**asdict(key), key=secret)
