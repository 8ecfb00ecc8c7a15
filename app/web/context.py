"""What all routes share: the service, authentication, and the open connections."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol
from weakref import WeakValueDictionary

from starlette.requests import HTTPConnection, Request

from app.audio.browser import BrowserSource
from app.captions.room import Room
from app.errors import AccessError, RoomError
from app.service.hosted_room import Erasure
from app.store.access_key import Key, Role
from app.store.audit_log import AuditLog
from app.store.keyring import Keyring
from app.store.rooms import RoomSettings
from app.translate.offer import TranslationOffer
from app.web.addresses import PageAddresses
from app.web.audiences import Audiences
from app.web.auth import REFUSAL, Authenticator, Client, client_address
from app.web.connections import CLOSED, Connections
from app.web.downloads import Downloads
from app.web.limits import ConnectionLimits
from app.web.server_certificate import ServerCertificate
from app.web.talk_editor import TalkEditor


class HostedService(Protocol):
    """What the web routes need of the service."""

    keyring: Keyring

    @property
    def rooms(self) -> Mapping[str, Room]:
        """All rooms by name."""

    @property
    def is_ready(self) -> bool:
        """Whether the model is loaded and the rooms are open."""

    @property
    def translation(self) -> TranslationOffer | None:
        """What translates text; None while no room needs it."""

    def get_room(self, name: str) -> Room:
        """Return a room, open or closed; raises RoomError."""

    def get_room_settings(self, name: str) -> RoomSettings:
        """Return the settings of a room, open or closed; raises RoomError."""

    async def create_room(self, name: str, settings: RoomSettings) -> None:
        """Create a room; raises SettingsError, StoreError."""

    async def restrict_room(self, name: str, settings: RoomSettings) -> None:
        """Apply at once what the new settings no longer allow readers; raises RoomError, SettingsError."""

    async def change_room(self, name: str, settings: RoomSettings) -> None:
        """Change the settings of a room; raises RoomError, SettingsError, StoreError."""

    async def erase_captions(self, name: str) -> Erasure:
        """Erase all captions of a room and return what was erased; raises RoomError, StoreError."""

    async def remove_room(self, name: str) -> Erasure:
        """Close a room and delete it with its captions and keys; raises RoomError, StoreError."""

    async def make_backup(self) -> BinaryIO:
        """Return a backup as a file that is deleted when it is closed; raises SettingsError, StoreError."""

    def find_public_room(self, code: str) -> str | None:
        """Return the name of the public room with this short code, if there is one."""

    def switch_source(self, room: str, source: str, *, is_on: bool) -> None:
        """Stop or start a source; raises RoomError, SettingsError."""

    def open_page(self, room: str, key: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the source of a page's session, which belongs to a key; raises SurtitleError."""

    def end_pages(self, key: str) -> None:
        """End the sessions of all microphone pages of a key."""


@dataclass(frozen=True, slots=True)
class AppContext:
    """The service and the state that all connections share."""

    service: HostedService
    authenticator: Authenticator
    limits: ConnectionLimits = field(default_factory=ConnectionLimits)
    connections: Connections = field(default_factory=Connections)
    audiences: Audiences = field(default_factory=Audiences)
    downloads: Downloads = field(default_factory=Downloads)
    talk_editor: TalkEditor = field(default_factory=TalkEditor)
    audit: AuditLog = field(default_factory=AuditLog)
    """Records who did what; by default it records nothing."""
    addresses: PageAddresses = field(default_factory=PageAddresses)
    """Where the pages open; by default on this machine alone."""
    certificate: ServerCertificate | None = None
    """The certificate for HTTPS; None without it."""
    _room_locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def __post_init__(self) -> None:
        """Record refused logins."""
        self.authenticator.on_refused = self.record_refusal

    def record_refusal(self, connection: HTTPConnection, key: str | None, room: str | None, reason: str) -> None:
        """Record a refused login; the name of a room that does not exist may be anything, so it is left out."""
        known = room if room in self.service.rooms else None
        self.audit.record("login_refused", key=key, room=known, address=client_address(connection), detail=reason)

    def disconnect_key(self, key: str) -> None:
        """Close the connections of a key that is no longer valid, and end its sessions."""
        self.connections.disconnect(key)
        self.service.end_pages(key)

    def key_of(self, client: Client) -> Key | None:
        """Return the key of a client, None if it has none any more."""
        return self.service.keyring.get(client.key) if client.key else None

    def frame_sites(self, room: str) -> tuple[str, ...]:
        """Return the sites that may show the audience page of a room in a frame; none if there is no such room."""
        return self.service.get_room_settings(room).frame_sites if room in self.service.rooms else ()

    def reader_address(self, request: Request) -> str | None:
        """Return where other devices open the pages, without a slash at its end; None if only this machine can."""
        return self.addresses.main

    def room_lock(self, room: str) -> asyncio.Lock:
        """Return the lock to hold while a room is created, changed or removed."""
        return self._room_locks.setdefault(room, asyncio.Lock())

    def enter_room(self, connection: HTTPConnection, secret: str, role: Role, name: str) -> tuple[Room, Client]:
        """Return a room, and the client that may act in it as `role`.

        Raises:
            RoomError: There is no such room, and the client may know that.
            AccessError: The key does not open the room, or there is no such room.
            BusyError: Too many wrong keys came from this address.
        """
        client = self.authenticator.authorize(connection, secret, role, name)
        try:
            return self.service.get_room(name), client
        except RoomError:
            if client.room is None and client.may("admin"):
                raise
            raise AccessError(REFUSAL) from None  # only an admin learns that there is no such room

    async def change_room(self, name: str, settings: RoomSettings) -> int:
        """Change a room, and return how many connections were closed because it would not let them in any more.

        They are closed at once, before the settings are on the disk; hold the room's lock.

        Raises:
            RoomError: There is no such room.
            SettingsError: The settings are invalid; nothing changed.
            StoreError: The disk failed; only what readers may see has changed, until the next restart.
        """
        await self.service.restrict_room(name, settings)
        n_closed = self.connections.disconnect_unwelcome(name, is_public=settings.is_public, is_open=settings.is_open)
        await self.service.change_room(name, settings)
        return n_closed


def require_open(room: Room) -> None:
    """Raise RoomError if a room is closed."""
    if not room.is_open:
        raise RoomError(CLOSED)
