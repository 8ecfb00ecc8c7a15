"""The resources of the REST API: rooms, keys and captions; OpenAPI is generated from these."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from app.captions.event import Event
from app.captions.replacement import TEXT_MAX
from app.store.access_key import KEY_LASTS_MAX_S, KEY_LASTS_S, Role
from app.web.messages import RoomStatus
from app.web.output_schemas import FileFields, OutputResource
from app.web.resource import LANGUAGE, NAME, Resource

SITE = r"^https?://([a-z0-9-]+\.)*[a-z0-9-]+(:[0-9]{1,5})?$"

Languages = Annotated[
    tuple[Annotated[str, Field(pattern=LANGUAGE)], ...],
    Field(max_length=20, description="Spoken languages; empty to detect among all that the model knows."),
]
Targets = Annotated[
    tuple[Annotated[str, Field(pattern=LANGUAGE)], ...],
    Field(max_length=20, description="Languages that the room's text is translated into."),
]
SpeakerNames = Annotated[
    dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=80)]],
    Field(
        max_length=200,
        description="Names that are shown, by the label of the speaker; two labels with one name are one speaker.",
    ),
]
Glossary = Annotated[str, Field(max_length=240_000, description="Terms, and lines `wrong => right` or `unwanted =>`.")]
Retention = Annotated[
    float,
    Field(strict=True, ge=0, le=24 * 365, description="Hours that captions are kept; 0 keeps them in memory only."),
]
FrameSites = Annotated[
    tuple[Annotated[str, Field(max_length=200, pattern=SITE)], ...],
    Field(
        max_length=10,
        description="Sites that may show the audience page in a frame, such as `https://event.example.org`.",
    ),
]
Stream = Annotated[
    str | None,
    Field(
        max_length=2000,
        pattern=r"^https?://",
        repr=False,
        description="Address of a stream that the service itself opens; answers contain only its scheme and host.",
    ),
]


class RoomChange(Resource):
    """A change of a room; omitted fields stay unchanged."""

    title: str | None = Field(
        None, max_length=80, description="Title that people see, in any letters; empty to show the short name."
    )
    languages: Languages | None = None
    task: Literal["transcribe", "translate"] | None = None
    targets: Targets | None = None
    translates_always: StrictBool | None = Field(
        None, description="Whether targets are translated even while nobody reads them."
    )
    speaker_names: SpeakerNames | None = None
    shows_names: StrictBool | None = Field(None, description="Whether names stand before what is said.")
    glossary: Glossary | None = None
    retention_h: Retention | None = None
    is_public: StrictBool | None = Field(None, description="Whether everybody may read without a key.")
    is_open: StrictBool | None = Field(None, description="Whether readers and speakers may connect now.")
    source: Stream = None
    channels: str | None = Field(
        None,
        max_length=600,
        description="What the channels of the stream are, such as `1:Ada,2:Grace,3:floor,4:interpreter en`; empty "
        "mixes them.",
    )
    outputs: tuple[FileFields, ...] | None = Field(
        None, max_length=8, description="Subtitle files; they replace the present ones. Other outputs stay."
    )
    is_hidden: StrictBool | None = Field(
        None, description="Whether screens are blank. Phones and files are not affected."
    )
    is_paused: StrictBool | None = Field(None, description="Whether audio is ignored.")
    notice: str | None = Field(None, max_length=280, description="A message to the audience; empty for none.")
    offers_transcript: StrictBool | None = Field(
        None, description="Whether readers may download the transcript, and scroll back further than an hour."
    )
    frame_sites: FrameSites | None = None
    privacy_notice: str | None = Field(
        None,
        max_length=2000,
        description="What readers and speakers see about data protection; empty for nothing.",
    )


class NewRoom(RoomChange):
    """A new room."""

    name: str = Field(pattern=NAME)


class TranslationResource(Resource):
    """What translates text."""

    model: str
    sent_to: str | None = Field(
        description="Host of the service that gets the text; null while it stays on the machine of this service."
    )
    targets: tuple[str, ...] = Field(description="Languages that it translates into.")


class RoomResource(Resource):
    """A room as operators see it."""

    name: str
    title: str
    address: str | None = Field(
        description="Where other devices open the pages, such as `https://192.0.2.7:8000`; null if none can."
    )
    languages: tuple[str, ...]
    task: Literal["transcribe", "translate"]
    targets: tuple[str, ...]
    translates_always: bool
    translation: TranslationResource | None = Field(
        description="What translates text; null if there is no model, or no room needed one yet."
    )
    speaker_names: dict[str, str]
    shows_names: bool
    glossary: str
    retention_h: float
    is_public: bool
    code: str | None
    is_open: bool
    source: str | None
    channels: str
    outputs: tuple[OutputResource, ...]
    is_hidden: bool
    is_paused: bool
    notice: str
    offers_transcript: bool
    frame_sites: tuple[str, ...]
    privacy_notice: str
    state: RoomStatus


class ChangedRoom(RoomResource):
    """A room after a change."""

    n_disconnected: int = Field(description="Connections that were closed because the room would not let them in now.")


class NewKey(Resource):
    """A new key."""

    role: Role = Field(
        description="What the key allows; the first four include each other: viewer reads, source speaks, operator "
        "runs the room, admin runs the service; metrics reads the metrics only."
    )
    label: str = Field("", max_length=64)
    lasts_s: float = Field(
        KEY_LASTS_S,
        strict=True,
        gt=0,
        le=KEY_LASTS_MAX_S,
        description="Seconds until it expires; it never outlives the key that makes it.",
    )


class NewServiceKey(NewKey):
    """A new key for any room, or for the whole service."""

    room: str | None = Field(
        None, pattern=NAME, description="The room that it opens; null for the roles admin and metrics."
    )


class KeyResource(Resource):
    """A key, without its secret."""

    id: str
    room: str | None
    role: Role
    label: str
    created_ms: int
    expires_ms: int | None = Field(description="When it expires; null for keys that do not expire by time.")
    parent: str | None = Field(description="Id of the key that made it.")
    used_ms: int | None = Field(description="When it was used last; null for never.")
    n_connections: int = Field(description="Pages and programs that are connected with it now.")
    is_own: bool = Field(description="Whether this request was made with it.")


class KeyWithSecret(KeyResource):
    """A new key with its secret."""

    key: str = Field(description="The secret; shown only once.")


class RoomWithKeys(RoomResource):
    """A new room, with a key for each role."""

    keys: tuple[KeyWithSecret, ...]


class Invitation(Resource):
    """What a slide or a poster says about a room."""

    room: str
    title: str
    address: str | None = Field(description="Where other devices open the pages; null if none can.")
    code: str | None = Field(
        description="Short code of a public room, which is read at `/c/CODE`; null if it is private."
    )
    languages: tuple[str, ...] = Field(description="Spoken languages; empty if any may be spoken.")
    tracks: tuple[str, ...]
    role: Role = Field(description="Role of the key of the request; a QR code accepts a viewer key only.")
    expires_ms: int | None = Field(description="When the key of the request ends; null if it has none, or no end.")


class SourceChange(Resource):
    """Whether a source is on."""

    is_on: StrictBool


class Correction(Resource):
    """A correction of a phrase."""

    track: str = Field("original", pattern=LANGUAGE + "|^original$")
    text: str | None = Field(
        None, max_length=TEXT_MAX, pattern=r"\S", description="The correct text; null withdraws the phrase."
    )


class History(Resource):
    """Final captions in their newest form, oldest first."""

    captions: tuple[Event, ...]
    is_all: bool = Field(description="Whether readers may see no older ones.")


class Export(Resource):
    """A room with all its captions."""

    room: RoomResource
    captions: tuple[Event, ...]


class Problem(Resource):
    """An error: a code for programs and a message for people."""

    code: str
    message: str
