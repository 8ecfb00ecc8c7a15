"""The commands for backups of a data folder: backup, and restore."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import exit_codes, terminal
from app.cli.options import STORAGE, DataFolder, option
from app.cli.terminal import LOCAL, At, Insecure, KeyFile, connected

if TYPE_CHECKING:
    from app.config import Settings
    from app.store.audit_record import AuditAction

Force = Annotated[bool, option(STORAGE, "Replace the data that is there.", "--force")]
WithAdminKey = Annotated[
    bool,
    option(
        STORAGE,
        "Include the admin key of this machine; then keep the file as secret as the key.",
        "--with-admin-key",
    ),
]


def backup(
    file: Annotated[Path, typer.Argument(help="File to write; only you can read it.")],
    data: DataFolder = None,
    with_admin_key: WithAdminKey = False,
    force: Force = False,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Back up rooms, keys and captions to a file, even while the service runs; what has expired is left out."""
    with exit_codes.guarded():
        from app import config
        from app.errors import FolderInUseError, SettingsError

        if file.exists() and not force:
            raise SettingsError(f"Expected a new file, but there is {file} already. Name another one, or add --force.")
        settings = config.read(data=data)
        try:
            _back_up_stopped(file, settings, with_admin_key)
        except FolderInUseError:
            os.environ["SURTITLE_DATA"] = str(settings.data)  # where the admin key is
            _back_up_running(file, settings.data, with_admin_key, at, key_file, insecure)


def restore(
    file: Annotated[Path, typer.Argument(help="File that `backup` wrote.")],
    data: DataFolder = None,
    force: Force = False,
) -> None:
    """Restore a backup into the data folder; what has expired since is left out. Stop the service first."""
    with exit_codes.guarded():
        from app import config
        from app.service.backup import restore_backup
        from app.store import backup_archive, data_folder

        settings = config.read(data=data)
        backup_archive.read_manifest(file)  # first, because locking creates the folder
        with data_folder.locked(settings.data):
            restored = restore_backup(file, settings.data, force=force, now_ms=round(time.time() * 1000))
            made = terminal.format_minute(restored.made_ms, "an unknown time")
            _record(settings, "backup_restored", f"made {made}")
        found, kept = restored.found, restored.kept
        typer.echo(
            f"Restored to {settings.data}: {len(kept.rooms)} rooms, {kept.n_captions} captions and {kept.n_keys} keys "
            f"as they were at {made}."
        )
        if found != kept:
            typer.echo(
                f"Not restored, because it has expired or was deleted since: {len(found.rooms) - len(kept.rooms)} "
                f"rooms, {found.n_captions - kept.n_captions} captions, {found.n_keys - kept.n_keys} keys."
            )
        typer.echo(
            "Only the audit log in this folder says what was erased or revoked since then. If the backup was made on "
            "another machine, look at `surtitle room list` and `surtitle key list` before you open rooms."
        )


def _record(settings: "Settings", action: "AuditAction", detail: str = "") -> None:
    """Record what was done to a data folder that no service uses."""
    from app.store.audit_files import AUDIT
    from app.store.audit_log import AuditLog

    audit = AuditLog(settings.data / AUDIT, addresses=settings.audit_addresses, keep_days=settings.audit_days)
    audit.record(action, key=None, detail=detail)
    audit.close()


def _back_up_stopped(file: Path, settings: "Settings", with_admin_key: bool) -> None:
    """Back up a data folder that no service uses; raises FolderInUseError."""
    from app import atomic_file
    from app.errors import SettingsError
    from app.service.backup import back_up_stopped, require_database
    from app.store import data_folder

    folder = settings.data
    require_database(folder)  # first, because locking creates the folder
    with data_folder.locked(folder):
        try:
            with atomic_file.replacing(file, mode=0o600) as target:
                content = back_up_stopped(
                    folder, target, now_ms=round(time.time() * 1000), with_admin_key=with_admin_key
                )
        except OSError as exc:
            raise SettingsError(
                f"The file {file} cannot be written: {exc.strerror or exc}. Give another path."
            ) from exc
        _record(settings, "backup_made")
    typer.echo(
        f"The backup is in {file}: {len(content.rooms)} rooms, {content.n_captions} captions and {content.n_keys} keys."
    )


def _back_up_running(
    file: Path, folder: Path, with_admin_key: bool, at: str, key_file: Path | None, insecure: bool
) -> None:
    """Ask the service that uses the data folder for a backup."""
    from app import atomic_file
    from app.errors import SettingsError
    from app.service.backup import add_admin_key
    from app.store import backup_archive

    with connected(at, key_file, insecure) as client:
        try:
            with atomic_file.replacing(file, mode=0o600) as target:
                client.get_backup(target)
            manifest = backup_archive.read_manifest(file)
            if with_admin_key:
                with atomic_file.replacing(file, mode=0o600) as target:
                    add_admin_key(folder, file, target)
        except OSError as exc:
            raise SettingsError(
                f"The file {file} cannot be written: {exc.strerror or exc}. Give another path."
            ) from exc
        size_mb = sum(part.size for part in manifest.parts) / 1e6
        typer.echo(f"The backup of the running service is in {file}: {size_mb:.1f} MB before compression.")
