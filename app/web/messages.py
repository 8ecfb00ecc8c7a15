"""The messages of the socket, in both directions, as `docs/protocol.md` describes them.

Captions and states are encoded straight from the dataclasses of `captions`: a caption takes 3 us; copying its fields
into a model took 44 us.
"""

from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import PurePath
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from app.captions.event import Event
from app.captions.room_state import Alarm, OutputState, RoomState, SourceState, Status, Visibility
from app.errors import SettingsError


class WireMessage(BaseModel):
    """Base of all messages; unknown fields are rejected."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)

    def encoded(self) -> bytes:
        """Return the message as JSON in UTF-8."""
        return self.model_dump_json().encode()


class Since(WireMessage):
    """The newest logged event that a viewer has."""

    epoch: str = Field(max_length=64)
    seq: int = Field(ge=0)


class ReaderHello(WireMessage):
    """The first message of a client that reads."""

    type: Literal["hello"]
    key: str = Field("", max_length=256)
    since: Since | None = None


Track = Annotated[str, Field(pattern=r"^([a-z]{2,3}|original)$")]

Tracks = Annotated[tuple[Track, ...], Field(max_length=2)]
"""The tracks that a reader's page shows; it shows one or two."""

Columns = Annotated[tuple[Track, ...], Field(max_length=22)]
"""The tracks that a console shows: at most the original, English from the sound, and 20 targets."""


class ViewerHello(ReaderHello):
    """The first message of a viewer."""

    role: Literal["viewer"]
    tracks: Tracks = ()


class TracksMessage(WireMessage):
    """A page shows other tracks now."""

    type: Literal["tracks"]
    tracks: Columns


class OperatorHello(ReaderHello):
    """The first message of an operator's console, which also gets the status of the room."""

    role: Literal["operator"]
    tracks: Columns = ()


class SourceHello(WireMessage):
    """The first message of a microphone page."""

    type: Literal["hello"]
    role: Literal["source"]
    key: str = Field("", max_length=256)
    session: str = Field(pattern=r"^[A-Za-z0-9-]{8,64}$")
    """Chosen by the page, and kept when it reconnects."""
    label: str = Field("browser", min_length=1, max_length=64)
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}$")
    speaker: str = Field("", max_length=40)
    """Name of the person who speaks; empty for none."""


Hello = ViewerHello | OperatorHello | SourceHello
_HELLO: TypeAdapter[Hello] = TypeAdapter(Annotated[Hello, Field(discriminator="role")])


class SourceView(WireMessage):
    """A source as readers see it."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    status: Status
    message: str
    behind_s: Annotated[float, BeforeValidator(round)]
    """Whole seconds, so that readers do not get a message for every small change."""
    cadence_s: float


class RoomView(WireMessage):
    """A room as readers see it."""

    model_config = ConfigDict(from_attributes=True)

    room: str
    title: str
    """Name of the room for people; empty if its short name is enough."""
    model: str
    tracks: tuple[str, ...]
    sources: tuple[SourceView, ...]
    problems: tuple[str, ...]
    showing: Visibility
    speaker_names: dict[str, str]
    """The names that are shown, by the label of the speaker; a label without one is shown itself."""
    shows_names: bool
    """Whether names stand before what is said."""


class Refusal(WireMessage):
    """What the service refused, and how often."""

    reason: str
    message: str
    count: int


class TrackReaders(WireMessage):
    """How many readers show a track."""

    track: str | None
    """None for readers who do not say what they show."""
    n_readers: int


class RoomStatus(WireMessage):
    """A room as operators see it."""

    room: str
    title: str
    model: str
    tracks: tuple[str, ...]
    sources: tuple[SourceState, ...]
    problems: tuple[str, ...]
    showing: Visibility
    speaker_names: dict[str, str]
    shows_names: bool
    n_readers: int
    n_late: int
    """Readers who are more than two final phrases behind."""
    readers: tuple[TrackReaders, ...]
    """Readers by track; one who shows two tracks is counted on both."""
    outputs: tuple[OutputState, ...]
    alarms: tuple[Alarm, ...]
    refusals: tuple[Refusal, ...]
    """Refusals of the whole service since it started."""


class WelcomeMessage(WireMessage):
    """The answer to a hello."""

    type: Literal["welcome"] = "welcome"
    epoch: str
    state: RoomView
    next_sample: int | None = None
    """For sources: the first sample that the service does not have yet."""


class SnapshotMessage(WireMessage):
    """What a viewer needs to be up to date: the events that it missed or the newest ones, and the open phrases."""

    type: Literal["snapshot"] = "snapshot"
    epoch: str
    is_fresh: bool
    """Whether the viewer must clear what it shows, because the log is a different one or has a gap."""
    captions: tuple[Event, ...]


class CaptionMessage(WireMessage):
    """A new state of one phrase."""

    type: Literal["caption"] = "caption"
    caption: Event


_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def encode_event(event: Event) -> bytes:
    """Return a caption as JSON, as it is inside other messages."""
    return _EVENT.dump_json(event)


def encode_caption(caption: bytes) -> bytes:
    """Return the `CaptionMessage` of a caption that is JSON already."""
    return b'{"type":"caption","caption":%b}' % caption


def encode_snapshot(epoch: str, captions: Iterable[bytes], *, is_fresh: bool) -> bytes:
    """Return the `SnapshotMessage` of captions that are JSON already."""
    empty = SnapshotMessage(epoch=epoch, is_fresh=is_fresh, captions=()).encoded()
    return b"%b[%b]}" % (empty.removesuffix(b"[]}"), b",".join(captions))


class StateMessage(WireMessage):
    """The state of the room has changed."""

    type: Literal["state"] = "state"
    state: RoomView


class StatusMessage(WireMessage):
    """The status of the room, for operators."""

    type: Literal["status"] = "status"
    status: RoomStatus


class AckMessage(WireMessage):
    """The service has all samples before `next_sample`; the page may drop them."""

    type: Literal["ack"] = "ack"
    next_sample: int


class ErrorMessage(WireMessage):
    """An error, after which the socket is closed."""

    type: Literal["error"] = "error"
    code: str
    message: str
    retry_after_s: float | None = None
    """Seconds after which to try again; None if that does not help."""


def parse_hello(text: str) -> Hello:
    """Parse the first message of a client.

    Raises:
        SettingsError: It is not a valid hello message.
    """
    try:
        return _HELLO.validate_json(text, strict=True)
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "message"
        raise SettingsError(f"Expected a hello message; {where}: {first['msg']}. See docs/protocol.md.") from exc


def parse_tracks(text: str, most: int = 2) -> tuple[str, ...] | None:
    """Return the tracks of a `TracksMessage`, None if it is none or has more than `most`."""
    try:
        tracks = TracksMessage.model_validate_json(text).tracks
    except ValidationError:
        return None
    return tracks if len(tracks) <= most else None


def build_room_view(state: RoomState) -> RoomView:
    """Return a room as readers see it."""
    return RoomView.model_validate(state)


def build_room_status(
    state: RoomState,
    *,
    n_late: int,
    refusals: tuple[Refusal, ...],
    readers: tuple[TrackReaders, ...] = (),
    is_local: bool = False,
) -> RoomStatus:
    """Return a room as operators see it; only those on this machine see whole paths, which may name a person."""
    values = {field.name: getattr(state, field.name) for field in fields(state)}
    if not is_local:
        values["outputs"] = tuple(
            replace(one, path="/".join(PurePath(one.path).parts[-2:])) if one.path else one for one in state.outputs
        )
    return RoomStatus(**values, n_late=n_late, readers=readers, refusals=refusals)
