"""Pages read server-sent events where WebSockets are blocked, but not because the service is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from playwright.async_api import Page, expect

from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page

REFUSED = "WebSocket connection to"
GATEWAY = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """A proxy that rejects every WebSocket upgrade and forwards all other requests."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.refused = 0
        self.streams = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, one request."""
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if b"upgrade: websocket" in head.lower():
                self.refused += 1
                writer.write(GATEWAY)
            else:
                self.streams += b"/events?" in head
                server, out = await asyncio.open_connection("127.0.0.1", self.to)
                out.write(head.replace(b"Connection: keep-alive", b"Connection: close"))
                while piece := await server.read(1 << 16):
                    writer.write(piece)
                out.close()
            await writer.drain()
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()


@asynccontextmanager
async def proxy(to: int) -> AsyncIterator[tuple[Proxy, str]]:
    """Run a proxy in front of a port while the block lasts; yields it and its address."""
    made = Proxy(to)
    server = await asyncio.start_server(made, "127.0.0.1", 0)
    try:
        yield made, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def expect_words(page: Page, words: list[str]) -> None:
    """Wait until exactly these committed words are shown, each once."""
    await expect(page.locator(".caption-final")).to_have_text(words, timeout=20_000)


async def test_a_network_without_websockets_has_subtitles_too() -> None:
    """Captions arrive as events; across a restart of the service none is lost or repeated."""
    rooms = HostedRooms()
    async with open_page(forgives=REFUSED) as page:
        async with serve_rooms(rooms) as port, proxy(port) as (between, address):
            await page.goto(f"{address}/overlay/main?lang=original&clear=0&lines=8")
            rooms.say("1-0", "one.", rev=1, final=True)
            await expect_words(page, ["one."])
            rooms.say("1-1", "two.", "grey", rev=1)
            await expect(page.locator(".caption-pending")).to_have_text(["grey"])
            rooms.say("1-1", "two.", rev=2, final=True)
            await expect_words(page, ["one.", "two."])
            assert between.refused >= 2
            assert between.streams == 1
            assert [reader.is_sse for reader in rooms.context.audiences.get(rooms.main).readers] == [True]
            assert [one.n_readers for one in rooms.context.audiences.readers_by_track(rooms.main)] == [1, 0]
            refused = between.refused
            asked = page.url
            await page.wait_for_timeout(100)
            # the service stops, captions are published meanwhile, and it starts again on the same port
            between_port = int(address.rpartition(":")[2])
            assert between_port != port
        rooms.say("1-2", "three.", rev=1, final=True)
        await asyncio.sleep(1)
        async with serve_rooms(rooms, port):
            restarted = await asyncio.start_server(between, "127.0.0.1", between_port)
            await expect_words(page, ["one.", "two.", "three."])
            rooms.say("1-3", "four.", rev=1, final=True)
            await expect_words(page, ["one.", "two.", "three.", "four."])
            assert page.url == asked
            assert (between.refused, between.streams) == (refused, 2)
            restarted.close()


async def test_pages_return_to_websockets_after_an_outage() -> None:
    """A page that could not connect for a while reconnects by WebSocket, not by events."""
    rooms = HostedRooms()
    async with open_page() as page:
        async with serve_rooms(rooms) as port:
            await page.goto(f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0")
            rooms.say("1-0", "one.", rev=1, final=True)
            await expect_words(page, ["one."])
        rooms.say("1-1", "two.", rev=1, final=True)
        await asyncio.sleep(4)
        async with serve_rooms(rooms, port):
            await expect_words(page, ["one.", "two."])
            assert [reader.is_sse for reader in rooms.context.audiences.get(rooms.main).readers] == [False]
