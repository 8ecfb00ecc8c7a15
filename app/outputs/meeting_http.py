"""One HTTP request at a time, and what is known of its fate; no address comes out of here.

The transport of the HTTP client is used and not the client: that one writes each address into the log and knows
redirects, cookies and proxies, none of which are wanted.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

import httpx2

ANSWER_MAX = 2_000
"""Bytes of an answer that are read; the ones that matter are a number or a time."""

PAUSE_MAX_S = 60.0
"""The longest pause that the far end may ask for."""

Transport = Callable[[], httpx2.AsyncBaseTransport]
"""Makes what carries the requests; a test's leads to a server of its own."""

Fate = Literal["accepted", "refused", "unsent", "unknown"]
"""`unsent`: it never left this machine; `unknown`: it left, and no answer says what became of it."""

GATEWAYS = (502, 504)
"""Whoever answers so has passed the request on and does not know its fate."""


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """One request."""

    method: Literal["GET", "POST"]
    url: str = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What became of a request."""

    fate: Fate
    status: int | None = None
    text: str = ""
    pause_s: float = 0.0
    """How long the far end asks to be left alone."""


class HttpSender:
    """Carries requests over one connection that is kept."""

    def __init__(self, transport: Transport | None = None) -> None:
        """Open no connection yet."""
        self._transport = (transport or direct)()

    async def close(self) -> None:
        """Close the connection."""
        await self._transport.aclose()

    async def carry(self, message: HttpMessage, within_s: float) -> HttpAnswer:
        """Send a request and return its fate, which is known after `within_s` at the latest; raises nothing.

        Cancelling leaves the fate unknown. One caller at a time.
        """
        is_out = False

        async def trace(event: str, _info: object) -> None:
            nonlocal is_out
            is_out = is_out or event.endswith("send_request_headers.started")

        headers = {"User-Agent": "Surtitle"}
        if message.method == "POST":
            headers["Content-Type"] = message.content_type
        request = httpx2.Request(
            message.method,
            message.url,
            content=message.body if message.method == "POST" else None,
            headers=headers,
            extensions={"trace": trace, "timeout": dict.fromkeys(("connect", "read", "write", "pool"), within_s)},
        )
        try:
            async with asyncio.timeout(within_s):
                response = await self._transport.handle_async_request(request)
                try:
                    text = await _read(response)
                finally:
                    await response.aclose()
        except (httpx2.TransportError, TimeoutError):  # its text may hold the address
            return HttpAnswer("unknown" if is_out else "unsent")
        status = response.status_code
        if 200 <= status < 300:
            return HttpAnswer("accepted", status, text)
        return HttpAnswer("unknown" if status in GATEWAYS else "refused", status, text, _pause_s(response))


def direct() -> httpx2.AsyncBaseTransport:
    """Return a transport that goes straight to the address."""
    return httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_connections=1))


def pauses(first_s: float, longest_s: float, chance: random.Random) -> Iterator[float]:
    """Yield the pauses between tries for ever: twice as long each time, and somewhere between half and whole."""
    pause_s = first_s
    while True:
        yield pause_s * chance.uniform(0.5, 1.0)
        pause_s = min(longest_s, pause_s * 2)


async def _read(response: httpx2.Response) -> str:
    content = b""
    async for piece in response.aiter_raw():
        content += piece
        if len(content) > ANSWER_MAX:
            break
    return content[:ANSWER_MAX].decode("utf-8", "replace").strip()


def _pause_s(response: httpx2.Response) -> float:
    """Return what Retry-After asks for, in seconds or as a date; 0 if nothing."""
    asked = response.headers.get("retry-after", "")
    try:
        seconds = (
            float(asked) if asked.isdigit() else (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds()
        )
    except (TypeError, ValueError):
        return 0.0
    return min(PAUSE_MAX_S, max(0.0, seconds))
