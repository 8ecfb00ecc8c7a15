"""Makes backups of a data folder and restores them, without what has expired or was erased since."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

import app
from app.errors import SettingsError, StoreError
from app.service.output_runner import TRANSCRIPTS
from app.service.storage import DATABASE
from app.store import admin_key, backup_archive, backup_copy
from app.store.audit_files import AUDIT, read_records
from app.store.backup_copy import CopyContent, LaterChanges
from app.store.database import Database

LEFTOVERS = ".backup-*"
"""Working folders; one is left only if the process was killed."""


@dataclass(frozen=True, slots=True)
class RestoredBackup:
    """What a restore did."""

    made_ms: int
    """When the backup was made."""
    found: CopyContent
    """What the backup contained."""
    kept: CopyContent
    """What is left of it after the deletion of what has expired, or was erased, removed or revoked since."""


@contextmanager
def working_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder in the data folder, on the same disk, which is deleted with its files in the end.

    Only one may be in use: what a killed process left is deleted first.

    Raises:
        StoreError: It cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        delete_leftovers(folder)
        with tempfile.TemporaryDirectory(prefix=LEFTOVERS.rstrip("*"), dir=folder) as name:
            yield Path(name)
    except OSError as exc:
        raise StoreError(f"The folder {folder} cannot be written: {exc.strerror or exc}.") from exc


def delete_leftovers(folder: Path) -> None:
    """Delete the working folders of killed processes, because they contain captions."""
    for path in folder.glob(LEFTOVERS):
        shutil.rmtree(path, ignore_errors=True)


def write_backup(folder: Path, copy: Path, file: BinaryIO, *, now_ms: int, with_admin_key: bool = False) -> CopyContent:
    """Write a backup: a copy of the database, from which what has expired is deleted first, and the rooms' files.

    Raises:
        StoreError: It cannot be written.
    """
    content = backup_copy.delete_expired(copy, now_ms)
    parts = [(DATABASE, copy)]
    if (folder / TRANSCRIPTS).is_dir():
        paths = sorted((folder / TRANSCRIPTS).iterdir())
        parts += [(f"{TRANSCRIPTS}/{path.name}", path) for path in paths if _belongs(path.name, content.rooms)]
    if with_admin_key:
        parts.append((admin_key.FILE, folder / admin_key.FILE))
    try:
        backup_archive.write_archive(file, parts, made_ms=now_ms, surtitle=app.__version__)
    except OSError as exc:
        raise StoreError(f"The backup cannot be written: {exc.strerror or exc}. Free some space there.") from exc
    return content


async def back_up_running(database: Database, folder: Path | None) -> BinaryIO:
    """Return a backup of a running service as an open file, which is deleted when it is closed.

    Phrases are saved meanwhile: the database is read once, on a connection of its own.

    Raises:
        SettingsError: The service keeps nothing on the disk.
        StoreError: The backup cannot be written.
    """
    if folder is None:
        raise SettingsError("This service runs with --memory: there is nothing on the disk to back up.")
    return await asyncio.to_thread(_back_up_to_file, database, folder)


def _back_up_to_file(database: Database, folder: Path) -> BinaryIO:
    with working_folder(folder) as work, ExitStack() as stack:
        now_ms = round(time.time() * 1000)  # before the copy: what is erased after it must not come back
        file = cast(BinaryIO, stack.enter_context(tempfile.TemporaryFile(dir=folder)))
        database.read_apart(partial(backup_copy.copy_to, target=work / DATABASE))
        write_backup(folder, work / DATABASE, file, now_ms=now_ms)
        file.seek(0)
        stack.pop_all()
        return file


def back_up_stopped(folder: Path, file: BinaryIO, *, now_ms: int, with_admin_key: bool) -> CopyContent:
    """Write a backup of a data folder that no service uses; the caller holds its lock.

    Raises:
        SettingsError: There is no database, or it is damaged.
        StoreError: The backup cannot be written.
    """
    require_database(folder)
    with working_folder(folder) as work:
        backup_copy.copy_file(folder / DATABASE, work / DATABASE)
        return write_backup(folder, work / DATABASE, file, now_ms=now_ms, with_admin_key=with_admin_key)


def require_database(folder: Path) -> None:
    """Raise SettingsError if a data folder has no database."""
    if not (folder / DATABASE).exists():
        raise SettingsError(f"There is nothing to back up in {folder}. Name the data folder with --data.")


def add_admin_key(folder: Path, backup: Path, file: BinaryIO) -> None:
    """Write a backup again with the admin key of a data folder in it.

    Raises:
        SettingsError: The backup is damaged, or there is no admin key.
        StoreError: It cannot be written.
    """
    if not (folder / admin_key.FILE).is_file():
        raise SettingsError(f"There is no {admin_key.FILE} in {folder}. Leave out --with-admin-key, or give --data.")
    try:
        with tempfile.TemporaryDirectory(prefix=LEFTOVERS.rstrip("*"), dir=backup.parent) as work:
            manifest = backup_archive.extract(backup, Path(work))
            parts = [(part.name, Path(work) / part.name) for part in manifest.parts]
            parts.append((admin_key.FILE, folder / admin_key.FILE))
            backup_archive.write_archive(file, parts, made_ms=manifest.made_ms, surtitle=manifest.surtitle)
    except OSError as exc:
        raise StoreError(f"The backup cannot be written: {exc.strerror or exc}. Free some space there.") from exc


def restore_backup(path: Path, folder: Path, *, force: bool, now_ms: int) -> RestoredBackup:
    """Put a backup into a data folder that no service uses; the caller holds its lock.

    What has expired since, and what was erased, removed or revoked since as far as the folder's audit log says, does
    not come back. Nothing changes unless the whole backup is good.

    Raises:
        SettingsError: The backup is damaged or foreign, or the folder has a database and `force` is not given.
        StoreError: The folder cannot be written.
    """
    manifest = backup_archive.read_manifest(path)
    if (folder / DATABASE).exists() and not force:
        raise SettingsError(
            f"There are rooms and captions in {folder} already. Give an empty folder with --data, or replace "
            "everything there with --force."
        )
    with working_folder(folder) as work:
        backup_archive.extract(path, work)
        found = backup_copy.check_copy(work / DATABASE)
        changes = read_later_changes(folder, manifest.made_ms)
        backup_copy.apply_later_changes(work / DATABASE, changes)
        kept = backup_copy.delete_expired(work / DATABASE, now_ms)
        files = work / TRANSCRIPTS
        gone = {*changes.erased, *changes.removed}
        for file in files.iterdir() if files.is_dir() else ():
            if not _belongs(file.name, tuple(set(kept.rooms) - gone)):
                file.unlink()
        _replace(work, folder)
    return RestoredBackup(manifest.made_ms, found, kept)


def read_later_changes(folder: Path, since_ms: int) -> LaterChanges:
    """Return what the audit log of a data folder says was erased, removed or revoked since a time; raises OSError."""
    erased, removed, revoked, renewed, all_keys = set(), set(), set(), set(), False
    restrictions: list[tuple[str, str, bool]] = []
    for record in read_records(folder / AUDIT, since_ms):
        target = record.detail.partition(" ")[0]
        match record.action:
            case "captions_erased" if record.room:
                erased.add(record.room)
            case "room_removed" if record.room:
                removed.add(record.room)
            case "key_revoked" | "key_rotated" if target:
                revoked.add(target)
            case "keys_renewed" if record.room:
                renewed.add(record.room)
            case "room_private" | "room_public" if record.room:
                restrictions.append((record.room, "is_public", record.action == "room_public"))
            case "room_closed" | "room_opened" if record.room:
                restrictions.append((record.room, "is_open", record.action == "room_opened"))
            case "incident":
                all_keys = True
                restrictions += [("", "is_public", False), ("", "is_open", False)]
    return LaterChanges(tuple(erased), tuple(removed), tuple(revoked), tuple(renewed), all_keys, tuple(restrictions))


def _replace(work: Path, folder: Path) -> None:
    """Move the files of a backup to their places; what was there is deleted."""
    for suffix in ("-wal", "-shm", "-journal"):  # they belong to the old database
        (folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    (work / DATABASE).replace(folder / DATABASE)
    shutil.rmtree(folder / TRANSCRIPTS, ignore_errors=True)
    if (work / TRANSCRIPTS).is_dir():
        (work / TRANSCRIPTS).replace(folder / TRANSCRIPTS)
    if (work / admin_key.FILE).exists():
        (work / admin_key.FILE).replace(folder / admin_key.FILE)


def _belongs(name: str, rooms: tuple[str, ...]) -> bool:
    """Return whether a subtitle file is one of these rooms and has a name that a backup may have."""
    return name.partition(".")[0] in rooms and bool(backup_archive.NAMES.fullmatch(f"{TRANSCRIPTS}/{name}"))
