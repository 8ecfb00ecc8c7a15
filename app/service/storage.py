"""What outlives the process: the database with rooms, keys and captions."""

from dataclasses import dataclass

from app.config import Settings
from app.service.output_runner import protect_files
from app.store import admin_key
from app.store.clock import Clock
from app.store.database import Database
from app.store.keyring import Keyring
from app.store.rooms import RoomStore, newest_ms

DATABASE = "surtitle.db"
"""Name of the database in the data folder."""


@dataclass(frozen=True, slots=True)
class Storage:
    """The database and what reads and writes it."""

    database: Database
    rooms: RoomStore
    keyring: Keyring


def open_storage(settings: Settings) -> Storage:
    """Open the database and the admin key of the data folder, or keep everything in memory.

    Raises:
        SettingsError: The data folder cannot be used.
    """
    database = Database(None if settings.memory else settings.data / DATABASE)
    try:
        clock = Clock(database.read(newest_ms))
        local_secret = "" if settings.memory else admin_key.read_or_create(settings.data)
        keyring = Keyring(database, clock, local_secret)
    except BaseException:
        database.close()
        raise
    if not settings.memory:
        protect_files(settings.data)
    if settings.key:
        keyring.add_master_key(settings.key)
    return Storage(database, RoomStore(database, clock), keyring)
