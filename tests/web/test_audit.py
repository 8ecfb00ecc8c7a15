"""What requests leave in the audit log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from app.captions.room_state import SourceState
from app.outputs.settings import FileOutput
from app.store.audit_files import read_records
from app.store.audit_log import AuditLog
from app.store.rooms import RoomSettings
from app.web.audit import AuditEntry, describe_change
from tests.fakes.hosted_rooms import HostedRooms, serve_app
from tests.support.websocket_client import receive

CANARY = "Kanarienvogel"
"""In captions, labels, names, notices and glossaries; nothing of these may be recorded."""

Done = list[tuple[str, str | None, str | None, str]]


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[HostedRooms, httpx.AsyncClient]]:
    """Serve rooms that record into a folder while the block lasts; the client has the admin key."""
    rooms = HostedRooms(key="right")
    audit = AuditLog(folder)
    headers = {"Authorization": "Bearer right"}
    async with (
        serve_app(replace(rooms.context, audit=audit)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client,
    ):
        yield rooms, client
    audit.close()
    rooms.database.close()


def recorded(folder: Path) -> Done:
    """Return what was recorded: action, key, room and detail."""
    return [(record.action, record.key, record.room, record.detail) for record in read_records(folder)]


def text_of(folder: Path) -> str:
    """Return the text of all files."""
    return "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())


async def test_every_change_of_a_room_is_recorded(tmp_path: Path) -> None:
    """Each action has its key, room and ids, the client's address, and nothing of what was said or named."""
    async with serving(tmp_path) as (rooms, client):
        rooms.say("1-0", f"said {CANARY}", rev=1, final=True)
        rooms.main.set_source(SourceState(CANARY, "listening"))
        hall = (await client.post("/api/rooms", json={"name": "hall", "glossary": CANARY})).json()
        keys = [f"{key['id']} {key['role']}" for key in hall["keys"]]
        await client.patch("/api/rooms/main", json={"is_public": True, "glossary": CANARY, "notice": CANARY})
        await client.patch("/api/rooms/main", json={"is_public": False, "is_open": False})
        await client.patch("/api/rooms/main", json={"is_open": True})
        added = (await client.post("/api/rooms/main/keys", json={"role": "viewer", "label": CANARY})).json()
        await client.delete(f"/api/rooms/main/keys/{added['id']}")
        await client.post("/api/rooms/main/outputs", json={"kind": "file", "format": "srt"})
        await client.delete("/api/rooms/main/outputs/live.srt")
        await client.patch(f"/api/rooms/main/sources/{CANARY}", json={"is_on": False})
        await client.patch("/api/rooms/main/phrases/1-0", json={"text": f"changed {CANARY}"})
        await client.patch("/api/rooms/main/phrases/1-0", json={"text": None})
        await client.get("/transcript/main.vtt?lang=original")
        await client.get("/api/rooms/main/export")
        await client.delete("/api/rooms/main/captions")
        await client.delete("/api/rooms/hall?export=true")
    made = [("key_created", "setting", "hall", key) for key in keys]
    expected = [
        ("room_created", "hall", ""),
        ("room_public", "main", ""),
        ("room_changed", "main", "glossary notice"),
        ("room_private", "main", ""),
        ("room_closed", "main", ""),
        ("room_opened", "main", ""),
        ("key_created", "main", f"{added['id']} viewer"),
        ("key_revoked", "main", added["id"]),
        ("output_added", "main", "live.srt file"),
        ("output_removed", "main", "live.srt"),
        ("source_stopped", "main", ""),
        ("phrase_corrected", "main", "1-0 original"),
        ("phrase_withdrawn", "main", "1-0 original"),
        ("transcript_downloaded", "main", "vtt original"),
        ("room_exported", "main", ""),
        ("captions_erased", "main", ""),
        ("room_exported", "hall", ""),
        ("room_removed", "hall", ""),
    ]
    found = recorded(tmp_path)
    assert [one for one in found if one not in made] == [(action, "setting", *rest) for action, *rest in expected]
    assert [one for one in found if one in made] == made
    assert {record.address for record in read_records(tmp_path)} == {"127.0.0.1"}
    assert CANARY not in text_of(tmp_path)


async def test_refused_logins_are_recorded(tmp_path: Path) -> None:
    """A wrong key, no key, a key that does not allow it and a wrong code are recorded over REST and the socket.

    The keys and what looks like a room's name but is none are not.
    """
    async with serving(tmp_path) as (rooms, client):
        key, secret = await rooms.keyring.create_key("main", "viewer")
        await client.get("/api/rooms/main/export", headers={"Authorization": f"Bearer {secret}"})
        address = str(client.base_url).replace("http", "ws")
        async with connect(f"{address}/ws/{CANARY}") as socket:
            await socket.send(f'{{"type": "hello", "role": "viewer", "key": "{CANARY}"}}')
            assert (await receive(socket))["type"] == "error"
        for _ in range(20):
            await client.get("/api/rooms", headers={"Authorization": f"Bearer {CANARY}"})
    found = [(record.action, record.key, record.room, record.detail, record.n) for record in read_records(tmp_path)]
    assert found == [
        ("login_refused", key.id, "main", "key does not allow this", 1),
        ("login_refused", None, None, "wrong key", 1),
        ("login_refused", None, None, "wrong key", 20),
    ]
    assert CANARY not in text_of(tmp_path)
    assert secret not in text_of(tmp_path)


async def test_a_refused_code_is_recorded(tmp_path: Path) -> None:
    """Guessing the short code of a public room is a refused login."""
    async with serving(tmp_path) as (_, client):
        await client.get("/c/ABCDEF")
        await client.get("/api/rooms", headers={"Authorization": ""})
    assert [(one.action, one.detail, one.n) for one in read_records(tmp_path)] == [
        ("login_refused", "wrong code", 1),
        ("login_refused", "no key", 1),
    ]


async def test_readers_leave_no_records(tmp_path: Path) -> None:
    """Reading, also of an offered transcript, is not recorded: the log says what operators do, not who listens."""
    async with serving(tmp_path) as (rooms, client):
        rooms.main.set_visibility(replace(rooms.main.visibility, offers_transcript=True))
        _, secret = await rooms.keyring.create_key("main", "viewer")
        headers = {"Authorization": f"Bearer {secret}"}
        assert (await client.get("/transcript/main.srt", headers=headers)).status_code == 200
        assert (await client.get("/api/rooms/main/captions?before=9", headers=headers)).status_code == 200
    assert recorded(tmp_path) == []


async def test_what_the_disk_did_not_save_is_recorded_as_such(tmp_path: Path) -> None:
    """A key that is revoked in memory, but not on the disk, is recorded with that remark."""
    async with serving(tmp_path) as (rooms, client):
        key, _ = await rooms.keyring.create_key("main", "viewer")
        rooms.database.read(lambda connection: connection.execute("PRAGMA query_only = ON"))
        assert (await client.delete(f"/api/rooms/main/keys/{key.id}")).status_code == 503
    assert recorded(tmp_path) == [("key_revoked", "setting", "main", f"{key.id} (not saved)")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (RoomSettings(), RoomSettings(), []),
        (RoomSettings(), RoomSettings(is_public=True, code="ABC"), [AuditEntry("room_public")]),
        (RoomSettings(retention_h=1), RoomSettings(retention_h=2), [AuditEntry("room_changed", "retention_h")]),
        (RoomSettings(), RoomSettings(source="http://x/?token=1"), [AuditEntry("room_changed", "source")]),
        (RoomSettings(), RoomSettings(outputs=(FileOutput("srt"),)), [AuditEntry("output_added", "live.srt file")]),
        (RoomSettings(outputs=(FileOutput("srt"),)), RoomSettings(), [AuditEntry("output_removed", "live.srt file")]),
    ],
)
def test_a_change_is_described_without_values(
    before: RoomSettings, after: RoomSettings, expected: list[AuditEntry]
) -> None:
    """Names of settings are recorded, not what they are set to."""
    assert describe_change(before, after) == expected
