"""Backups of a data folder: what is in them, and what does not come back."""

from io import BytesIO
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.service.backup import back_up_running, back_up_stopped, delete_leftovers, restore_backup
from app.store import backup_archive
from app.store.audit_files import AUDIT
from app.store.audit_log import AuditLog
from app.store.audit_record import AuditAction
from app.store.rooms import RoomSettings
from tests.support.store_run import HOUR_S, ManualTime, StoreRun, count_text, stored_rows

NOW_S = 1_800_000_000.0


async def a_talk(folder: Path, time: ManualTime) -> StoreRun:
    """Return a running store in which three phrases were said, an hour apart; its folder has files of rooms."""
    run = StoreRun(folder, time, retention_h=3)
    log = await run.log()
    for text in ("first words", "second words", "third words"):
        run.say(log, text)
        await run.settle()
        time.pass_s(HOUR_S)
    (folder / "transcripts").mkdir(mode=0o700)
    for name in ("main.live.srt", "main.live-2.srt", "removed.live.srt", "notes.txt"):
        (folder / "transcripts" / name).write_text("subtitles")
    (folder / "admin.key").write_text("the-admin-key-of-this-folder")
    return run


def back_up(folder: Path, file: Path, now_s: float, *, with_admin_key: bool = False) -> None:
    """Write a backup of a folder that no service uses."""
    with file.open("wb") as target:
        back_up_stopped(folder, target, now_ms=round(now_s * 1000), with_admin_key=with_admin_key)


def names(file: Path) -> list[str]:
    """Return the names of the files in a backup."""
    return [part.name for part in backup_archive.read_manifest(file).parts]


def modes(folder: Path) -> set[int]:
    """Return the modes of all files in a folder."""
    return {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}


async def test_a_backup_of_a_stopped_service_comes_back(tmp_path: Path) -> None:
    """Rooms, captions and the rooms' files come back for their owner only; other files are not in the backup."""
    time = ManualTime(NOW_S)
    run = await a_talk(tmp_path / "data", time)
    run.close()
    file = tmp_path / "backup"
    back_up(tmp_path / "data", file, time.wall_s - 60)
    assert names(file) == ["surtitle.db", "transcripts/main.live-2.srt", "transcripts/main.live.srt"]
    restored = restore_backup(file, tmp_path / "new", force=False, now_ms=round((time.wall_s - 60) * 1000))
    assert (restored.found, restored.kept.n_captions) == (restored.kept, 3)
    assert [text for _, text in stored_rows(tmp_path / "new")] == ["first words", "second words", "third words"]
    assert modes(tmp_path / "new") == {0o600}
    again = StoreRun(tmp_path / "new", time)
    assert (await again.log()).last_seq == 3
    again.close()


async def test_a_running_service_is_backed_up_beside_its_writes(tmp_path: Path) -> None:
    """What was saved before is in it; phrases are saved meanwhile, and no copy is left in the data folder."""
    time = ManualTime(NOW_S)
    run = await a_talk(tmp_path / "data", time)
    time.wall_s = 0
    with await back_up_running(run.database, tmp_path / "data") as file:
        run.say(await run.log(), "words meanwhile")
        await run.settle()
        (tmp_path / "backup").write_bytes(file.read())
    assert not list((tmp_path / "data").glob(".backup*"))
    run.close()
    restore_backup(tmp_path / "backup", tmp_path / "new", force=False, now_ms=0)
    assert len(stored_rows(tmp_path / "new")) <= 3
    with pytest.raises(SettingsError, match="--memory"):
        await back_up_running(run.database, None)


async def test_what_has_expired_does_not_come_back(tmp_path: Path) -> None:
    """Neither the backup has what had expired, nor the restored folder what has expired since."""
    time = ManualTime(NOW_S)
    run = await a_talk(tmp_path / "data", time)
    await run.keyring.create_key("main", "viewer", "short", 1800)
    run.close()
    back_up(tmp_path / "data", tmp_path / "backup", time.wall_s + 1)
    restored = restore_backup(
        tmp_path / "backup", tmp_path / "new", force=False, now_ms=round((time.wall_s + HOUR_S + 1) * 1000)
    )
    assert (restored.found.n_captions, restored.kept.n_captions) == (2, 1)
    assert (restored.found.n_keys, restored.kept.n_keys) == (1, 0)
    assert [count_text(tmp_path / "new", f"{word} words") for word in ("first", "second", "third")] == [0, 0, 1]


async def test_what_was_erased_or_revoked_since_does_not_come_back(tmp_path: Path) -> None:
    """The folder's own audit log is applied: erased captions and their files stay erased, revoked keys revoked."""
    time = ManualTime(NOW_S)
    run = await a_talk(tmp_path / "data", time)
    revoked, _ = await run.keyring.create_key("main", "viewer")
    kept, _ = await run.keyring.create_key("main", "viewer")
    run.close()
    back_up(tmp_path / "data", tmp_path / "backup", NOW_S)
    audit = AuditLog(tmp_path / "data" / AUDIT, clock=lambda: NOW_S + 60)
    audit.record("captions_erased", key="local", room="main")
    audit.record("key_revoked", key="local", room="main", detail=revoked.id)
    audit.close()
    restored = restore_backup(tmp_path / "backup", tmp_path / "data", force=True, now_ms=round(NOW_S * 1000))
    assert (restored.found.n_captions, restored.kept.n_captions) == (3, 0)
    assert count_text(tmp_path / "data", "words") == 0
    assert list((tmp_path / "data").rglob("*.srt")) == []
    again = StoreRun(tmp_path / "data", time)
    assert [key.id for key in again.keyring.list("main")] == [kept.id]
    again.close()


async def test_an_incident_since_revokes_all(tmp_path: Path) -> None:
    """After an incident no key of an older backup is valid again."""
    run = await a_talk(tmp_path / "data", ManualTime(NOW_S))
    await run.keyring.create_key("main", "viewer")
    run.close()
    back_up(tmp_path / "data", tmp_path / "backup", NOW_S)
    audit = AuditLog(tmp_path / "data" / AUDIT, clock=lambda: NOW_S + 60)
    audit.record("incident", key="local")
    audit.close()
    assert restore_backup(tmp_path / "backup", tmp_path / "data", force=True, now_ms=0).kept.n_keys == 0


@pytest.mark.parametrize(
    ("actions", "is_public", "is_open"),
    [
        ([], True, True),
        (["room_private"], False, True),
        (["room_closed"], True, False),
        (["incident"], False, False),
        (["room_private", "room_public", "room_closed", "room_opened"], True, True),
        (["incident", "room_opened"], False, True),
    ],
)
async def test_a_room_that_was_restricted_since_stays_so(
    tmp_path: Path, actions: list[AuditAction], is_public: bool, is_open: bool
) -> None:
    """A room that is private or closed now does not become public or open with an older backup."""
    run = await a_talk(tmp_path / "data", ManualTime(NOW_S))
    await run.rooms.change("main", RoomSettings(is_public=True, code="CODE22"))
    run.close()
    back_up(tmp_path / "data", tmp_path / "backup", NOW_S)
    audit = AuditLog(tmp_path / "data" / AUDIT, clock=lambda: NOW_S + 60)
    for action in actions:
        audit.record(action, key="local", room=None if action == "incident" else "main")
    audit.close()
    restore_backup(tmp_path / "backup", tmp_path / "data", force=True, now_ms=0)
    again = StoreRun(tmp_path / "data")
    (room,) = again.rooms.all()
    assert (room.settings.is_public, room.settings.is_open) == (is_public, is_open)
    assert bool(room.settings.code) == is_public
    again.close()


async def test_a_folder_with_rooms_is_not_overwritten(tmp_path: Path) -> None:
    """Without force the folder stays as it is; with it, everything of the old one is gone."""
    run = await a_talk(tmp_path / "data", ManualTime(NOW_S))
    run.close()
    back_up(tmp_path / "data", tmp_path / "backup", NOW_S, with_admin_key=True)
    run = StoreRun(tmp_path / "other", ManualTime(NOW_S))
    run.say(await run.log("hall"), "other words")
    await run.settle()
    run.close()
    with pytest.raises(SettingsError, match="--force"):
        restore_backup(tmp_path / "backup", tmp_path / "other", force=False, now_ms=0)
    assert count_text(tmp_path / "other", "other words") > 0
    restore_backup(tmp_path / "backup", tmp_path / "other", force=True, now_ms=0)
    assert count_text(tmp_path / "other", "other words") == 0
    assert (tmp_path / "other" / "admin.key").read_text() == "the-admin-key-of-this-folder"
    assert modes(tmp_path / "other") == {0o600}


async def test_a_bad_backup_changes_nothing(tmp_path: Path) -> None:
    """A damaged backup, or one whose database is foreign, leaves the folder and its captions as they were."""
    run = await a_talk(tmp_path / "data", ManualTime(NOW_S))
    run.close()
    before = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    (tmp_path / "text").write_text("SELECT 1" * 500)
    body = BytesIO()
    backup_archive.write_archive(body, [("surtitle.db", tmp_path / "text")], made_ms=0, surtitle="0.1.0")
    (tmp_path / "foreign").write_bytes(body.getvalue())
    back_up(tmp_path / "data", tmp_path / "backup", NOW_S)
    whole = (tmp_path / "backup").read_bytes()
    (tmp_path / "damaged").write_bytes(whole[:300] + b"?" + whole[301:])
    for name in ("foreign", "damaged"):
        with pytest.raises(SettingsError):
            restore_backup(tmp_path / name, tmp_path / "data", force=True, now_ms=0)
    assert {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()} == before


def test_an_empty_folder_has_nothing_to_back_up(tmp_path: Path) -> None:
    """The sentence names the folder, and nothing is created."""
    with pytest.raises(SettingsError, match="nothing to back up"):
        back_up(tmp_path / "none", tmp_path / "backup", NOW_S)
    assert not (tmp_path / "none").exists()


def test_what_a_killed_process_left_is_deleted(tmp_path: Path) -> None:
    """The copy of a backup that was killed contains captions; it is deleted at the next start."""
    (tmp_path / ".backup-1234").mkdir()
    (tmp_path / ".backup-1234" / "surtitle.db").write_text("captions")
    delete_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []
