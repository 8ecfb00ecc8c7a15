"""What an operator is told: how the room is doing, and what the service refuses."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from app import metrics
from app.captions.room import Room
from app.web.context import AppContext
from app.web.framing import frame
from app.web.messages import Refusal, RoomStatus, StatusMessage, build_room_status
from app.web.websocket_protocol import WebSocketProtocol

STATUS_PAUSE_S = 0.25
"""Pause between two looks; a meter that moves four times a second is alive."""

WHY = {
    "keys": "links that are not valid",
    "attempts": "too many wrong links from one address",
    "sockets": "more readers than the service takes",
    "strangers": "too many connections at once from one address",
    "address": "too many connections from one address",
    "room": "more readers than a room takes",
    "key": "one link in use too often",
    "origin": "pages of another site that tried to connect",
    "sound": "sound sent faster than real time",
    "sources": "speakers rejected because the machine is full",
}
"""What was refused, by the name of the limit."""


def build_status(context: AppContext, room: Room) -> RoomStatus:
    """Return how a room is doing now."""
    refusals = tuple(
        Refusal(reason=reason, message=WHY.get(reason, reason), count=count)
        for reason, count in metrics.REFUSALS.by_reason().items()
    )
    return build_room_status(room.state, n_late=context.audiences.n_late(room), refusals=refusals)


@contextmanager
def overseeing(socket: WebSocketProtocol, room: Room, context: AppContext) -> Iterator[None]:
    """Tell an operator's console how the room is doing, whenever that has changed, while the block lasts."""
    overseer = _StatusSender(socket, room, context)
    overseer.tell()
    try:
        yield
    finally:
        overseer.close()


class _StatusSender:
    """Looks at a room several times a second."""

    def __init__(self, socket: WebSocketProtocol, room: Room, context: AppContext) -> None:
        self._socket, self._room, self._context = socket, room, context
        self._told = b""
        self._timer: asyncio.TimerHandle | None = None

    def tell(self) -> None:
        """Tell what has changed, unless the client has yet to read what it was told."""
        message = StatusMessage(status=build_status(self._context, self._room)).encoded()
        if message != self._told and self._socket.is_writable:
            self._socket.write(frame(message))
            self._told = message
        self._timer = asyncio.get_running_loop().call_later(STATUS_PAUSE_S, self.tell)

    def close(self) -> None:
        """Tell no more."""
        if self._timer is not None:
            self._timer.cancel()
