"""What all routes share: the service, authentication, and the open connections."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from weakref import WeakValueDictionary

from starlette.requests import HTTPConnection, Request

from app.audio.browser import BrowserSource
from app.captions.room import Room
from app.errors import AccessError, RoomError
from app.store.audit_log import AuditLog
from app.store.keyring import Keyring, Role
from app.store.rooms import RoomSettings
from app.web.audiences import Audiences
from app.web.auth import REFUSAL, Authenticator, Client
from app.web.connections import Connections
from app.web.limits import ConnectionLimits

CLOSED = "This room is closed. Ask who runs it when it opens again."


class HostedService(Protocol):
    """What the web routes need of the service."""

    keyring: Keyring

    @property
    def rooms(self) -> Mapping[str, Room]:
        """All rooms by name."""

    @property
    def is_ready(self) -> bool:
        """Whether the model is loaded and the rooms are open."""

    def get_room(self, name: str) -> Room:
        """Return a room, open or closed; raises RoomError."""

    def get_room_settings(self, name: str) -> RoomSettings:
        """Return the settings of a room, open or closed; raises RoomError."""

    async def create_room(self, name: str, settings: RoomSettings) -> None:
        """Create a room; raises SettingsError, StoreError."""

    async def change_room(self, name: str, settings: RoomSettings) -> None:
        """Change the settings of a room; raises RoomError, SettingsError, StoreError."""

    async def erase_captions(self, name: str) -> None:
        """Erase all captions of a room; raises RoomError, StoreError."""

    async def remove_room(self, name: str) -> None:
        """Close a room and delete it with its captions and keys; raises RoomError, StoreError."""

    def find_public_room(self, code: str) -> str | None:
        """Return the name of the public room with this short code, if there is one."""

    def switch_source(self, room: str, source: str, *, is_on: bool) -> None:
        """Stop or start a source; raises RoomError, SettingsError."""

    def open_browser_source(self, room: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the source of a page's session; raises SurtitleError."""


@dataclass(frozen=True, slots=True)
class AppContext:
    """The service and the state that all connections share."""

    service: HostedService
    authenticator: Authenticator
    limits: ConnectionLimits = field(default_factory=ConnectionLimits)
    connections: Connections = field(default_factory=Connections)
    audiences: Audiences = field(default_factory=Audiences)
    audit: AuditLog = field(default_factory=AuditLog)
    """Records who did what; by default it records nothing."""
    public_url: str | None = None
    """Address that people use, if it differs from the one in the request."""
    _room_locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def base_url(self, request: Request) -> str:
        """Return the address of the pages, without a slash at its end."""
        return (self.public_url or str(request.base_url)).rstrip("/")

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


def require_open(room: Room) -> None:
    """Raise RoomError if a room is closed."""
    if not room.is_open:
        raise RoomError(CLOSED)
