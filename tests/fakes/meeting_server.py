"""A meeting on this machine that takes captions as the vendors document it, with faults, and records mistakes.

What a document does not say is read strictly: a caption that Zoom's stand-in takes twice is shown twice, whatever its
number.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, get_args
from urllib.parse import parse_qs

import httpx2

Vendor = Literal["zoom", "teams", "youtube"]

SECRET = "nYtXJqRKCWsecret"
ADDRESSES: dict[Vendor, str] = {
    "zoom": "https://wmcapi.zoom.us/closedcaption?id=200610693&ns=GZHkEA==&expire=86400"
    f"&spparams=id%2Cns%2Cexpire&signature={SECRET}",
    "teams": f"https://api.captions.office.microsoft.com/cartcaption?meetingid=%7b%22tId%22%3a%2272f2%22%7d&token={SECRET}",
    "youtube": f"http://upload.youtube.com/closedcaption?cid={SECRET}",
}
"""As the vendors write them."""

Fault = Literal[
    "hangs_before", "hangs_after", "resets_before", "resets_after", "500", "503", "429", "slow"
]  # `after`: the caption was accepted
FAULTS: tuple[Fault, ...] = get_args(Fault)
AMBIGUOUS = frozenset({"hangs_before", "hangs_after", "resets_before", "resets_after"})
SLOW_S = 1.5
"""How late a late answer comes."""

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}( region:\S+#\S+)?")


@dataclass(frozen=True, slots=True)
class Shown:
    """A caption as the meeting sees it."""

    text: str
    number: int | None
    language: str | None
    at_s: float
    moment: str = ""
    """YouTube's line with the time."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    fault: Fault | None
    at_s: float


@dataclass
class MeetingServer:
    """One meeting of one vendor."""

    vendor: Vendor
    draw: Callable[[], Fault | None] = lambda: None
    """Returns the fault of the next request."""
    status: int = 200
    """The answer instead of 200, if any."""
    retry_after: str = "1"
    location: str = ""
    last: int = -1
    """Number of the last caption accepted; -1 before the first."""
    answers_last: bool = True
    """Whether it answers the question for that number."""
    shown: list[Shown] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    """What the sender did that the vendor's document forbids."""
    _open: list[asyncio.StreamReader] = field(default_factory=list)
    _n_connections: int = 0
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _bodies: dict[int, bytes] = field(default_factory=dict)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self._gone.clear()
        self._n_connections += 1
        try:
            while request := await self._read(reader):
                # a request that the sender has dropped is not open, though its answer may still be on the way
                self._expect(all(map(_is_gone, self._open)), "two requests at once")
                self._open.append(reader)
                try:
                    if not await self._answer(request, reader, writer):
                        return
                finally:
                    self._open.remove(reader)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self._n_connections -= 1
            if not self._n_connections:
                self._gone.set()

    async def left(self) -> None:
        """Wait until no client is connected."""
        if self._n_connections:
            await self._gone.wait()

    async def _read(self, reader: asyncio.StreamReader) -> Request | None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
        except asyncio.IncompleteReadError:
            return None
        first, *rest = head.split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self._expect("transfer-encoding" not in headers, "a body in chunks")
        request = Request(method, target, headers, body, self.draw(), asyncio.get_running_loop().time())
        self.requests.append(request)
        return request

    async def _answer(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer, and return whether the connection stays open."""
        match request.fault:
            case "500" | "503" | "429":
                await _write(writer, int(request.fault), b"no", {"Retry-After": self.retry_after})
                return True
            case "hangs_before" | "resets_before":
                pass
            case _:
                status, body = self._serve(request)
        match request.fault:
            case "hangs_before" | "hangs_after":
                await reader.read()  # until the client closes
                return False
            case "resets_before" | "resets_after":
                writer.transport.abort()
                return False
            case "slow":
                await asyncio.sleep(SLOW_S)
        headers = {"Retry-After": self.retry_after} if status in (429, 503) else {}
        if self.location:
            headers["Location"] = self.location
        await _write(writer, status, body, headers)
        return True

    def _serve(self, request: Request) -> tuple[int, bytes]:
        host, _, given = ADDRESSES[self.vendor].partition("://")[2].partition("/")
        path, _, query = given.partition("?")
        self._expect(request.headers["host"] == host, f"the host {request.headers['host']}")
        asked, _, asked_query = request.target.removeprefix("/").partition("?")
        self._expect(asked_query.startswith(query), "another query than the given one")
        if self.status != 200:
            return self.status, b"no"
        if self.vendor == "zoom" and request.method == "GET":
            self._expect(asked == f"{path}/seq" and asked_query == query, f"a question at {asked}")
            return (200, str(self.last).encode()) if self.answers_last else (404, b"")
        self._expect(asked == path, f"captions at {asked}")
        self._expect(request.method == "POST", f"{request.method} for captions")
        if request.method != "POST":
            return 405, b""
        return self._take(request, parse_qs(asked_query.removeprefix(query).removeprefix("&")))

    def _take(self, request: Request, more: dict[str, list[str]]) -> tuple[int, bytes]:
        kind = request.headers.get("content-type", "")
        self._expect(re.fullmatch(r"text/plain(; charset=utf-8)?", kind) is not None, f"content of type {kind}")
        text, moment = request.body.decode("utf-8"), ""
        wanted = {"zoom": {"seq", "lang"}, "teams": {"lang"}, "youtube": {"seq"}}[self.vendor]
        self._expect(set(more) == wanted, f"the parameters {sorted(more)}")
        number = int(more["seq"][0]) if "seq" in more else None
        if self.vendor == "teams":
            self._expect(0 < len(text) <= 120 and "\n" not in text, f"a line of {len(text)} characters")
        elif self.vendor == "zoom":
            self._expect(number == self.last + 1, f"number {number} after {self.last}")
            self._expect(0 < len(text.split("\n")) <= 2, "more than two lines")
            if number != self.last + 1 and number != self.last:
                return 403, b""
        else:
            moment, _, rest = text.partition("\n")
            self._expect(MOMENT.fullmatch(moment) is not None, f"the time {moment}")
            self._expect(rest.endswith("\n") and rest.count("\n") == 1, "a body that is not a time and a line")
            text = rest.rstrip("\n")
            assert number is not None
            if number in self._bodies:
                self._expect(self._bodies[number] == request.body, "another caption under the same number")
                return 200, b""
            seen = {number_of(each) for each in self.requests if each.fault in AMBIGUOUS}
            skipped = set(range(self.last + 1, number))
            self._expect(number > self.last and skipped <= seen, f"number {number} after {self.last}")
            self._bodies[number] = request.body
        if number is not None:
            self.last = number
        language = more["lang"][0] if "lang" in more else None
        self.shown.append(Shown(text, number, language, asyncio.get_running_loop().time(), moment))
        return 200, datetime.now(UTC).isoformat(timespec="milliseconds")[:23].encode()

    def _expect(self, is_so: bool, mistake: str) -> None:
        if not is_so:
            self.mistakes.append(mistake)


def number_of(request: Request) -> int | None:
    """Return the number of the caption in a request."""
    found = re.search(r"&seq=(\d+)", request.target)
    return int(found[1]) if found else None


class Detour(httpx2.AsyncBaseTransport):
    """Sends requests for a vendor's host to this machine."""

    def __init__(self, port: int) -> None:
        """Send everything to this port."""
        self._port = port
        self._transport = httpx2.AsyncHTTPTransport(verify=False)  # reading certificates takes 30 ms

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the same request to the local server."""
        there = httpx2.URL(scheme="http", host="127.0.0.1", port=self._port, raw_path=request.url.raw_path)
        same = httpx2.Request(
            request.method, there, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return await self._transport.handle_async_request(same)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._transport.aclose()


@asynccontextmanager
async def serve_meeting(server: MeetingServer) -> AsyncIterator[Callable[[], httpx2.AsyncBaseTransport]]:
    """Serve while the block lasts; yields a function that creates transports to it."""
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield lambda: Detour(port)
    finally:
        listening.close()
        await server.left()


def faulty(rate: float, seed: int, kinds: tuple[Fault, ...] = FAULTS) -> Callable[[], Fault | None]:
    """Return a function that draws faults, each kind equally often."""
    chance = random.Random(seed)
    return lambda: chance.choice(kinds) if chance.random() < rate else None


def _is_gone(reader: asyncio.StreamReader) -> bool:
    return reader.at_eof() or reader.exception() is not None


async def _write(writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str]) -> None:
    lines = [f"HTTP/1.1 {status} -", f"Content-Length: {len(body)}", *(f"{k}: {v}" for k, v in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
