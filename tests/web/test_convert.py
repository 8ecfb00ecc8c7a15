"""Conversion between the resources of the REST API and stored settings."""

from app.captions.room_state import RoomState, Visibility
from app.outputs.settings import FileOutput, MeetingOutput, ObsOutput
from app.store.access_key import Key
from app.store.rooms import RoomSettings
from app.web.convert import (
    apply_change,
    build_output,
    build_output_resource,
    build_room_resource,
    with_secret,
)
from app.web.messages import build_room_status
from app.web.output_schemas import FileResource, MeetingResource, NewObs, NewZoom, ObsResource
from app.web.schemas import RoomChange

ZOOM = MeetingOutput("zoom", "z1", "https://example.org/secret")


def test_a_change_keeps_what_it_does_not_name() -> None:
    """Only the fields of the change are replaced, including those of the visibility."""
    before = RoomSettings(languages=("de",), glossary="Surtitle", showing=Visibility(is_hidden=True))
    after = apply_change(RoomChange.model_validate({"languages": ["en"], "notice": " Lunch\n at noon "}), before)
    assert after == RoomSettings(
        languages=("en",), glossary="Surtitle", showing=Visibility(is_hidden=True, notice="Lunch at noon")
    )
    assert apply_change(RoomChange.model_validate({}), before) == before


def test_null_removes_a_source_and_changes_nothing_else() -> None:
    """A source can be removed; null for any other field means no change."""
    before = RoomSettings(source="https://example.org/talk.mp3", glossary="Surtitle")
    assert apply_change(RoomChange.model_validate({"source": None, "glossary": None}), before) == RoomSettings(
        glossary="Surtitle"
    )


def test_the_address_of_a_source_is_not_returned() -> None:
    """Operators see scheme and host of a stream's address; what they send back unchanged changes nothing."""
    before = RoomSettings(source="https://me:canary@example.org/canary?sig=canary")
    state = build_room_status(RoomState("hall", "demo", ("original",)), n_late=0, refusals=())
    shown = build_room_resource("hall", before, state, address=None)
    assert shown.source == "https://example.org"
    assert "canary" not in shown.model_dump_json() + repr(before)
    assert apply_change(RoomChange.model_validate({"source": shown.source}), before) == before
    other = apply_change(RoomChange.model_validate({"source": "https://example.org/"}), before)
    assert other.source == "https://example.org/"


def test_files_of_a_change_replace_files_only() -> None:
    """Meetings and OBS outputs stay when the files of a room are changed."""
    before = RoomSettings(outputs=(FileOutput("srt"), ZOOM))
    after = apply_change(RoomChange.model_validate({"outputs": [{"format": "txt"}, {"format": "txt"}]}), before)
    assert after.outputs == (ZOOM, FileOutput("txt"))


def test_outputs_are_stored_with_and_returned_without_secrets() -> None:
    """A new output gets an id; its resource has neither address nor password."""
    zoom = build_output(NewZoom.model_validate({"kind": "zoom", "url": " https://example.org/secret ", "track": "en"}))
    assert isinstance(zoom, MeetingOutput)
    assert (zoom.address, zoom.track) == ("https://example.org/secret", "en")
    obs = build_output(
        NewObs.model_validate({"kind": "obs", "password": "secret", "overlay": "https://example.org/#secret"})
    )
    assert isinstance(obs, ObsOutput)
    assert obs.password == "secret"
    resources = [build_output_resource(output) for output in (zoom, obs, FileOutput("vtt"))]
    assert [type(resource) for resource in resources] == [MeetingResource, ObsResource, FileResource]
    assert all("secret" not in resource.model_dump_json() for resource in resources)
    assert resources[2].id == "live.vtt"


def test_a_secret_is_returned_with_a_new_key() -> None:
    """The secret is a field of its own next to those of the key."""
    key = Key("0123456789ab", "main", "viewer", "made with the room", 1, None)
    assert with_secret(key, "word", 2, is_own=True).model_dump() == {
        "id": "0123456789ab",
        "room": "main",
        "role": "viewer",
        "label": "made with the room",
        "created_ms": 1,
        "expires_ms": None,
        "parent": None,
        "used_ms": None,
        "n_connections": 2,
        "is_own": True,
        "key": "word",
    }
