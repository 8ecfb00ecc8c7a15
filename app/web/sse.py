"""Captions as server-sent events, for networks that let no WebSocket through: the same messages, over plain HTTP."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app import metrics
from app.captions.room import Room
from app.web.auth import Client, client_address
from app.web.context import AppContext
from app.web.messages import Since

PING_S = 15.0
"""Pause after which a comment is sent, so that proxies keep the connection and a dead one is noticed."""

SEND_S = 10.0
"""How long a client may take to accept a piece; then it is gone or hostile, and reconnects if it can."""

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
]


class EventStream(Response):
    """One viewer's answer; it sends by itself, because frameworks add tasks and copies for each viewer."""

    is_stream = True

    def __init__(self, request: Request, room: Room, client: Client, context: AppContext) -> None:
        """Begin after what the request says it holds, or with the newest phrases."""
        super().__init__()
        since = last_event(request)
        self.since = since.seq if since else None
        self.epoch = since.epoch if since else None
        self.version = -1
        self._address, self._client, self._context = client_address(request), client, context
        self._audience = context.audiences.get(room)
        self._news = asyncio.Event()
        self._is_gone = False

    def wake(self) -> None:
        """There may be something new."""
        self._news.set()

    def leave(self) -> None:
        """End the stream, as when its key is taken back or its room is no more."""
        self._is_gone = True
        self._news.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what happens until the client leaves or does not keep up."""
        context, client, room = self._context, self._client, self._audience.room
        scope["state"]["leave"] = self.leave
        with (
            context.limits.count_client(self._address, room.name, client.key, speaks=False),
            context.connections.track(client.key, self.leave),
        ):
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            async with asyncio.TaskGroup() as group:
                leaving = group.create_task(self._wait(receive))
                with self._audience.admit(self):
                    try:
                        await self._tell(send)
                    except (OSError, TimeoutError):
                        metrics.LAGGARDS.labels(room.name).inc()
                    finally:
                        leaving.cancel()
        await send({"type": "http.response.body", "body": b""})  # nothing happens if the client has gone

    async def _tell(self, send: Send) -> None:
        await self._send(send, b"retry: 2000\n\n")
        while not self._is_gone:
            self._news.clear()
            while piece := self._audience.take(self):
                await self._send(send, piece)
            try:
                async with asyncio.timeout(PING_S):
                    await self._news.wait()
            except TimeoutError:
                await self._send(send, b": ping\n\n")

    async def _send(self, send: Send, piece: bytes) -> None:
        async with asyncio.timeout(SEND_S):
            await send({"type": "http.response.body", "body": piece, "more_body": True})

    async def _wait(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.leave()


def last_event(request: Request) -> Since | None:
    """Return what a client that comes back holds, None if it says nothing that makes sense."""
    epoch, dot, seq = request.headers.get("last-event-id", "").rpartition(".")
    if not dot or not seq.isascii() or not seq.isdigit() or len(epoch) > 64 or len(seq) > 18:
        return None
    return Since(epoch=epoch, seq=int(seq))
