"""Child process of `bench viewers`: the real web server with one room, into which captions are published.

Only this process uses the server's code; the viewers follow docs/protocol.md.
"""

import asyncio
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from app import log as logs
from app.bench.child_process import measure_loop_lag, run_child, serve_calls
from app.bench.histogram import Histogram
from app.bench.one_room_service import ROOM, OneRoomService
from app.web.file_limit import raise_file_limit
from app.web.server import Server, bind


class HostProcess:
    """The calls that this process serves."""

    def __init__(self, service: OneRoomService, port: int, group: asyncio.TaskGroup) -> None:
        """Control a service on a port."""
        self._service = service
        self._port = port
        self._group = group
        self._lag = Histogram()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> dict[str, object]:
        """Return the port and the name of the room."""
        return {"port": self._port, "room": ROOM}

    async def start(self, rate_hz: float) -> dict[str, object]:
        """Start publishing."""
        self._tasks = [
            self._group.create_task(self._service.publish_captions(rate_hz)),
            self._group.create_task(measure_loop_lag(self._lag)),
        ]
        return {}

    async def stop(self) -> dict[str, object]:
        """Stop publishing; returns what was published, how late, and the lag of the event loop."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        finals = [asdict(final) for final in self._service.finals]
        return {
            "n_published": self._service.n_published,
            "finals": finals,
            "late": self._service.late.counts,
            "lag": self._lag.counts,
        }


async def main() -> None:
    """Serve until the parent ends."""
    logs.setup()
    raise_file_limit()
    with TemporaryDirectory(prefix="surtitle-bench-") as folder:
        await serve(OneRoomService(Path(folder)))


async def serve(service: OneRoomService) -> None:
    """Run the web server and serve the parent's calls until the parent ends."""
    bound = bind("127.0.0.1", 0)
    server = Server(await service.open(), bound)
    async with asyncio.TaskGroup() as group, server.running():
        host = HostProcess(service, bound.getsockname()[1], group)
        await serve_calls({"open": host.open, "start": host.start, "stop": host.stop})


if __name__ == "__main__":
    run_child(main)
