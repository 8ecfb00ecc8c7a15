"""Tests that secrets of outputs, sources, glossaries and keys are in no file once they are removed."""

import asyncio
import json
import random
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.outputs.settings import MeetingOutput, ObsOutput, OutputSettings
from app.store import schema
from app.store.access_key import Key
from app.store.database import Database
from app.store.rooms import RoomSettings
from tests.support.store_run import FILE, HOUR_S, StoreRun, count_text


def found(folder: Path) -> set[str]:
    """Return all canaries in all files of the folder."""
    files = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return {one.decode() for one in re.findall(rb"canary\d{5}\.", files)}


async def test_removed_outputs_sources_and_glossaries_are_in_no_file(tmp_path: Path) -> None:
    """Meeting addresses, passwords, stream addresses and terms go as soon as the room is changed."""
    store = StoreRun(tmp_path)
    settings = RoomSettings(
        glossary="canary00001. glossary",
        source="https://example.org/live?sig=canary00002.",
        outputs=(
            MeetingOutput("zoom", "0a1b2c3d", "https://wmcapi.zoom.us/closedcaption?id=canary00003.", "en", "en-US"),
            ObsOutput("1b2c3d4e", "127.0.0.1", 4455, "canary00004.", "Subtitles", virtual_camera=True),
        ),
    )
    await store.rooms.add("hall", settings)
    await store.rooms.add("other", RoomSettings())
    assert len(found(tmp_path)) == 4
    for changed, n_left in (
        (replace(settings, outputs=settings.outputs[1:]), 3),
        (replace(settings, outputs=()), 2),
        (replace(settings, outputs=(), source=None), 1),
        (RoomSettings(), 0),
    ):
        await store.rooms.change("hall", changed)
        assert len(found(tmp_path)) == n_left
    store.close()
    assert found(tmp_path) == set()


async def test_no_page_keeps_a_copy_of_settings_and_labels(tmp_path: Path) -> None:
    """For any mix of rooms, keys, lengths and changes; SQLite moves rows between pages and leaves copies there."""
    dice = random.Random(5)
    store = StoreRun(tmp_path)
    rooms: dict[str, list[str]] = {}
    keys: dict[str, tuple[Key, str]] = {}
    gone: set[str] = set()
    numbers = iter(range(100_000))

    def canary() -> str:
        return f"canary{next(numbers):05d}."

    for step in range(600):
        name = f"room{dice.randrange(30)}"
        secrets = [canary() for _ in range(dice.randrange(4))]
        outputs = [ObsOutput(f"{i}", "h", 1, secret, "s") for i, secret in enumerate(secrets)]
        settings = RoomSettings(
            glossary="x" * dice.choice((0, 0, 50, 300)), outputs=tuple[OutputSettings, ...](outputs)
        )
        action = dice.choice(("set", "set", "remove", "key", "key", "revoke"))
        if action == "set":
            await (store.rooms.change(name, settings) if name in rooms else store.rooms.add(name, settings))
            gone |= set(rooms.get(name, ()))
            rooms[name] = secrets
        elif action == "remove" and name in rooms:
            await store.rooms.remove(name)
            gone |= set(rooms.pop(name))
        elif action == "key":
            label = canary()
            keys[label] = await store.keyring.create_key(None, "viewer", label + "x" * dice.randrange(40))
        elif action == "revoke" and keys:
            label = dice.choice(list(keys))
            await store.keyring.revoke(keys.pop(label)[0].id)
            gone.add(label)
        if step % 20 == 0:
            assert found(tmp_path) & gone == set(), step
    assert len(gone) > 200
    assert found(tmp_path) >= {secret for secrets in rooms.values() for secret in secrets}
    store.close()


async def test_labels_of_expired_keys_are_in_no_file(tmp_path: Path) -> None:
    """They go with the key."""
    store = StoreRun(tmp_path)
    await store.keyring.create_key(None, "viewer", "canary00001.", lasts_s=HOUR_S)
    assert count_text(tmp_path, "canary00001.") > 0
    store.time.pass_s(HOUR_S + 1)
    await store.keyring.expire()
    assert found(tmp_path) == set()
    store.close()


@pytest.mark.parametrize("is_killed", [False, True])
async def test_an_upgrade_leaves_no_copies(tmp_path: Path, is_killed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of an earlier version may have copies between its rows; they go at the first start, or at the next."""
    path = tmp_path / FILE
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA secure_delete = OFF;")
        connection.executescript(f"PRAGMA page_size = 1024;{''.join(schema.UPGRADES[:4])}PRAGMA user_version = 4;")
        for number in range(200):
            settings = json.dumps({"glossary": f"canary{number:05d}."})
            connection.execute("INSERT INTO room VALUES (?, 'e1', ?, 0, 0, 0)", (f"room{number}", settings))
            connection.execute(
                "INSERT INTO access_key VALUES (?, ?, ?, 'viewer', ?, 0, NULL, NULL, NULL)",
                (f"{number}", b"%d" % number, f"room{number}", f"canary{1000 + number:05d}."),
            )
        connection.execute("DELETE FROM room WHERE name != 'room7'")
        connection.execute("DELETE FROM access_key WHERE id != '7'")
        connection.commit()
    assert len(found(tmp_path)) > 2
    if is_killed:
        monkeypatch.setattr(schema, "_rebuild", lambda connection: None)
        Database(path).close()
        assert len(found(tmp_path)) > 2
        monkeypatch.undo()
    store = StoreRun(tmp_path)
    await asyncio.sleep(0)
    await store.settle()
    assert found(tmp_path) == {"canary00007.", "canary01007."}
    assert [room.settings.glossary for room in store.rooms.all()] == ["canary00007."]
    assert [key.label for key in store.keyring.list()] == ["canary01007."]
    store.close()
