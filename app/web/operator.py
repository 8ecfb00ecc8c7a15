"""The status of a room for operators: sources, outputs, alarms, and refusals of the service."""

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
"""Pause between two status messages; four times a second is enough for a level meter."""

REFUSAL_REASONS = {
    "keys": "links that are not valid",
    "attempts": "too many wrong links from one address",
    "sockets": "more readers than the service takes",
    "strangers": "too many connections at once from one address",
    "address": "too many connections from one address",
    "room": "more readers than a room takes",
    "key": "one link used on too many pages at once",
    "hello": "readers who connected too often",
    "history": "older captions asked for too often",
    "transcript": "transcripts asked for too often",
    "export": "exports asked for too often",
    "search": "searches in a talk asked for too often",
    "qr": "QR codes asked for too often",
    "origin": "pages of another site that tried to connect",
    "sound": "sound sent faster than real time",
    "sources": "speakers rejected because the machine is full",
}
"""What was refused, by the name of the limit."""


def build_status(context: AppContext, room: Room, *, is_local: bool = False) -> RoomStatus:
    """Return the present status of a room, with the paths of its files for an operator on this machine."""
    refusals = tuple(
        Refusal(reason=reason, message=REFUSAL_REASONS.get(reason, reason), count=count)
        for reason, count in metrics.REFUSALS.by_reason().items()
    )
    audiences = context.audiences
    readers = audiences.readers_by_track(room)
    return build_room_status(
        room.state, n_late=audiences.n_late(room), readers=readers, refusals=refusals, is_local=is_local
    )


@contextmanager
def send_status(
    socket: WebSocketProtocol, room: Room, context: AppContext, *, is_local: bool = False
) -> Iterator[None]:
    """Send the status of a room to an operator, whenever it has changed, while the block lasts."""
    sender = _StatusSender(socket, room, context, is_local=is_local)
    sender.send()
    try:
        yield
    finally:
        sender.close()


class _StatusSender:
    """Checks the status of a room several times a second."""

    def __init__(self, socket: WebSocketProtocol, room: Room, context: AppContext, *, is_local: bool) -> None:
        self._socket, self._room, self._context, self._is_local = socket, room, context, is_local
        self._sent = b""
        self._timer: asyncio.TimerHandle | None = None

    def send(self) -> None:
        """Send the status if it has changed, unless the client has not read the messages before."""
        message = StatusMessage(status=build_status(self._context, self._room, is_local=self._is_local)).encoded()
        if message != self._sent and self._socket.is_writable:
            self._socket.write(frame(message))
            self._sent = message
        self._timer = asyncio.get_running_loop().call_later(STATUS_PAUSE_S, self.send)

    def close(self) -> None:
        """Stop sending."""
        if self._timer is not None:
            self._timer.cancel()
