"""Every request has one outcome, and no answer raises."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.outputs.meeting_http import ANSWER_MAX, HttpRequest, HttpResult, HttpSender, open_transport

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def ask(answer: bytes, *, closes: bool = True, within_s: float = 5.0) -> HttpResult:
    """Send a request to a server that always gives this answer, and return the result."""

    gone = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if not closes:
            await reader.read()
        writer.close()
        gone.set()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    sender = HttpSender(open_transport)
    try:
        port = server.sockets[0].getsockname()[1]
        return await sender.send(HttpRequest("POST", f"http://127.0.0.1:{port}/x?secret", b"text"), within_s)
    finally:
        await sender.close()
        await gone.wait()
        server.close()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n 7\n", HttpResult("accepted", 200, "7")),
        (b"HTTP/1.1 204 No\r\n\r\n", HttpResult("accepted", 204)),
        (b"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", HttpResult("refused", 307)),
        (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", HttpResult("refused", 403)),
        (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", HttpResult("refused", 500)),
        (b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n", HttpResult("unknown", 502)),
        (b"HTTP/1.1 504 No\r\nContent-Length: 0\r\n\r\n", HttpResult("unknown", 504)),
        (b"HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", HttpResult("refused", 429, "", 7.0)),
        (b"HTTP/1.1 429 No\r\nRetry-After: 7777\r\nContent-Length: 0\r\n\r\n", HttpResult("refused", 429, "", 60.0)),
        (b"HTTP/1.1 429 No\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", HttpResult("refused", 429)),
        (b"HTTP/1.1 429 No\r\nRetry-After: -1\r\nContent-Length: 0\r\n\r\n", HttpResult("refused", 429)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", HttpResult("unknown")),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", HttpResult("unknown")),
        (b"220 mail.example.com ESMTP\r\n", HttpResult("unknown")),
        (b"\x16\x03\x01\x00\x00", HttpResult("unknown")),
        (b"", HttpResult("unknown")),
    ],
)
async def test_each_answer_has_one_outcome(answer: bytes, expected: HttpResult) -> None:
    """Each answer, valid or not, has one outcome; nothing is raised."""
    assert await ask(answer) == expected


async def test_an_answer_may_be_long() -> None:
    """Only the beginning of an endless answer is read."""
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"9" * 100_000
    answer = await ask(endless, closes=False)
    assert (answer.outcome, len(answer.text)) == ("accepted", ANSWER_MAX)


async def test_an_answer_may_be_slow() -> None:
    """A slow answer is cut off by the timeout, and its request may have been accepted."""
    answer = await ask(b"HTTP/1.1 200 OK\r\n", closes=False, within_s=0.3)
    assert answer == HttpResult("unknown")


async def test_a_date_says_when_to_come_back() -> None:
    """Retry-After may be a date."""
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    answer = await ask(f"HTTP/1.1 503 No\r\nRetry-After: {then}\r\nContent-Length: 0\r\n\r\n".encode())
    assert answer.retry_after_s == pytest.approx(20, abs=2)


async def test_a_refused_connection_is_unsent() -> None:
    """Without a listening server the request was certainly not accepted."""
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    sender = HttpSender(open_transport)
    assert await sender.send(HttpRequest("POST", f"http://127.0.0.1:{port}/x", b"text"), 5.0) == HttpResult("unsent")
    await sender.close()


def test_the_repr_contains_no_secret() -> None:
    """The repr of a request contains neither address nor caption."""
    assert "secret" not in repr(HttpRequest("POST", "https://example.com/secret", b"secret"))
