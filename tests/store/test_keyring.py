"""Tests for app.store.keyring."""

from pathlib import Path

import pytest

from app.errors import StoreError
from app.store.rooms import RoomSettings
from tests.support.store_run import StoreRun, copy_files, count_text


@pytest.fixture
def store(tmp_path: Path) -> StoreRun:
    """Return a store in an empty folder."""
    return StoreRun(tmp_path)


async def test_only_hashes_are_kept(store: StoreRun, tmp_path: Path) -> None:
    """No file of the store contains the secret of a key, or a part of it."""
    _, secret = await store.keyring.create_key(None, "admin", "desk")
    assert count_text(tmp_path, secret) == count_text(tmp_path, secret[:16]) == 0
    assert count_text(tmp_path, "desk") > 0
    store.close()
    assert count_text(tmp_path, secret[:16]) == 0


async def test_a_key_lives_over_a_restart(store: StoreRun, tmp_path: Path) -> None:
    """A key is valid after a restart, and after a crash just when it was returned."""
    key, secret = await store.keyring.create_key(None, "operator", "desk")
    crashed = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    assert crashed.keyring.find(secret) == key
    crashed.close()
    store.close()
    again = StoreRun(tmp_path)
    assert again.keyring.find(secret) == key
    assert again.keyring.find(secret + "x") is None
    again.close()


async def test_a_key_expires(store: StoreRun, tmp_path: Path) -> None:
    """An expired key is invalid, `on_revoked` is called, and its row is deleted."""
    gone: list[str] = []
    store.keyring.on_revoked = gone.append
    key, secret = await store.keyring.create_key(None, "viewer", lasts_s=10)
    other, _ = await store.keyring.create_key(None, "viewer")
    store.time.pass_s(9.9)
    assert store.keyring.find(secret) == key
    store.time.wall_s -= 3600
    store.time.pass_s(0.1)
    assert store.keyring.find(secret) is None
    await store.keyring.expire()
    assert gone == [key.id]
    store.close()
    again = StoreRun(tmp_path, store.time)
    assert again.keyring.list() == [other]
    again.close()


async def test_a_revoked_key_stays_revoked(store: StoreRun, tmp_path: Path) -> None:
    """A revoked key is invalid at once and after a restart, and its label is in no file."""
    key, secret = await store.keyring.create_key(None, "viewer", "canary-label")
    assert await store.keyring.revoke(key.id)
    assert store.keyring.find(secret) is None
    assert not await store.keyring.revoke(key.id)
    assert count_text(tmp_path, "canary-label") == 0
    store.close()
    again = StoreRun(tmp_path)
    assert again.keyring.list() == []
    again.close()


async def test_a_key_that_is_not_saved_is_none(store: StoreRun) -> None:
    """When the disk fails, no key is created; a key whose revocation fails is invalid nevertheless."""
    key, secret = await store.keyring.create_key(None, "viewer")
    refusing = store.fail()
    with pytest.raises(StoreError):
        await store.keyring.create_key(None, "viewer")
    assert store.keyring.list() == [key]
    with pytest.raises(StoreError):
        await store.keyring.revoke(key.id)
    assert store.keyring.find(secret) is None
    refusing.is_failing = False
    store.close()


async def test_keys_go_with_their_room(store: StoreRun, tmp_path: Path) -> None:
    """When a room is deleted, its keys are removed from memory and disk, and others stay."""
    await store.rooms.add("main", RoomSettings())
    _, secret = await store.keyring.create_key("main", "source")
    other, _ = await store.keyring.create_key(None, "source")
    await store.rooms.remove("main")
    store.keyring.remove_room("main")
    assert store.keyring.find(secret) is None
    store.close()
    again = StoreRun(tmp_path)
    assert again.keyring.list() == [other]
    again.close()
