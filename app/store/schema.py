"""The database file: its tables, and how it is opened, checked and upgraded."""

import os
import sqlite3
from pathlib import Path

from app import log
from app.errors import SettingsError
from app.store import data_folder

logger = log.get(__name__)

VERSION = 5
"""Version of the tables; a file of a later version is refused."""

PAGE_BYTES = 1024
"""Size of the file's pages; most events fit in one overflow page."""

PAD_BYTES = (PAGE_BYTES - 12) * 64 // 255 - 23
"""Maximum bytes of a row that SQLite keeps in the table's own pages; the rest is in overflow pages.

When SQLite moves rows between the pages of a table, it leaves old copies that secure_delete does not overwrite. So
these pages must contain no text: a pad before the text fills them. Source:
https://sqlite.org/fileformat2.html#b_tree_pages, maximum X of an index page.
"""

TABLES_1 = f"""
CREATE TABLE room (
    name TEXT PRIMARY KEY,
    epoch TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    last_seq INTEGER NOT NULL DEFAULT 0,
    last_session INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE event (
    room TEXT NOT NULL REFERENCES room ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    pad BLOB NOT NULL DEFAULT (zeroblob({PAD_BYTES})),
    body TEXT NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_age ON event (room, at_ms);
CREATE TABLE access_key (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    room TEXT REFERENCES room ON DELETE CASCADE,
    role TEXT NOT NULL,
    label TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER
) STRICT, WITHOUT ROWID;
"""
"""The tables of version 1."""

UPGRADE_2 = """
ALTER TABLE event ADD COLUMN place TEXT NOT NULL DEFAULT '';
UPDATE event SET place = json_extract(body, '$.phrase') || ' ' || json_extract(body, '$.track');
CREATE INDEX event_place ON event (room, place, seq);
CREATE TABLE counter (
    room TEXT NOT NULL REFERENCES room ON DELETE CASCADE,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (room, name)
) STRICT, WITHOUT ROWID;
"""
"""Version 1 to 2: an index finds later states of a phrase by phrase and track, and outputs have counters."""

UPGRADE_3 = ""
"""Version 2 to 3: the tables stay, but the body of an event has the numbers of its doubtful words, which earlier
versions of Surtitle cannot read. Older bodies have none, see `event_table.read_body`."""

UPGRADE_4 = """
ALTER TABLE access_key ADD COLUMN parent TEXT;
ALTER TABLE access_key ADD COLUMN used_ms INTEGER;
"""
"""Version 3 to 4: a key knows the key that created it, and when it was used last."""

UPGRADE_5 = """
ALTER TABLE room ADD COLUMN pad BLOB NOT NULL DEFAULT PAD;
ALTER TABLE room ADD COLUMN padded TEXT NOT NULL DEFAULT '';
UPDATE room SET padded = settings;
ALTER TABLE room DROP COLUMN settings;
ALTER TABLE room RENAME COLUMN padded TO settings;
ALTER TABLE access_key ADD COLUMN pad BLOB NOT NULL DEFAULT PAD;
ALTER TABLE access_key ADD COLUMN padded TEXT NOT NULL DEFAULT '';
UPDATE access_key SET padded = label;
ALTER TABLE access_key DROP COLUMN label;
ALTER TABLE access_key RENAME COLUMN padded TO label;
CREATE TABLE unscrubbed (reason TEXT) STRICT;
""".replace("PAD", f"x'{'00' * PAD_BYTES}'")
"""Version 4 to 5: a pad before settings and labels keeps them out of the table's own pages too, see PAD_BYTES. While
the table `unscrubbed` is there, the file may contain copies from before."""

UPGRADES = (TABLES_1, UPGRADE_2, UPGRADE_3, UPGRADE_4, UPGRADE_5)
"""The statements that lead from each version to the next, from an empty file on."""

PRAGMAS = f"""
PRAGMA page_size = {PAGE_BYTES};
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA trusted_schema = OFF;
PRAGMA temp_store = MEMORY;
PRAGMA journal_size_limit = 67108864;
"""
"""FULL: commits survive a power cut. secure_delete: deleted rows are overwritten. temp_store: SQLite writes nothing to
temporary files, which nobody would overwrite."""

VFS = "unix-excl" if os.name == "posix" else None
"""SQLite's file layer that lets the connections of one process share a file, and refuses other processes.

So a second service on the same folder is refused, reads have a connection of their own, and the index of the
write-ahead log is in memory, not in a file. The WAL-reset bug of SQLite before 3.51.3 needs two connections that write
or run checkpoints; the second one here is read-only, never runs a checkpoint, and is closed first. Elsewhere (Windows)
there is one connection, which has locking_mode EXCLUSIVE and also serves the reads. Source: https://sqlite.org/vfs.html.
"""

BUSY_MS = 100
"""How long a scrub waits for a read on the other connection; commits never wait for reads."""

TABLE_NAMES = {"room", "event", "access_key"}
"""Tables of every version."""


def open_memory() -> sqlite3.Connection:
    """Create the tables in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.executescript("PRAGMA foreign_keys = ON;" + "".join(UPGRADES))
    return connection


def open_file(path: Path) -> sqlite3.Connection:
    """Open a file, check and upgrade it, or create it; its folder must exist.

    Raises:
        SettingsError: It cannot be created, belongs to another program, is in use, or is damaged.
    """
    try:
        path.touch(mode=data_folder.FILE_MODE)
        connection = _connect(path, timeout_s=1.0)
    except (OSError, sqlite3.Error) as exc:
        raise cannot_save(path.parent, exc) from exc
    try:
        if VFS is None:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = read_version(connection)  # before the first write, because the file may belong to another program
        if version <= VERSION:
            connection.executescript(PRAGMAS)
        result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if result != "ok":
            raise sqlite3.DatabaseError(result)
        if version < VERSION:
            missing = "".join(UPGRADES[version:])
            connection.executescript(f"BEGIN IMMEDIATE;{missing};PRAGMA user_version = {VERSION};COMMIT;")
        if version <= VERSION:
            _rebuild(connection)
    except sqlite3.Error as exc:
        connection.close()
        if "locked" in str(exc) or "busy" in str(exc):
            raise data_folder.in_use(path.parent) from exc
        raise SettingsError(
            f"The file {path} is damaged or does not belong to Surtitle ({exc}). Move it away to begin a new one, or "
            "repair it with: sqlite3 FILE .recover"
        ) from exc
    if version > VERSION:
        connection.close()
        raise SettingsError(
            f"The file {path} is from a later version of Surtitle. Use that version, or give another folder: --data."
        )
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection | None:
    """Open a second connection to a file that is open, which can only read; None where there can be no second one."""
    if VFS is None:
        return None
    connection = _connect(path, timeout_s=1.0, options="&mode=ro")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def cannot_save(folder: Path, exc: Exception) -> SettingsError:
    """Return the error for a folder in which no file can be created."""
    return SettingsError(
        f"Captions cannot be saved in {folder}: {exc}. Give another folder with --data, or save nothing with "
        "--retention 0."
    )


def _connect(path: Path, *, timeout_s: float, options: str = "") -> sqlite3.Connection:
    if VFS is None:
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=timeout_s)
    address = f"{path.absolute().as_uri()}?vfs={VFS}{options}"
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=timeout_s)


def _rebuild(connection: sqlite3.Connection) -> None:
    """Write all pages again after an upgrade; if that fails or the process ends, the next start tries again."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'unscrubbed'").fetchone():
        return
    try:
        connection.execute("VACUUM")
        connection.execute("DROP TABLE unscrubbed")
    except sqlite3.OperationalError as exc:
        logger.warning("file_not_rebuilt", reason=str(exc))


def read_version(connection: sqlite3.Connection) -> int:
    """Return the version of the tables; 0 for an empty file.

    Raises:
        sqlite3.DatabaseError: The file is damaged, or belongs to another program.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if tables and not (version and tables >= TABLE_NAMES):
        raise sqlite3.DatabaseError("it contains tables of another program")
    return version
