"""The two conversations on `/ws/{room}`: a viewer reads captions, a source sends sound."""

import asyncio
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from app.audio.browser import BrowserSource
from app.captions.bus import LaggardError, Subscription
from app.captions.room import Room
from app.errors import BusyError, SettingsError, SourceError, SurtitleError
from app.web import messages
from app.web.auth import check_key, is_own_origin
from app.web.messages import Message, SourceHello, ViewerHello

HELLO_S = 10.0
"""How long a client may take to introduce itself."""

SEND_S = 15.0
"""How long a client may take to accept a message; then it is gone or hostile, and reconnects if it can."""

POLICY = 1008
"""Close code for what the client did wrong."""

BUSY = 1013
"""Close code for a service that has no room now."""

AGAIN = 1012
"""Close code for a service that closes down; pages come back by themselves."""

INDEX_BYTES = 8
"""A sound message begins with its sample index, unsigned little-endian."""


class Rooms(Protocol):
    """What the sockets need of the service."""

    @property
    def key(self) -> str | None:
        """What a client must present, if anything."""

    def room(self, name: str) -> Room:
        """Return an open room; raises AccessError."""

    def browser(self, room: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the source of a page's session; raises SurtitleError."""


async def converse(socket: WebSocket, room_name: str, rooms: Rooms) -> None:
    """Hold one conversation until the client leaves; ends quietly when it does, and never raises for what it did."""
    await socket.accept()
    try:
        if not is_own_origin(socket.headers.get("origin"), socket.headers.get("host")):
            raise SettingsError("This page comes from another site and may not read here. Open the room's own link.")
        hello = await _hello(socket)
        check_key(rooms.key, hello.key)
        room = rooms.room(room_name)
        if isinstance(hello, ViewerHello):
            await _tell(socket, room, hello)
        else:
            await _hear(socket, room, hello, rooms)
    except SurtitleError as exc:
        await _refuse(socket, exc)
    except (WebSocketDisconnect, TimeoutError):
        return
    except RuntimeError as exc:  # starlette says so when the socket was closed while we sent
        if "websocket" not in str(exc).lower():
            raise


async def _hello(socket: WebSocket) -> ViewerHello | SourceHello:
    try:
        async with asyncio.timeout(HELLO_S):
            text = await socket.receive_text()
    except TimeoutError:
        raise SettingsError(f"Expected a hello message within {HELLO_S:.0f} s, but nothing came.") from None
    except KeyError:
        raise SettingsError("Expected a hello message as text, but bytes came. See docs/protocol.md.") from None
    return messages.parse_hello(text)


async def _tell(socket: WebSocket, room: Room, hello: ViewerHello) -> None:
    """Send what the viewer lacks, then everything that happens."""
    since = hello.since.seq if hello.since and hello.since.epoch == room.epoch else None
    await _send(socket, messages.Welcome(epoch=room.epoch, state=messages.room_status(room.state)))
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_send_captions(socket, room, since)),
            group.create_task(_send_states(socket, room)),
        ]
        try:
            while True:  # a viewer has nothing to say; reading notices that it left
                await socket.receive_text()
        except (WebSocketDisconnect, KeyError):
            for task in tasks:
                task.cancel()


async def _send_captions(socket: WebSocket, room: Room, since: int | None) -> None:
    while True:
        with room.bus.subscribe() as subscription:
            # subscribed first: what is published while the snapshot travels waits in the box
            events = room.snapshot(since)
            captions = tuple(messages.caption(event) for event in events)
            try:
                await _send(socket, messages.Snapshot(epoch=room.epoch, is_fresh=since is None, captions=captions))
                since = max([since or 0, *(event.seq for event in events if event.seq is not None)])
                since = await _follow(socket, subscription, since)
            except LaggardError:
                continue  # a reader that fell behind gets the log from where it stopped
            except (WebSocketDisconnect, TimeoutError, RuntimeError):
                return


async def _follow(socket: WebSocket, subscription: Subscription, since: int) -> int:
    async for event in subscription.events():
        if event.seq is not None and event.seq <= since:
            continue
        await _send(socket, messages.Told(caption=messages.caption(event)))
        since = event.seq or since
    return since


async def _send_states(socket: WebSocket, room: Room) -> None:
    states = room.states()
    try:
        async for state in states:
            await _send(socket, messages.State(state=messages.room_status(state)))
    except (WebSocketDisconnect, TimeoutError, RuntimeError):
        return
    finally:
        await states.aclose()


async def _hear(socket: WebSocket, room: Room, hello: SourceHello, rooms: Rooms) -> None:
    """Take in the page's sound and acknowledge it."""
    source = rooms.browser(room.name, hello.session, f"{hello.label} {hello.session[:4]}", hello.language)
    source.connected(True)
    try:
        status = messages.room_status(room.state)
        await _send(socket, messages.Welcome(epoch=room.epoch, state=status, next_sample=source.next_sample))
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
            next_sample = source.push(int.from_bytes(pcm[:INDEX_BYTES], "little"), pcm[INDEX_BYTES:])
            await _send(socket, messages.Ack(next_sample=next_sample))
    finally:
        source.connected(False)


async def _send(socket: WebSocket, message: Message) -> None:
    async with asyncio.timeout(SEND_S):
        await socket.send_text(message.model_dump_json())


async def _refuse(socket: WebSocket, error: SurtitleError) -> None:
    try:
        retry_after_s = error.retry_after_s if isinstance(error, BusyError) else None
        await _send(socket, messages.Error(code=error.code, message=str(error), retry_after_s=retry_after_s))
        await socket.close(POLICY if retry_after_s is None else BUSY, error.code)
    except (WebSocketDisconnect, TimeoutError, RuntimeError):
        return
