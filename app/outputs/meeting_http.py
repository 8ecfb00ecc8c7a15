"""One HTTP request at a time, and its outcome; addresses never appear in logs or errors.

This uses the HTTP client's transport directly, not the client, which logs every address, follows redirects, keeps
cookies and uses proxies.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

import httpx2

ANSWER_MAX = 2_000
"""Bytes of an answer that are read; the answers of interest are a number or a time."""

RETRY_AFTER_MAX_S = 60.0
"""The longest pause that a server may ask for."""

Transport = Callable[[], httpx2.AsyncBaseTransport]
"""Opens the transport of the requests; tests pass one that connects to their own server."""

HttpOutcome = Literal["accepted", "refused", "unsent", "unknown"]
"""`unsent`: it never left this machine; `unknown`: it was sent, but it is unknown whether it was accepted."""

GATEWAY_STATUSES = (502, 504)
"""Statuses of a gateway, which does not know whether the server behind it accepted the request."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to send."""

    method: Literal["GET", "POST"]
    url: str = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class HttpResult:
    """The outcome of a request."""

    outcome: HttpOutcome
    status: int | None = None
    text: str = ""
    retry_after_s: float = 0.0
    """The pause that the server asks for."""


class HttpSender:
    """Sends requests over one connection that stays open."""

    def __init__(self, transport: Transport | None = None) -> None:
        """Open no connection yet."""
        self._transport = (transport or open_transport)()

    async def close(self) -> None:
        """Close the connection."""
        await self._transport.aclose()

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResult:
        """Send a request and return its outcome within `timeout_s`; raises nothing.

        After cancelling the outcome is unknown. One caller at a time.
        """
        is_sent = False

        async def trace(event: str, _info: object) -> None:
            nonlocal is_sent
            is_sent = is_sent or event.endswith("send_request_headers.started")

        headers = {"User-Agent": "Surtitle"}
        if request.method == "POST":
            headers["Content-Type"] = request.content_type
        wire_request = httpx2.Request(
            request.method,
            request.url,
            content=request.body if request.method == "POST" else None,
            headers=headers,
            extensions={"trace": trace, "timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)},
        )
        try:
            async with asyncio.timeout(timeout_s):
                response = await self._transport.handle_async_request(wire_request)
                try:
                    text = await _read_text(response)
                finally:
                    await response.aclose()
        except (httpx2.TransportError, TimeoutError):  # the error's text may contain the address
            return HttpResult("unknown" if is_sent else "unsent")
        status = response.status_code
        if 200 <= status < 300:
            return HttpResult("accepted", status, text)
        outcome: HttpOutcome = "unknown" if status in GATEWAY_STATUSES else "refused"
        return HttpResult(outcome, status, text, _retry_after_s(response))


def open_transport() -> httpx2.AsyncBaseTransport:
    """Return a transport that connects to the host of the address without a proxy."""
    return httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_connections=1))


async def _read_text(response: httpx2.Response) -> str:
    content = b""
    async for part in response.aiter_raw():
        content += part
        if len(content) > ANSWER_MAX:
            break
    return content[:ANSWER_MAX].decode("utf-8", "replace").strip()


def _retry_after_s(response: httpx2.Response) -> float:
    """Return the pause in the Retry-After header, which is a number of seconds or a date; 0 without one."""
    header = response.headers.get("retry-after", "")
    try:
        seconds = (
            float(header) if header.isdigit() else (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        )
    except (TypeError, ValueError):
        return 0.0
    return min(RETRY_AFTER_MAX_S, max(0.0, seconds))
