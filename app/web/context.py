"""What all doors share: the service behind them, and who watches who comes in."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from weakref import WeakValueDictionary

from starlette.requests import Request

from app.audio.browser import BrowserSource
from app.captions.room import Room
from app.errors import RoomError
from app.store.keyring import Keyring
from app.store.rooms import RoomSettings
from app.web.audience import Audiences
from app.web.auth import Authenticator
from app.web.connections import Connections
from app.web.limits import ConnectionLimits

CLOSED = "This room is closed. Ask who runs it when it opens again."


class HostedService(Protocol):
    """What the doors need of the service."""

    keyring: Keyring

    @property
    def rooms(self) -> Mapping[str, Room]:
        """The open rooms by name."""

    @property
    def is_ready(self) -> bool:
        """Whether the model is loaded and the rooms are open."""

    def room(self, name: str) -> Room:
        """Return an open room; raises RoomError."""

    def room_settings(self, name: str) -> RoomSettings:
        """Return what is wanted of a room, open or closed; raises RoomError."""

    async def create(self, name: str, settings: RoomSettings) -> None:
        """Make a room; raises SettingsError, StoreError."""

    async def change(self, name: str, settings: RoomSettings) -> None:
        """Give a room other settings; raises RoomError, SettingsError, StoreError."""

    async def erase(self, name: str) -> None:
        """Forget all captions of a room; raises RoomError, StoreError."""

    async def remove(self, name: str) -> None:
        """Close a room and forget it with its captions and keys; raises RoomError, StoreError."""

    def by_code(self, code: str) -> str | None:
        """Return the name of the public room that a short code leads to, if any."""

    def switch(self, room: str, source: str, *, is_on: bool) -> None:
        """Stop a source, or let it go on; raises RoomError, SettingsError."""

    def browser(self, room: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the source of a page's session; raises SurtitleError."""


@dataclass(frozen=True, slots=True)
class AppContext:
    """One service and its doors."""

    service: HostedService
    doorkeeper: Authenticator
    crowd: ConnectionLimits = field(default_factory=ConnectionLimits)
    guests: Connections = field(default_factory=Connections)
    audiences: Audiences = field(default_factory=Audiences)
    public_url: str | None = None
    """Address that people use, where it is not the one that is asked."""
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def address(self, request: Request) -> str:
        """Return the address of the pages, without a slash at its end."""
        return (self.public_url or str(request.base_url)).rstrip("/")

    def turn(self, room: str) -> asyncio.Lock:
        """Return the lock that whoever makes, changes or removes a room holds, so that one does so at a time."""
        return self._turns.setdefault(room, asyncio.Lock())


def require_open(room: Room) -> None:
    """Let nobody follow a room that is closed; raises RoomError."""
    if not room.is_open:
        raise RoomError(CLOSED)
