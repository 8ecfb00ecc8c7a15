"""A WebSocket client's messages: hello, JSON messages and frames of sound."""

import json
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection

from app.audio.chunk import to_pcm16
from tests.support.raw_peer import KEY

SESSION = {"role": "source", "session": "0123456789ab", "key": KEY}


async def hello(socket: ClientConnection, **fields: Any) -> dict[str, Any]:
    """Send the hello and return the first answer."""
    await socket.send(json.dumps({"type": "hello", "role": "viewer", **fields}))
    return await receive(socket)


async def receive(socket: ClientConnection, kind: str = "") -> dict[str, Any]:
    """Return the next message, or the next of a kind."""
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if not kind or message["type"] == kind:
            return message


def frame(first: int, last: int) -> bytes:
    """Return a sound message whose samples are their own index."""
    return first.to_bytes(8, "little") + to_pcm16(np.asarray(np.arange(first, last) / 32768, np.float32))
