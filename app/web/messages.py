"""Every message on the socket, in and out; `docs/protocol.md` says the same in tables."""

from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app.captions.event import Event
from app.captions.room_state import RoomState
from app.errors import SettingsError


class WireMessage(BaseModel):
    """What all messages share: nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def encoded(self) -> bytes:
        """Return it as JSON in UTF-8."""
        return self.model_dump_json().encode()


class Since(WireMessage):
    """The last logged event a viewer holds."""

    epoch: str = Field(max_length=64)
    seq: int = Field(ge=0)


class ReaderHello(WireMessage):
    """Whoever reads introduces itself."""

    type: Literal["hello"]
    key: str = Field("", max_length=256)
    since: Since | None = None


class ViewerHello(ReaderHello):
    """A viewer introduces itself."""

    role: Literal["viewer"]


class OperatorHello(ReaderHello):
    """An operator's console introduces itself; it reads, and is told how the room is doing."""

    role: Literal["operator"]


class SourceHello(WireMessage):
    """A speaking page introduces itself."""

    type: Literal["hello"]
    role: Literal["source"]
    key: str = Field("", max_length=256)
    session: str = Field(pattern=r"^[A-Za-z0-9-]{8,64}$")
    """Made up by the page, kept over reconnects."""
    label: str = Field("browser", min_length=1, max_length=64)
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}$")


class EndMessage(WireMessage):
    """A speaking page has finished; its session ends."""

    type: Literal["end"]


Hello = ViewerHello | OperatorHello | SourceHello
_HELLO: TypeAdapter[Hello] = TypeAdapter(Annotated[Hello, Field(discriminator="role")])


class CaptionView(WireMessage):
    """One phrase on one track, as it stands now."""

    room: str
    epoch: str
    seq: int | None
    phrase: str
    rev: int
    source: str
    track: str
    state: Literal["open", "final", "corrected", "withdrawn"]
    language: str
    start_s: float
    end_s: float
    committed: str
    tentative: str
    speaker: str | None
    is_outdated: bool


class SourceView(WireMessage):
    """One source, as readers are told of it."""

    name: str
    status: Literal["starting", "listening", "waiting", "retrying", "stopped", "ended", "failed"]
    message: str
    behind_s: float
    """Whole seconds, so that readers are told of a change and not of every moment."""
    cadence_s: float


class VisibilityView(WireMessage):
    """What the operator lets readers see."""

    is_hidden: bool
    is_paused: bool
    notice: str
    offers_transcript: bool


class RoomView(WireMessage):
    """A room, as readers are told of it."""

    room: str
    model: str
    tracks: tuple[str, ...]
    sources: tuple[SourceView, ...]
    problems: tuple[str, ...]
    showing: VisibilityView


class SourceStatus(SourceView):
    """One source as it is now."""

    level_dbfs: float
    is_clipping: bool
    is_dead: bool
    is_speech: bool


class HealthView(WireMessage):
    """How one output is doing."""

    status: Literal["starting", "working", "retrying", "failed"]
    message: str
    n_sent: int
    n_dropped: int


class OutputView(WireMessage):
    """One output as it is now."""

    id: str
    kind: str
    track: str | None
    health: HealthView


class AlarmView(WireMessage):
    """Something that a person should look at now."""

    kind: Literal["no_sound", "clipping", "no_text", "behind", "output", "store"]
    subject: str
    message: str


class Refusal(WireMessage):
    """What the service refused, and how often."""

    reason: str
    message: str
    count: int


class RoomStatus(RoomView):
    """A room as it is now."""

    sources: tuple[SourceStatus, ...]
    n_readers: int
    n_late: int
    """Viewers who are more than two final phrases behind."""
    outputs: tuple[OutputView, ...]
    alarms: tuple[AlarmView, ...]
    refusals: tuple[Refusal, ...]
    """What the whole service refused since it began."""


class WelcomeMessage(WireMessage):
    """The answer to a hello."""

    type: Literal["welcome"] = "welcome"
    epoch: str
    state: RoomView
    next_sample: int | None = None
    """For sources: the first sample that has not arrived yet."""


class SnapshotMessage(WireMessage):
    """All a viewer lacks: what was logged since it left, or the newest, and what is open."""

    type: Literal["snapshot"] = "snapshot"
    epoch: str
    is_fresh: bool
    """Whether the viewer must forget what it shows, because the log is another or has a gap."""
    captions: tuple[CaptionView, ...]


class CaptionMessage(WireMessage):
    """A caption as it happens."""

    type: Literal["caption"] = "caption"
    caption: CaptionView


class StateMessage(WireMessage):
    """The room has changed."""

    type: Literal["state"] = "state"
    state: RoomView


class StatusMessage(WireMessage):
    """How the room is doing, for operators."""

    type: Literal["status"] = "status"
    status: RoomStatus


class AckMessage(WireMessage):
    """All samples before `next_sample` are held; the page may forget them."""

    type: Literal["ack"] = "ack"
    next_sample: int


class ErrorMessage(WireMessage):
    """Something is wrong; the socket closes behind it."""

    type: Literal["error"] = "error"
    code: str
    message: str
    retry_after_s: float | None = None
    """When it may be worth coming back, if it is."""


def parse_hello(text: str) -> Hello:
    """Read the first message of a client.

    Raises:
        SettingsError: It is not a hello as the protocol has it.
    """
    try:
        return _HELLO.validate_json(text, strict=True)
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "message"
        raise SettingsError(f"Expected a hello message; {where}: {first['msg']}. See docs/protocol.md.") from exc


def is_end(text: str) -> bool:
    """Return whether a source's text message says that it has finished."""
    try:
        EndMessage.model_validate_json(text)
    except ValidationError:
        return False
    return True


def caption(event: Event) -> CaptionView:
    """Return the wire form of an event."""
    return CaptionView(**asdict(event))


def room_status(state: RoomState, *, n_late: int = 0, refusals: tuple[Refusal, ...] = ()) -> RoomStatus:
    """Return what operators are told of a room's state."""
    return RoomStatus(**asdict(state), n_late=n_late, refusals=refusals)


def room_view(state: RoomState) -> RoomView:
    """Return what readers are told of a room's state."""
    sources = tuple(
        SourceView(
            name=source.name,
            status=source.status,
            message=source.message,
            behind_s=float(round(source.behind_s)),
            cadence_s=source.cadence_s,
        )
        for source in state.sources
    )
    return RoomView(
        room=state.room,
        model=state.model,
        tracks=state.tracks,
        sources=sources,
        problems=state.problems,
        showing=VisibilityView(**asdict(state.showing)),
    )
