"""The messages of the socket, byte by byte."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from app.captions.event import Event
from app.captions.room_state import (
    Alarm,
    OutputHealth,
    OutputState,
    RoomState,
    SourceState,
    Visibility,
)
from app.errors import SettingsError
from app.web import messages
from app.web.messages import (
    CaptionMessage,
    OperatorHello,
    Refusal,
    SnapshotMessage,
    StateMessage,
    StatusMessage,
    WelcomeMessage,
    build_room_status,
    build_room_view,
    parse_hello,
)
from app.web.source_messages import is_end, parse_speaker

CORRECTED = Event(
    "main", "e1", 7, "3-160000", 4, "Hall microphone", "en", "corrected", "en", 10.0, 12.5, 'Say "hi" to Zoë', "", None,
    True, (0, 2),
)  # fmt: skip
OPEN = Event(
    "main", "e1", None, "3-320000", 2, "Hall microphone", "original", "open", "de", 20.0, 21.25, "Guten", "Morgen",
    "Ada",
)  # fmt: skip

STATE = RoomState(
    "main",
    "demo",
    ("original", "en"),
    sources=(
        SourceState("Hall microphone", "listening", behind_s=3.6, cadence_s=2.0, level_dbfs=-18.5, is_speech=True),
    ),
    problems=("Not saved.",),
    showing=Visibility(notice="Lunch"),
    n_readers=3,
    outputs=(OutputState("live.srt", "file", None, OutputHealth("working", n_sent=4)),),
    alarms=(Alarm("behind", "Hall microphone", "It is behind."),),
    speaker_names={"Speaker 1": "Ada"},
)

CORRECTED_JSON = (
    '{"room":"main","epoch":"e1","seq":7,"phrase":"3-160000","rev":4,"source":"Hall microphone","track":"en",'
    '"state":"corrected","language":"en","start_s":10.0,"end_s":12.5,"committed":"Say \\"hi\\" to Zoë","tentative":"",'
    '"speaker":null,"is_outdated":true,"doubtful":[0,2],"is_retranslated":false,"is_backfilled":false}'
)
OPEN_JSON = (
    '{"room":"main","epoch":"e1","seq":null,"phrase":"3-320000","rev":2,"source":"Hall microphone","track":"original",'
    '"state":"open","language":"de","start_s":20.0,"end_s":21.25,"committed":"Guten","tentative":"Morgen",'
    '"speaker":"Ada","is_outdated":false,"doubtful":[],"is_retranslated":false,"is_backfilled":false}'
)
SHOWING_JSON = '{"is_hidden":false,"is_paused":false,"notice":"Lunch","offers_transcript":false}'
VIEW_JSON = (
    '{"room":"main","title":"","model":"demo","tracks":["original","en"],"sources":[{"name":"Hall microphone",'
    '"status":"listening","message":"","behind_s":4.0,"cadence_s":2.0}],"problems":["Not saved."],'
    f'"showing":{SHOWING_JSON},"speaker_names":{{"Speaker 1":"Ada"}},"shows_names":true}}'
)
STATUS_JSON = (
    '{"room":"main","title":"","model":"demo","tracks":["original","en"],"sources":[{"name":"Hall microphone",'
    '"status":"listening","message":"","behind_s":3.6,"cadence_s":2.0,"level_dbfs":-18.5,"is_clipping":false,'
    '"is_dead":false,"is_quiet":false,"is_speech":true,"n_terms_used":0}],"problems":["Not saved."],'
    f'"showing":{SHOWING_JSON},"speaker_names":{{"Speaker 1":"Ada"}},"shows_names":true,"n_readers":3,"n_late":1,'
    '"readers":[],"outputs":[{"id":"live.srt","kind":"file","track":null,'
    '"health":{"status":"working","message":"","n_sent":4,"n_dropped":0},"path":null}],"alarms":[{"kind":"behind",'
    '"subject":"Hall microphone","message":"It is behind."}],"refusals":[{"reason":"keys","message":"links",'
    '"count":2}]}'
)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (CaptionMessage(caption=CORRECTED), f'{{"type":"caption","caption":{CORRECTED_JSON}}}'),
        (CaptionMessage(caption=OPEN), f'{{"type":"caption","caption":{OPEN_JSON}}}'),
        (
            SnapshotMessage(epoch="e1", is_fresh=True, captions=(CORRECTED, OPEN)),
            f'{{"type":"snapshot","epoch":"e1","is_fresh":true,"captions":[{CORRECTED_JSON},{OPEN_JSON}]}}',
        ),
        (StateMessage(state=build_room_view(STATE)), f'{{"type":"state","state":{VIEW_JSON}}}'),
        (
            WelcomeMessage(epoch="e1", state=build_room_view(STATE)),
            f'{{"type":"welcome","epoch":"e1","state":{VIEW_JSON},"next_sample":null}}',
        ),
        (
            StatusMessage(
                status=build_room_status(STATE, n_late=1, refusals=(Refusal(reason="keys", message="links", count=2),))
            ),
            f'{{"type":"status","status":{STATUS_JSON}}}',
        ),
    ],
)
def test_messages_keep_their_bytes(message: messages.WireMessage, expected: str) -> None:
    """Fields, their order and their form are those of the first version of the protocol."""
    assert message.encoded().decode() == expected
    assert json.loads(message.encoded())["type"] == message.model_dump()["type"]


def test_readers_see_no_levels_outputs_or_alarms() -> None:
    """What a reader gets of a room leaves out what is for operators."""
    view = StateMessage(state=build_room_view(STATE)).encoded()
    for name in (b"level_dbfs", b"outputs", b"alarms", b"n_readers", b"refusals"):
        assert name not in view


def test_hello_and_end_are_parsed_strictly() -> None:
    """A valid hello is parsed by its role; anything else is refused with the field that is wrong."""
    assert isinstance(parse_hello('{"type":"hello","role":"operator","key":"k"}'), OperatorHello)
    for text, where in (
        ("nonsense", "message"),
        ('{"type":"hello","role":"viewer","extra":1}', "viewer.extra"),
        ('{"type":"hello","role":"source","session":"short"}', "source.session"),
        ('{"type":"hello","role":"viewer","since":{"epoch":"e","seq":-1}}', "viewer.since.seq"),
    ):
        with pytest.raises(SettingsError, match=f"Expected a hello message; {where}: "):
            parse_hello(text)
    assert is_end('{"type":"end"}')
    assert not is_end('{"type":"stop"}')
    assert parse_speaker('{"type":"speaker","speaker":""}') == ""
    assert parse_speaker('{"type":"end"}') is None


def test_the_protocol_page_names_every_field(root: Path) -> None:
    """Every field of every message is in docs/protocol.md."""
    page = (root / "docs" / "protocol.md").read_text(encoding="utf-8")
    models: list[type[messages.WireMessage]] = [
        messages.ViewerHello,
        messages.SourceHello,
        messages.RoomStatus,
        messages.RoomView,
        messages.WelcomeMessage,
        messages.SnapshotMessage,
        messages.CaptionMessage,
        messages.StateMessage,
        messages.AckMessage,
        messages.ErrorMessage,
    ]
    names = {name for model in models for name in model.model_fields}
    names |= {field.name for kind in (Event, SourceState) for field in fields(kind)}
    assert {name for name in names if not re.search(rf"\b{name}\b", page)} == set()
