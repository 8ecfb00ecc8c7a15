"""Rooms, keys and phrases as the REST interface has them; OpenAPI is made from these."""

from dataclasses import asdict, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from app.captions.lines import tidy
from app.captions.state import Showing
from app.outputs.subtitles import Format
from app.store.keyring import Key, Role
from app.store.rooms import FileOutput, RoomSettings
from app.web.messages import Caption, RoomStatus

NAME = r"^[A-Za-z0-9_-]{1,64}$"
LANGUAGE = r"^[a-z]{2,3}$"


class Resource(BaseModel):
    """What all resources share: nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(Resource):
    """A subtitle file in the service's folder that grows with the talk."""

    kind: Literal["file"] = "file"
    format: Format
    track: str | None = Field(None, pattern=LANGUAGE + "|^original$", description="None is the room's last track.")


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
    outputs: tuple[Output, ...] | None = Field(None, max_length=8)
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
    outputs: tuple[Output, ...]
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


class MintedKey(KeyResource):
    """A key that was just made."""

    key: str = Field(description="The word that opens; told this once.")


class MadeRoom(RoomResource):
    """A room that was just made, with a key for each role."""

    keys: tuple[MintedKey, ...]


class Correction(Resource):
    """A later word on a phrase."""

    track: str = Field("original", pattern=LANGUAGE + "|^original$")
    text: str | None = Field(None, max_length=2000, description="What it should say; None takes the phrase back.")


class Export(Resource):
    """All that is known of a room."""

    room: RoomResource
    captions: tuple[Caption, ...]


class Problem(Resource):
    """Why something was not done."""

    code: str
    message: str


def wanted(change: RoomChange, before: RoomSettings) -> RoomSettings:
    """Return the settings after a change."""
    given = change.model_dump(exclude_unset=True, exclude={"name", "outputs"})
    known = {name: value for name, value in given.items() if value is not None or name == "source"}
    shown = {name: known.pop(name) for name in Showing.__slots__ if name in known}
    if "notice" in shown:
        shown["notice"] = tidy(shown["notice"])
    merged = {name: getattr(before, name) for name in before.__slots__} | known
    merged["showing"] = replace(before.showing, **shown)
    if change.outputs is not None:
        merged["outputs"] = tuple(FileOutput("file", output.format, output.track) for output in change.outputs)
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
        outputs=tuple(Output(format=output.format, track=output.track) for output in settings.outputs),
        **asdict(settings.showing),
        state=state,
    )


def key_resource(key: Key) -> KeyResource:
    """Return the form of a key that operators see."""
    return KeyResource(**asdict(key))


def minted(key: Key, secret: str) -> MintedKey:
    """Return a key with its word."""
    return MintedKey(**asdict(key), key=secret)
