"""The file of a backup: a ZIP archive of known names, with a manifest of sizes and hashes."""

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from app.errors import SettingsError

FORMAT = "surtitle-backup"
VERSION = 1
"""Version of the archive; one of a later version is refused."""

MANIFEST = "manifest.json"
MANIFEST_BYTES = 4 << 20

NAMES = re.compile(r"surtitle\.db|admin\.key|transcripts/[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9.-]{1,40}")
"""What an archive may contain; no name leads to another folder."""

LEVEL = 1
"""Of compression: captions shrink to a fifth, at four times the speed of the usual level 6."""

CHUNK_BYTES = 1 << 20

UNREADABLE = (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)
"""What zipfile raises for an archive that is damaged, encrypted or compressed in another way."""

DAMAGED = "The backup {path} is damaged: {reason}. Use another backup."


@dataclass(frozen=True, slots=True)
class BackupPart:
    """One file of a backup."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What a backup says of itself."""

    made_ms: int
    """When the database was copied, in milliseconds since 1970."""
    surtitle: str
    """Version of the program that made it."""
    parts: tuple[BackupPart, ...]


def write_archive(file: BinaryIO, parts: Sequence[tuple[str, Path]], *, made_ms: int, surtitle: str) -> None:
    """Write an archive of files; a file that has vanished since is left out.

    Raises:
        OSError: A file cannot be read, or the archive cannot be written.
    """
    written = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for name, path in parts:
            try:
                source = path.open("rb")
            except FileNotFoundError:
                continue
            hashed, size = hashlib.sha256(), 0
            with source, archive.open(name, "w", force_zip64=True) as target:
                while chunk := source.read(CHUNK_BYTES):
                    hashed.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
            written.append(BackupPart(name, size, hashed.hexdigest()))
        manifest = BackupManifest(made_ms, surtitle, tuple(written))
        archive.writestr(MANIFEST, json.dumps({"format": FORMAT, "version": VERSION, **asdict(manifest)}))


def read_manifest(path: Path) -> BackupManifest:
    """Return the manifest of an archive.

    Raises:
        SettingsError: It is no backup of Surtitle, damaged, or of a later version.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _parse_manifest(path, archive)
    except FileNotFoundError as exc:
        raise SettingsError(f"There is no backup {path}. Check its name.") from exc
    except (OSError, *UNREADABLE) as exc:
        raise SettingsError(
            f"Expected a backup of Surtitle, but {path} cannot be read as one: {exc}. Check the path."
        ) from exc


def extract(path: Path, folder: Path) -> BackupManifest:
    """Write the files of an archive into a folder, readable by their owner only, and check size and hash of each.

    Raises:
        SettingsError: It is no backup of Surtitle, damaged, or of a later version.
        OSError: The files cannot be written.
    """
    manifest = read_manifest(path)
    with zipfile.ZipFile(path) as archive:
        for part in manifest.parts:
            target = folder / part.name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                _extract_part(archive, part, target)
            except UNREADABLE as exc:
                reason = str(exc.args[0] if exc.args else exc).rstrip(".")
                raise SettingsError(DAMAGED.format(path=path, reason=reason)) from exc
    return manifest


def _extract_part(archive: zipfile.ZipFile, part: BackupPart, target: Path) -> None:
    hashed, size = hashlib.sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file, archive.open(part.name) as source:
        while chunk := source.read(CHUNK_BYTES):
            size += len(chunk)
            if size > part.size:
                raise ValueError(f"{part.name} is longer than when it was made")
            hashed.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if (size, hashed.hexdigest()) != (part.size, part.sha256):
        raise ValueError(f"{part.name} has changed since it was made")


def _parse_manifest(path: Path, archive: zipfile.ZipFile) -> BackupManifest:
    foreign = SettingsError(f"Expected a backup of Surtitle, but {path} is another kind of file. Check the path.")
    try:
        if archive.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
            raise foreign
        fields = json.loads(archive.read(MANIFEST))
        if fields["format"] != FORMAT:
            raise foreign
        if fields["version"] > VERSION:
            raise SettingsError(f"The backup {path} is from a later version of Surtitle. Use that version.")
        parts = tuple(BackupPart(str(one["name"]), int(one["size"]), str(one["sha256"])) for one in fields["parts"])
        manifest = BackupManifest(int(fields["made_ms"]), str(fields["surtitle"]), parts)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as exc:
        raise foreign from exc
    names = [part.name for part in parts]
    if not all(NAMES.fullmatch(name) for name in names) or len(set(names)) < len(names):
        raise SettingsError(DAMAGED.format(path=path, reason="it contains names that no backup has"))
    if "surtitle.db" not in names:
        raise SettingsError(DAMAGED.format(path=path, reason="the database is missing"))
    return manifest
