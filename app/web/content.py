"""A response whose content is made already: it is sent in pieces, at the pace of the client."""

import asyncio
from collections.abc import Mapping, Sequence

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PIECE_BYTES = 64 << 10
"""Bytes that are passed to a connection at once: what the kernel buffers for it. The rest waits, and is shared with the
other clients that download the same file."""


class ContentResponse(Response):
    """Sends byte strings one after the other without joining or copying them."""

    def __init__(self, parts: Sequence[bytes], media_type: str, headers: Mapping[str, str] | None = None) -> None:
        """Send these parts as one body."""
        n_bytes = sum(map(len, parts))
        super().__init__(None, headers={**(headers or {}), "content-length": str(n_bytes)}, media_type=media_type)
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response; a client that stops reading is disconnected by the HTTP protocol."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for part in self._parts:
            view = memoryview(part)
            for start in range(0, len(part), PIECE_BYTES):
                piece = bytes(view[start : start + PIECE_BYTES])
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                await asyncio.sleep(0)  # `send` does not wait while the client reads fast enough
        await send({"type": "http.response.body", "body": b""})
