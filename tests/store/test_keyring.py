"""Tests for app.store.keyring."""

import asyncio
from pathlib import Path

import pytest

from app.errors import SettingsError, StoreError
from app.store.access_key import LOCAL, Key
from app.store.keyring import Keyring
from app.store.rooms import RoomSettings
from tests.support.store_run import StoreRun, copy_files, count_text

ADMIN = Key(LOCAL, None, "admin", "this machine", 0)
"""The key that renews others in these tests."""


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


async def test_a_child_ends_with_its_parent(store: StoreRun) -> None:
    """It never lasts longer, and revoking the parent revokes it and its own children, also on the disk."""
    gone: list[str] = []
    store.keyring.on_revoked = gone.append
    parent, _ = await store.keyring.create_key(None, "operator", lasts_s=100)
    child, secret = await store.keyring.create_key(None, "source", lasts_s=1e6, parent=parent)
    grandchild, _ = await store.keyring.create_key(None, "viewer", parent=child)
    other, _ = await store.keyring.create_key(None, "viewer")
    assert child.expires_ms == parent.expires_ms == grandchild.expires_ms
    assert await store.keyring.revoke(parent.id)
    assert gone == [parent.id, child.id, grandchild.id]
    assert store.keyring.find(secret) is None
    assert list(store.keyring.list()) == [other]


async def test_no_key_lasts_for_ever(store: StoreRun) -> None:
    """A key lasts 90 days unless its maker says otherwise, and a year at most."""
    usual, _ = await store.keyring.create_key(None, "viewer")
    longest, _ = await store.keyring.create_key(None, "viewer", lasts_s=1e12)
    assert usual.expires_ms == usual.created_ms + 90 * 86_400_000
    assert longest.expires_ms == longest.created_ms + 366 * 86_400_000


async def test_a_renewed_key_keeps_its_id(store: StoreRun, tmp_path: Path) -> None:
    """The old secret is invalid at once and after a restart; keys that were made with it are revoked."""
    key, old = await store.keyring.create_key(None, "operator", "desk")
    _, child = await store.keyring.create_key(None, "viewer", parent=key)
    renewed, new = await store.keyring.rotate(key.id, ADMIN)
    assert (renewed.id, renewed.label) == (key.id, "desk")
    assert [store.keyring.find(secret) for secret in (old, child)] == [None, None]
    store.close()
    again = StoreRun(tmp_path)
    assert again.keyring.find(new) == renewed
    assert again.keyring.find(old) is None
    again.close()


async def test_all_links_of_a_room_are_renewed(store: StoreRun) -> None:
    """Every key of the room gets a new secret, children too; keys of other rooms stay."""
    await store.rooms.add("main", RoomSettings())
    parent, first = await store.keyring.create_key("main", "operator")
    child, second = await store.keyring.create_key("main", "viewer", parent=parent)
    _, elsewhere = await store.keyring.create_key(None, "viewer")
    renewed = dict(await store.keyring.rotate_room("main", ADMIN))
    assert set(renewed) == {parent, child}
    assert [store.keyring.find(secret) for secret in (first, second)] == [None, None]
    assert store.keyring.find(renewed[child]) == child
    assert store.keyring.find(elsewhere)


async def test_the_last_use_is_kept(store: StoreRun, tmp_path: Path) -> None:
    """A use is noted at once, and saved with the next expiry."""
    key, secret = await store.keyring.create_key(None, "viewer")
    assert key.used_ms is None
    store.time.pass_s(60)
    found = store.keyring.find(secret)
    assert found is not None
    assert found.used_ms == key.created_ms + 60_000
    await store.keyring.expire()
    store.close()
    again = StoreRun(tmp_path, store.time)
    [stored] = again.keyring.list()
    assert stored.used_ms == found.used_ms
    again.close()


async def test_a_printed_link_stays_the_same_over_restarts(store: StoreRun, tmp_path: Path) -> None:
    """Until its key is revoked or ends soon, or the local secret is another; no file contains it."""
    await store.rooms.add("main", RoomSettings())

    def keyring(local: str = "local-secret") -> Keyring:
        return Keyring(store.database, store.clock, local)

    printed = await keyring().printed_key("main", "operator")
    again = keyring()
    assert await again.printed_key("main", "operator") == printed
    assert await again.printed_key("main", "viewer") != printed
    assert await keyring("another-secret").printed_key("main", "operator") != printed
    assert count_text(tmp_path, printed) == 0
    found = again.find(printed)
    assert found is not None
    assert await again.revoke(found.id)
    renewed = await keyring().printed_key("main", "operator")
    assert renewed != printed
    store.time.pass_s(84 * 86_400)
    assert await keyring().printed_key("main", "operator") != renewed


async def test_the_keys_that_are_not_stored_cannot_be_revoked(store: StoreRun) -> None:
    """Those of the settings and of the data folder are listed, and a sentence says how they end."""
    keyring = Keyring(store.database, store.clock, "local-secret")
    keyring.add_master_key("setting-secret")
    assert {key.id for key in keyring.list()} == {"local", "setting"}
    for key_id, advice in (("setting", "SURTITLE_KEY"), ("local", "admin.key")):
        with pytest.raises(SettingsError, match=advice):
            await keyring.revoke(key_id)
        with pytest.raises(SettingsError, match=advice):
            await keyring.rotate(key_id, ADMIN)


async def test_an_incident_revokes_every_key_but_one(store: StoreRun) -> None:
    """All stored keys end but the one that asked; those that are not stored stay."""
    keyring = Keyring(store.database, store.clock, "local-secret")
    kept, _ = await keyring.create_key(None, "admin")
    ended = [(await keyring.create_key(None, "viewer"))[0] for _ in range(3)]
    assert list(await keyring.revoke_all(kept.id)) == ended
    assert {key.id for key in keyring.list()} == {"local", kept.id}


async def test_a_key_that_is_revoked_while_it_is_renewed_stays_revoked(store: StoreRun) -> None:
    """A key that renews itself at the moment of its revocation is revoked all the same."""
    key, _ = await store.keyring.create_key(None, "operator")
    (_, secret), is_revoked = await asyncio.gather(store.keyring.rotate(key.id, ADMIN), store.keyring.revoke(key.id))
    assert is_revoked
    assert store.keyring.find(secret) is store.keyring.get(key.id) is None
    store.close()


async def test_a_key_that_is_renewed_during_an_incident_is_revoked(store: StoreRun) -> None:
    """A key that is renewed while all keys are revoked is not valid afterwards."""
    key, _ = await store.keyring.create_key(None, "admin")
    (_, secret), _ = await asyncio.gather(store.keyring.rotate(key.id, ADMIN), store.keyring.revoke_all(None))
    assert store.keyring.find(secret) is None
    store.close()


@pytest.mark.parametrize("renews_room", [False, True])
async def test_a_key_made_while_its_parent_is_renewed_is_invalid(store: StoreRun, renews_room: bool) -> None:
    """A key that is made with another one at the moment of its renewal is invalid."""
    await store.rooms.add("main", RoomSettings())
    parent, _ = await store.keyring.create_key("main", "operator")
    renew = store.keyring.rotate_room("main", ADMIN) if renews_room else store.keyring.rotate(parent.id, ADMIN)
    (child, secret), _ = await asyncio.gather(store.keyring.create_key("main", "viewer", parent=parent), renew)
    assert store.keyring.find(secret) is store.keyring.get(child.id) is None
    store.close()


async def test_a_renewed_key_ends_with_the_key_that_renewed_it(store: StoreRun, tmp_path: Path) -> None:
    """A short-lived key that renews others gets none that lasts longer, or outlives its revocation."""
    await store.rooms.add("main", RoomSettings())
    long, _ = await store.keyring.create_key("main", "operator")
    brief, _ = await store.keyring.create_key("main", "operator", lasts_s=60, parent=long)
    other, _ = await store.keyring.create_key("main", "viewer")
    renewed = {key.id: (key, secret) for key, secret in await store.keyring.rotate_room("main", brief)}
    assert {key.expires_ms for key, _ in renewed.values()} == {brief.expires_ms}
    assert (renewed[other.id][0].parent, renewed[long.id][0].parent) == (brief.id, None)
    single, secret = await store.keyring.rotate(other.id, brief)
    assert single.expires_ms == brief.expires_ms
    store.close()
    again = StoreRun(tmp_path, store.time)
    assert {key.expires_ms for key in again.keyring.list()} == {brief.expires_ms}
    assert await again.keyring.revoke(brief.id)
    assert again.keyring.find(secret) is None
    again.close()
