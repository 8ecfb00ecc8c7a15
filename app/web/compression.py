"""Pages and their files go over the wire compressed; what the interface answers goes as it is."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

BYTES_MIN = 500
"""Below this the headers weigh more than what is saved."""

LEVEL = 6
"""Of gzip; 9 takes twice as long for one percent."""

PLAIN = ("/api/", "/metrics")
"""Where answers may hold a secret beside words that others chose, which compression can give away (BREACH)."""


class Compressed:
    """Compresses what an application answers to clients that understand gzip; the console's files shrink to a third."""

    def __init__(self, inner: ASGIApp) -> None:
        """Wrap an application."""
        self._inner = inner
        self._compressing = GZipMiddleware(inner, minimum_size=BYTES_MIN, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, compressed where that helps."""
        is_plain = scope["type"] != "http" or scope["path"].startswith(PLAIN)
        await (self._inner if is_plain else self._compressing)(scope, receive, send)
