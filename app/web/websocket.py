"""The conversations on `/ws/{room}`: a viewer reads captions, an operator oversees as well, a source sends sound."""

import asyncio
from functools import partial

from starlette.websockets import WebSocket, WebSocketDisconnect

from app import metrics
from app.audio.chunk import SAMPLE_RATE
from app.captions.room import Room
from app.errors import BusyError, SettingsError, SourceError, SurtitleError
from app.web import messages
from app.web.audience import Audience
from app.web.auth import Client, client_address
from app.web.context import AppContext, require_open
from app.web.framing import frame
from app.web.limits import TokenBucket
from app.web.messages import Hello, OperatorHello, ReaderHello, SourceHello, ViewerHello, WireMessage
from app.web.operator import overseeing
from app.web.websocket_protocol import POLICY, SLOW, WebSocketProtocol

HELLO_S = 5.0
"""How long a client may take to introduce itself."""

SEND_S = 10.0
"""How long a client may take to accept a message; then it is gone or hostile, and reconnects if it can."""

HELLO_BYTES = 4 << 10
"""Largest message of a client that is no source."""

SOUND_BYTES = 256 << 10
"""Largest message of a source; 5 s of sound are 160 kB."""

INDEX_BYTES = 8
"""A sound message begins with its sample index, unsigned little-endian."""

SOUND_BURST_S = 45.0
"""Sound a source may send at once, after a break; then a little more than life brings."""

SOUND_RATE = 1.25
"""Seconds of sound a source may send in a second."""

REVOKED = "This link is no longer valid. Ask for a new one."

ENDED = "Expected a new session: this one has ended, because the room was closed or changed."

REMOVED = "This room is no more."


async def serve_websocket(socket: WebSocket, room_name: str, context: AppContext) -> None:
    """Hold one conversation until the client leaves; ends quietly when it does, and never raises for what it did."""
    if not context.authenticator.is_allowed_origin(socket):
        metrics.REFUSALS.add("origin")
        await socket.close()  # before it is accepted: the browser is told 403
        return
    await socket.accept()
    try:
        with context.limits.count_unauthenticated(client_address(socket)):
            hello = await _hello(socket)
            room, client = _enter(socket, room_name, hello, context)
        speaks = not isinstance(hello, ViewerHello)
        with (
            context.limits.count_client(client_address(socket), room_name, client.key, speaks=speaks),
            context.connections.track(client.key, partial(_send_away, socket.scope["state"]["socket"])),
        ):
            if isinstance(hello, SourceHello):
                await _hear(socket, room, hello, context)
            elif isinstance(hello, OperatorHello):
                with overseeing(socket.scope["state"]["socket"], room, context):
                    await _tell(socket, context.audiences.get(room), hello)
            else:
                await _tell(socket, context.audiences.get(room), hello)
    except SurtitleError as exc:
        await _refuse(socket, exc)
    except (WebSocketDisconnect, TimeoutError):
        return
    except RuntimeError as exc:  # starlette says so when the socket was closed while we sent
        if "websocket" not in str(exc).lower():
            raise


async def _hello(socket: WebSocket) -> Hello:
    try:
        async with asyncio.timeout(HELLO_S):
            text = await socket.receive_text()
    except TimeoutError:
        raise SettingsError(f"Expected a hello message within {HELLO_S:.0f} s, but nothing came.") from None
    except KeyError:
        raise SettingsError("Expected a hello message as text, but bytes came. See docs/protocol.md.") from None
    return messages.parse_hello(text)


def _enter(socket: WebSocket, room_name: str, hello: Hello, context: AppContext) -> tuple[Room, Client]:
    room, client = context.enter_room(socket, hello.key, hello.role, room_name)
    if not isinstance(hello, OperatorHello):
        require_open(room)
    return room, client


class _SocketViewer:
    """A viewer on a WebSocket: told at once while it keeps up, and when it has read while it does not."""

    is_stream = False

    def __init__(self, socket: WebSocketProtocol, audience: Audience, hello: ReaderHello) -> None:
        self.since = hello.since.seq if hello.since else None
        self.epoch = hello.since.epoch if hello.since else None
        self.version = -1
        self._socket = socket
        self._audience = audience
        self._deadline: asyncio.TimerHandle | None = None
        socket.on_writable = self._caught_up
        socket.on_stalled = self._stalled

    def wake(self) -> None:
        """Tell what is new, unless the client has yet to read what it was told."""
        while self._socket.is_writable and (frames := self._audience.take(self)):
            self._socket.write(frames)

    def forget(self) -> None:
        """It is gone: what it did not read matters no more."""
        self._socket.on_writable = self._socket.on_stalled = None
        if self._deadline is not None:
            self._deadline.cancel()

    def _stalled(self) -> None:
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().call_later(SEND_S, self._give_up)

    def leave(self) -> None:
        """Send the viewer away, because the room is no more."""
        self._socket.write(frame(messages.ErrorMessage(code="room", message=REMOVED).encoded()))
        self._socket.refuse(POLICY, "room")

    def _caught_up(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self.wake()

    def _give_up(self) -> None:
        metrics.LAGGARDS.labels(self._audience.room.name).inc()
        self._socket.refuse(SLOW, "You do not keep up; come back for what you missed.")


async def _tell(socket: WebSocket, audience: Audience, hello: ReaderHello) -> None:
    """Let a viewer read until it leaves; it has nothing to say."""
    viewer = _SocketViewer(socket.scope["state"]["socket"], audience, hello)
    try:
        with audience.admit(viewer, oversees=isinstance(hello, OperatorHello)):
            message = await socket.receive()
    finally:
        viewer.forget()
    if message["type"] != "websocket.disconnect":
        raise SettingsError("Expected nothing more from a viewer. To speak, open the room's link for speakers.")


async def _hear(socket: WebSocket, room: Room, hello: SourceHello, context: AppContext) -> None:
    """Take in the page's sound and acknowledge it."""
    own: WebSocketProtocol = socket.scope["state"]["socket"]
    source = context.service.open_browser_source(
        room.name, hello.session, f"{hello.label} {hello.session[:4]}", hello.language
    )
    own.allow(SOUND_BYTES)
    pace = TokenBucket(SOUND_BURST_S, SOUND_RATE)
    view = messages.build_room_view(room.state)
    await _send(socket, messages.WelcomeMessage(epoch=room.epoch, state=view, next_sample=source.next_sample))
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        pcm = message.get("bytes")
        if pcm is None:
            if not messages.is_end(message.get("text") or ""):
                raise SettingsError("Expected sound or an end message from this page. See docs/protocol.md.")
            source.close()
            return
        if len(pcm) <= INDEX_BYTES:
            raise SourceError(f"Expected a sample index and sound, got {len(pcm)} bytes. Reload the page.")
        if not pace.take((len(pcm) - INDEX_BYTES) / 2 / SAMPLE_RATE):
            metrics.REFUSALS.add("sound")
            raise SourceError("Expected sound as fast as it is spoken, but it comes much faster. Reload the page.")
        if source.is_closed:
            raise SourceError(ENDED)
        next_sample = source.push(int.from_bytes(pcm[:INDEX_BYTES], "little"), pcm[INDEX_BYTES:])
        await _send(socket, messages.AckMessage(next_sample=next_sample))


def _send_away(socket: WebSocketProtocol) -> None:
    socket.write(frame(messages.ErrorMessage(code="access", message=REVOKED).encoded()))
    socket.refuse(POLICY, "access")


async def _send(socket: WebSocket, message: WireMessage) -> None:
    async with asyncio.timeout(SEND_S):
        await socket.send_text(message.model_dump_json())


async def _refuse(socket: WebSocket, error: SurtitleError) -> None:
    try:
        retry_after_s = error.retry_after_s if isinstance(error, BusyError) else None
        await _send(socket, messages.ErrorMessage(code=error.code, message=str(error), retry_after_s=retry_after_s))
        await socket.close(POLICY if retry_after_s is None else SLOW, error.code)
    except (WebSocketDisconnect, TimeoutError, RuntimeError):
        return
