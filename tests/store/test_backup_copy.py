"""Copies of the database for backups."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.store import schema
from app.store.backup_copy import LaterChanges, apply_later_changes, check_copy, copy_file, delete_expired
from app.store.rooms import RoomSettings
from tests.support.store_run import FILE, HOUR_S, StoreRun


async def a_talk(folder: Path) -> StoreRun:
    """Return a store with two rooms, in which three phrases were said an hour apart, and with three keys."""
    run = StoreRun(folder, retention_h=1.5)
    log = await run.log()
    await run.rooms.add("foyer", RoomSettings())
    for text in ("first words", "second words", "third words"):
        run.say(log, text)
        await run.settle()
        run.time.pass_s(HOUR_S)
    for days in (1, 30, 60):
        await run.keyring.create_key("main", "viewer", f"{days}", days * 86_400)
    await run.settle()
    return run


def epochs(path: Path) -> list[str]:
    """Return the epochs of the rooms."""
    with closing(sqlite3.connect(path)) as connection:
        return [epoch for (epoch,) in connection.execute("SELECT epoch FROM room ORDER BY name")]


async def test_what_has_expired_leaves_no_trace(tmp_path: Path) -> None:
    """Phrases older than their room's retention and expired keys are deleted from a copy, byte for byte."""
    run = await a_talk(tmp_path)
    now_ms = run.clock.now_ms()
    run.close()
    copy_file(tmp_path / FILE, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    content = delete_expired(tmp_path / "copy.db", now_ms)
    assert (content.rooms, content.n_captions, content.n_keys) == (("foyer", "main"), 1, 3)
    kept = (tmp_path / "copy.db").read_bytes()
    assert (b"third words" in kept, b"first words" in kept, b"second words" in kept) == (True, False, False)
    assert delete_expired(tmp_path / "copy.db", now_ms + 40 * 86_400_000).n_keys == 1


async def test_later_changes_are_repeated(tmp_path: Path) -> None:
    """Erased rooms, removed rooms and revoked keys do not come back."""
    run = await a_talk(tmp_path)
    first, *_ = run.keyring.list("main")
    run.close()
    copy = tmp_path / "copy.db"
    copy_file(tmp_path / FILE, copy)
    apply_later_changes(copy, LaterChanges(erased=("main",), removed=("foyer",), revoked=(first.id,)))
    content = delete_expired(copy, 0)
    assert (content.rooms, content.n_captions, content.n_keys) == (("main",), 0, 2)
    assert b"words" not in copy.read_bytes()
    apply_later_changes(copy, LaterChanges(renewed=("main",)))
    assert delete_expired(copy, 0).n_keys == 0


async def test_a_checked_copy_has_new_epochs(tmp_path: Path) -> None:
    """Clients that saw later numbers start afresh."""
    run = await a_talk(tmp_path)
    run.close()
    copy_file(tmp_path / FILE, tmp_path / "copy.db")
    before = epochs(tmp_path / "copy.db")
    assert check_copy(tmp_path / "copy.db").rooms == ("foyer", "main")
    assert not set(before) & set(epochs(tmp_path / "copy.db"))


def test_damaged_and_foreign_databases_are_refused(tmp_path: Path) -> None:
    """A file that is no database, one of another program, and one with added code are refused with a sentence."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(b"no database at all" * 100)
    with pytest.raises(SettingsError, match="does not belong to Surtitle"):
        check_copy(copy)
    copy.unlink()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("CREATE TABLE other (name TEXT)")
    with pytest.raises(SettingsError, match="does not belong to Surtitle"):
        check_copy(copy)
    copy.unlink()
    schema.open_file(copy).close()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("CREATE TRIGGER t AFTER DELETE ON event BEGIN DELETE FROM room; END")
    with pytest.raises(SettingsError, match="was changed"):
        check_copy(copy)


async def test_keys_made_with_a_revoked_key_end_with_it(tmp_path: Path) -> None:
    """A revoked key takes its children and their children along, as it did when it was revoked."""
    run = await a_talk(tmp_path)
    parent, _ = await run.keyring.create_key("main", "operator")
    child, _ = await run.keyring.create_key("main", "operator", parent=parent)
    await run.keyring.create_key("main", "viewer", parent=child)
    run.close()
    copy_file(tmp_path / FILE, tmp_path / "copy.db")
    apply_later_changes(tmp_path / "copy.db", LaterChanges(revoked=(parent.id,)))
    assert delete_expired(tmp_path / "copy.db", 0).n_keys == 3
