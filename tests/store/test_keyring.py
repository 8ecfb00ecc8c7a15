"""Keys on the disk."""

from pathlib import Path

import pytest

from app.errors import StoreError
from app.store.rooms import RoomSettings
from tests.support.store_run import StoreRun, copy_files, count_text


@pytest.fixture
def shelf(tmp_path: Path) -> StoreRun:
    """Return a store in an empty folder."""
    return StoreRun(tmp_path)


async def test_only_hashes_are_kept(shelf: StoreRun, tmp_path: Path) -> None:
    """No file of the store holds the word of a key, or a part of it."""
    _, secret = await shelf.keyring.create_key(None, "admin", "desk")
    assert count_text(tmp_path, secret) == count_text(tmp_path, secret[:16]) == 0
    assert count_text(tmp_path, "desk") > 0
    shelf.close()
    assert count_text(tmp_path, secret[:16]) == 0


async def test_a_key_lives_over_a_restart(shelf: StoreRun, tmp_path: Path) -> None:
    """A key opens the same after a restart, and after a crash at the moment when it was told."""
    key, secret = await shelf.keyring.create_key(None, "operator", "desk")
    crashed = StoreRun(copy_files(tmp_path, tmp_path / "crash"))
    assert crashed.keyring.find(secret) == key
    crashed.close()
    shelf.close()
    again = StoreRun(tmp_path)
    assert again.keyring.find(secret) == key
    assert again.keyring.find(secret + "x") is None
    again.close()


async def test_a_key_expires(shelf: StoreRun, tmp_path: Path) -> None:
    """A key opens nothing from its last moment on, whoever came in with it is told, and its row goes."""
    gone: list[str] = []
    shelf.keyring.on_revoked = gone.append
    key, secret = await shelf.keyring.create_key(None, "viewer", lasts_s=10)
    other, _ = await shelf.keyring.create_key(None, "viewer")
    shelf.time.pass_s(9.9)
    assert shelf.keyring.find(secret) == key
    shelf.time.wall_s -= 3600
    shelf.time.pass_s(0.1)
    assert shelf.keyring.find(secret) is None
    await shelf.keyring.expire()
    assert gone == [key.id]
    shelf.close()
    again = StoreRun(tmp_path, shelf.time)
    assert again.keyring.list() == [other]
    again.close()


async def test_a_revoked_key_stays_revoked(shelf: StoreRun, tmp_path: Path) -> None:
    """A revoked key opens nothing at once, nor after a restart, and its label is in no file."""
    key, secret = await shelf.keyring.create_key(None, "viewer", "canary-label")
    assert await shelf.keyring.revoke(key.id)
    assert shelf.keyring.find(secret) is None
    assert not await shelf.keyring.revoke(key.id)
    assert count_text(tmp_path, "canary-label") == 0
    shelf.close()
    again = StoreRun(tmp_path)
    assert again.keyring.list() == []
    again.close()


async def test_a_key_that_is_not_saved_is_none(shelf: StoreRun) -> None:
    """When the disk refuses, the key is not made; when it refuses to revoke, it opens nothing all the same."""
    key, secret = await shelf.keyring.create_key(None, "viewer")
    refusing = shelf.fail()
    with pytest.raises(StoreError):
        await shelf.keyring.create_key(None, "viewer")
    assert shelf.keyring.list() == [key]
    with pytest.raises(StoreError):
        await shelf.keyring.revoke(key.id)
    assert shelf.keyring.find(secret) is None
    refusing.is_failing = False
    shelf.close()


async def test_keys_go_with_their_room(shelf: StoreRun, tmp_path: Path) -> None:
    """When a room is removed, its keys are gone from memory and disk, and others stay."""
    await shelf.rooms.add("main", RoomSettings())
    _, secret = await shelf.keyring.create_key("main", "source")
    other, _ = await shelf.keyring.create_key(None, "source")
    await shelf.rooms.remove("main")
    shelf.keyring.remove_room("main")
    assert shelf.keyring.find(secret) is None
    shelf.close()
    again = StoreRun(tmp_path)
    assert again.keyring.list() == [other]
    again.close()
