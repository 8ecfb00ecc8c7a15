"""Somebody talks in a room of a running service: the beginning of the demo meeting, sent as a program would."""

import json

from websockets.asyncio.client import connect

from app.audio.chunk import SAMPLE_RATE, to_pcm16
from app.decode import demo_files
from app.media import media_source

PIECE = SAMPLE_RATE


async def send_meeting(address: str, room: str, key: str = "", *, seconds: int = 10) -> None:
    """Send the first seconds of the meeting at once, and end the session."""
    samples = media_source.load(demo_files.MEETING)[: seconds * SAMPLE_RATE]
    async with connect(f"ws{address.removeprefix('http')}/ws/{room}") as socket:
        await socket.send(json.dumps({"type": "hello", "role": "source", "key": key, "session": "0123456789ab"}))
        assert json.loads(await socket.recv())["type"] == "welcome"
        for first in range(0, len(samples), PIECE):
            await socket.send(first.to_bytes(8, "little") + to_pcm16(samples[first : first + PIECE]))
            assert json.loads(await socket.recv())["type"] == "ack"
        await socket.send(json.dumps({"type": "end"}))
