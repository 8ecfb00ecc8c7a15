"""The socket `/ws/{room}`: viewers read captions, operators also get the status, sources send sound."""

import asyncio
from collections.abc import Callable
from functools import partial

from starlette.websockets import WebSocket, WebSocketDisconnect

from app import metrics
from app.audio.browser import BrowserSource
from app.audio.chunk import SAMPLE_RATE
from app.captions.room import Room
from app.errors import BusyError, SettingsError, SourceError, SurtitleError
from app.service.source_names import clean_speaker
from app.web import messages, source_messages
from app.web.audience import Audience
from app.web.auth import Client, client_address
from app.web.connections import Connection
from app.web.context import AppContext, require_open
from app.web.framing import frame
from app.web.limits import REFUSALS
from app.web.messages import Hello, OperatorHello, ReaderHello, SourceHello, ViewerHello, WireMessage
from app.web.operator import send_status
from app.web.token_bucket import TokenBucket
from app.web.websocket_protocol import POLICY, SLOW, WebSocketProtocol

HELLO_S = 5.0
"""How long a client may take to send its hello."""

SEND_S = 10.0
"""How long a client may take to accept a message; then it is disconnected and may reconnect."""

LEAVE_S = 0.5
"""How long a client that is not welcome any more may take to read why."""

HELLO_BYTES = 4 << 10
"""Largest message of a viewer or operator."""

SOUND_BYTES = 256 << 10
"""Largest message of a source; 5 s of sound are 160 kB."""

INDEX_BYTES = 8
"""A sound message begins with its sample index, unsigned little-endian."""

SOUND_BURST_S = 45.0
"""Seconds of sound that a source may send at once, for example after it reconnects."""

SOUND_RATE = 1.25
"""Seconds of sound that a source may send in a second after that."""

SHOWN_MAX = 2
"""Most tracks that a reader's page shows."""

COLUMNS_MAX = 22
"""Most tracks that a console shows."""

CHOICES_BURST = 20
CHOICES_PER_S = 0.5
"""How often a page may say that it shows other tracks, and a source that another person speaks: at once, and then in a
second."""

NO_MESSAGES = "Expected no more messages from a viewer. To speak, open the room's link for speakers."

ENDED = "Expected a new session: this one has ended, because the room was closed or changed."

REMOVED = "This room was deleted."


async def serve_websocket(socket: WebSocket, room_name: str, context: AppContext) -> None:
    """Serve one connection until the client leaves; raises no error that a client causes."""
    if not context.authenticator.is_allowed_origin(socket):
        metrics.REFUSALS.add("origin")
        await socket.close()  # before accept(), so that the browser gets a 403
        return
    await socket.accept()
    try:
        protocol: WebSocketProtocol = socket.scope["state"]["socket"]
        assert protocol.counted is not None  # HttpProtocol passed it on
        protocol.counted.drop = partial(_make_way, protocol)
        address = client_address(socket)
        hello = await _receive_hello(socket)
        room, client = _enter_room(socket, room_name, hello, context)
        speaks = not isinstance(hello, ViewerHello)
        context.limits.take("hello", client.key, address, speaks=speaks)
        with (
            protocol.counted.kept(),
            context.limits.count_client(address, room_name, client.key, speaks=speaks),
            context.connections.track(
                Connection(client, room_name, hello.role, address, partial(_disconnect, protocol))
            ),
        ):
            if isinstance(hello, SourceHello):
                source = context.service.open_page(
                    room_name, client.key or "", hello.session, hello.label, hello.language
                )
                source.set_speaker(clean_speaker(hello.speaker))
                with source.connected():
                    await _receive_sound(socket, room, source)
            elif isinstance(hello, OperatorHello):
                with send_status(protocol, room, context, is_local=context.authenticator.is_local(socket)):
                    await _send_captions(socket, context.audiences.get(room), hello)
            else:
                await _send_captions(socket, context.audiences.get(room), hello)
    except SurtitleError as exc:
        await _send_error(socket, exc)
    except (WebSocketDisconnect, TimeoutError):
        return
    except RuntimeError as exc:  # starlette's error for sending to a closed socket
        if "websocket" not in str(exc).lower():
            raise


async def _receive_hello(socket: WebSocket) -> Hello:
    try:
        async with asyncio.timeout(HELLO_S):
            text = await socket.receive_text()
    except TimeoutError:
        raise SettingsError(f"Expected a hello message within {HELLO_S:.0f} s, but got nothing.") from None
    except KeyError:
        raise SettingsError("Expected a hello message as text, but got binary data. See docs/protocol.md.") from None
    return messages.parse_hello(text)


def _enter_room(socket: WebSocket, room_name: str, hello: Hello, context: AppContext) -> tuple[Room, Client]:
    room, client = context.enter_room(socket, hello.key, hello.role, room_name)
    if not isinstance(hello, OperatorHello):
        require_open(room)
    return room, client


class _SocketViewer:
    """A reader on a WebSocket: it gets captions at once, or as soon as it has read the earlier ones."""

    is_sse = False

    def __init__(self, socket: WebSocketProtocol, audience: Audience, hello: ReaderHello) -> None:
        self.since = hello.since.seq if hello.since else None
        self.epoch = hello.since.epoch if hello.since else None
        self.version = -1
        self._socket = socket
        self._audience = audience
        self._deadline: asyncio.TimerHandle | None = None
        self._waking: asyncio.Handle | None = None
        socket.on_writable = self._on_writable
        socket.on_stalled = self._on_stalled

    def wake(self) -> None:
        """Send what is new, unless the client has not read the earlier messages."""
        while self._socket.is_writable and (frames := self._audience.take(self)):
            self._socket.write(frames)

    def leave(self) -> None:
        """Disconnect the client, because the room was removed."""
        _disconnect(self._socket, "room", REMOVED)

    def detach(self) -> None:
        """Remove the callbacks from the connection, because the client is gone."""
        self._socket.on_writable = self._socket.on_stalled = None
        for handle in (self._deadline, self._waking):
            if handle is not None:
                handle.cancel()

    def _on_stalled(self) -> None:
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().call_later(SEND_S, self._close)

    def _on_writable(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        # not at once: asyncio calls this while it writes, and ends a connection twice if a write fails then
        self._waking = asyncio.get_running_loop().call_soon(self.wake)

    def _close(self) -> None:
        metrics.LAGGARDS.labels(self._audience.room.name).inc()
        self._socket.refuse(SLOW, "This connection is too slow; reconnect to get what you missed.")


async def _send_captions(socket: WebSocket, audience: Audience, hello: ViewerHello | OperatorHello) -> None:
    """Serve a viewer or operator until it leaves; it must not send anything else."""
    viewer = _SocketViewer(socket.scope["state"]["socket"], audience, hello)
    try:
        is_operator = isinstance(hello, OperatorHello)
        with (
            audience.serve(viewer, is_operator=is_operator),
            audience.reader_tracks.count(hello.tracks, is_reader=not is_operator) as show,
        ):
            await _receive_tracks(socket, show, COLUMNS_MAX if is_operator else SHOWN_MAX)
    finally:
        viewer.detach()


async def _receive_tracks(socket: WebSocket, show: Callable[[tuple[str, ...]], None], most: int) -> None:
    """Follow which tracks a page shows, up to `most`, until it leaves."""
    rate_limit = TokenBucket(CHOICES_BURST, CHOICES_PER_S)
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        tracks = messages.parse_tracks(message.get("text") or "", most)
        if tracks is None:
            raise SettingsError(NO_MESSAGES)
        if not rate_limit.take():
            raise SettingsError("Expected fewer changes of the tracks that are shown. Reload the page.")
        show(tracks)


async def _receive_sound(socket: WebSocket, room: Room, source: BrowserSource) -> None:
    """Pass the sound of a page to its source, and acknowledge it."""
    protocol: WebSocketProtocol = socket.scope["state"]["socket"]
    protocol.allow(SOUND_BYTES)
    rate_limit = TokenBucket(SOUND_BURST_S, SOUND_RATE)
    name_limit = TokenBucket(CHOICES_BURST, CHOICES_PER_S)
    view = messages.build_room_view(room.state)
    await _send(socket, messages.WelcomeMessage(epoch=room.epoch, state=view, next_sample=source.next_sample))
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        pcm = message.get("bytes")
        if pcm is None:
            if source_messages.is_end(message.get("text") or ""):
                source.close()
                return
            _set_speaker(source, message.get("text") or "", name_limit)
            continue
        if len(pcm) <= INDEX_BYTES:
            raise SourceError(f"Expected a sample index and sound, but got {len(pcm)} bytes. Reload the page.")
        if not rate_limit.take((len(pcm) - INDEX_BYTES) / 2 / SAMPLE_RATE):
            metrics.REFUSALS.add("sound")
            raise SourceError("Sound arrives faster than real time. Reload the page.")
        if source.is_closed:
            raise SourceError(ENDED)
        next_sample = source.push(int.from_bytes(pcm[:INDEX_BYTES], "little"), pcm[INDEX_BYTES:])
        await _send(socket, messages.AckMessage(next_sample=next_sample))


def _set_speaker(source: BrowserSource, text: str, rate_limit: TokenBucket) -> None:
    """Follow a message that another person speaks; raises SettingsError for any other message."""
    speaker = source_messages.parse_speaker(text)
    if speaker is None:
        raise SettingsError("Expected sound, a speaker or an end message from this page. See docs/protocol.md.")
    if not rate_limit.take():
        raise SettingsError("Expected fewer changes of the speaker's name. Reload the page.")
    source.set_speaker(clean_speaker(speaker))


def _disconnect(socket: WebSocketProtocol, code: str, message: str) -> None:
    socket.write(frame(messages.ErrorMessage(code=code, message=message).encoded()))
    socket.refuse(POLICY, code, within_s=LEAVE_S)


def _make_way(socket: WebSocketProtocol) -> None:
    """Close a connection without a hello at once, with a message if the client reads it."""
    metrics.CLOSED_SOCKETS.labels("made way").inc()
    message = messages.ErrorMessage(code="busy", message=REFUSALS["strangers"], retry_after_s=15.0)
    socket.write(frame(message.encoded()))
    socket.refuse(SLOW, "busy")
    socket.transport.abort()


async def _send(socket: WebSocket, message: WireMessage) -> None:
    async with asyncio.timeout(SEND_S):
        await socket.send_text(message.model_dump_json())


async def _send_error(socket: WebSocket, error: SurtitleError) -> None:
    try:
        retry_after_s = error.retry_after_s if isinstance(error, BusyError) else None
        await _send(socket, messages.ErrorMessage(code=error.code, message=str(error), retry_after_s=retry_after_s))
        await socket.close(POLICY if retry_after_s is None else SLOW, error.code)
    except (WebSocketDisconnect, TimeoutError, RuntimeError):
        return
