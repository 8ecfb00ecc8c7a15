"""Captions as server-sent events, for networks that block WebSockets: the same messages over plain HTTP."""

import asyncio
import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app import metrics
from app.captions.room import Room
from app.web.auth import Client, bearer, client_address
from app.web.connections import Connection
from app.web.context import AppContext, require_open
from app.web.messages import Since

PING_S = 15.0
"""Pause after which a comment is sent, so that proxies keep the connection open and dead ones are noticed."""

SEND_S = 10.0
"""How long a client may take to accept data; then it is disconnected and may reconnect."""

CLOSE_S = 0.5
"""How long a client that may not read any longer may take to read what was sent before; then it is disconnected."""

TRACK = re.compile(r"([a-z]{2,3}|original)\Z")

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
]


class EventStream(Response):
    """The response to one reader; writes directly, because frameworks add tasks and copies for each client."""

    is_sse = True

    def __init__(self, request: Request, room: Room, client: Client, context: AppContext) -> None:
        """Resume after the Last-Event-ID of the request, or begin with the newest phrases."""
        super().__init__()
        since = parse_last_event_id(request)
        self.since = since.seq if since else None
        self.epoch = since.epoch if since else None
        self.version = -1
        self._request, self._client, self._context = request, client, context
        self._address = client_address(request)
        self._tracks = parse_tracks(request)
        self._audience = context.audiences.get(room)
        self._woken = asyncio.Event()
        self._is_gone = False
        self._deadline: asyncio.TimerHandle | None = None

    def wake(self) -> None:
        """Send what is new."""
        self._woken.set()

    def leave(self) -> None:
        """End the stream, for example because its room was removed."""
        self._is_gone = True
        self._woken.set()

    def _close(self, _code: str, _message: str) -> None:
        """End the stream, at once if the client does not read; the answer to its next request says why."""
        self.leave()
        if self._deadline is None:
            abort = self._request.scope["state"]["abort"]
            self._deadline = asyncio.get_running_loop().call_later(CLOSE_S, abort)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send captions until the client leaves, may not read any longer, or reads too slowly."""
        try:
            await self._serve(receive, send, scope)
        finally:
            if self._deadline is not None:
                self._deadline.cancel()

    async def _serve(self, receive: Receive, send: Send, scope: Scope) -> None:
        context, client, room = self._context, self._client, self._audience.room
        scope["state"]["leave"] = self.leave
        with (
            context.limits.count_client(self._address, room.name, client.key, speaks=False),
            context.connections.track(Connection(client, room.name, "viewer", self._address, self._close)),
        ):
            context.enter_room(
                self._request, bearer(self._request), "viewer", room.name
            )  # the key may be revoked by now
            require_open(room)
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            async with asyncio.TaskGroup() as group:
                disconnected = group.create_task(self._wait_for_disconnect(receive))
                with self._audience.serve(self), self._audience.reader_tracks.count(self._tracks):
                    try:
                        await self._send_captions(send)
                    except (OSError, TimeoutError):
                        metrics.LAGGARDS.labels(room.name).inc()
                    finally:
                        disconnected.cancel()
        await send({"type": "http.response.body", "body": b""})  # has no effect if the client has gone

    async def _send_captions(self, send: Send) -> None:
        await self._send(send, b"retry: 2000\n\n")
        while not self._is_gone:
            self._woken.clear()
            while not self._is_gone and (data := self._audience.take(self)):
                await self._send(send, data)
            try:
                async with asyncio.timeout(PING_S):
                    await self._woken.wait()
            except TimeoutError:
                await self._send(send, b": ping\n\n")

    async def _send(self, send: Send, data: bytes) -> None:
        async with asyncio.timeout(SEND_S):
            await send({"type": "http.response.body", "body": data, "more_body": True})

    async def _wait_for_disconnect(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.leave()


def parse_tracks(request: Request) -> tuple[str, ...]:
    """Return the tracks that the client says it shows; none if it says nothing that a page would say."""
    names = request.query_params.get("tracks", "").split(",")
    return tuple(names) if all(TRACK.match(name) for name in names) and len(names) <= 2 else ()


def parse_last_event_id(request: Request) -> Since | None:
    """Return where a client that reconnects left off, None if the header is missing or invalid."""
    epoch, dot, seq = request.headers.get("last-event-id", "").rpartition(".")
    if not dot or not seq.isascii() or not seq.isdigit() or len(epoch) > 64 or len(seq) > 18:
        return None
    return Since(epoch=epoch, seq=int(seq))
