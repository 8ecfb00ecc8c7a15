"""A process that has loaded the server and forks it again and again, so that a restart is cheap.

Each fork serves the same room from the same store on the same port, publishes captions, and ends by `kill -9`.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from app import log
from app.bench.one_room_service import OneRoomService
from app.web.file_limit import raise_file_limit
from app.web.server import Server, bind


async def serve(folder: Path, port: int, rate_hz: float, ready: Callable[[int], None]) -> None:
    """Serve the room until cancelled and publish `rate_hz` events a second; 0 publishes none."""
    service = OneRoomService(folder)
    bound = bind("127.0.0.1", port)
    server = Server(await service.open(), bound)
    async with server.running():
        ready(bound.getsockname()[1])
        await (service.publish_captions(rate_hz) if rate_hz else asyncio.Event().wait())


class Forker:
    """Forks servers, one at a time."""

    def __init__(self) -> None:
        """Start without a server; a server ends with this process."""
        self._pid: int | None = None
        self._end, self._my_end = os.pipe()

    def start(self, folder: str, port: int, rate_hz: float) -> dict[str, object]:
        """Fork a server, and return its port once it is ready."""
        began = time.monotonic()
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reading)
            os.close(self._my_end)
            self._run(Path(folder), port, rate_hz, writing)
        os.close(writing)
        self._pid = pid
        with os.fdopen(reading, "rb") as line:
            port_read = line.read()
        if not port_read:
            self.kill()
            return {"error": "The server ended before it could be asked; see its last words above."}
        return {"pid": pid, "port": int(port_read), "start_s": time.monotonic() - began}

    def kill(self) -> dict[str, object]:
        """Kill the server as the kernel does when memory runs out, and wait until it has ended."""
        if self._pid is not None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = None
        return {}

    def _run(self, folder: Path, port: int, rate_hz: float, writing: int) -> NoReturn:
        """Run the server in the fork, without the cleanup of the parent process."""

        def ready(port: int) -> None:
            os.write(writing, str(port).encode())
            os.close(writing)
            asyncio.get_running_loop().add_reader(self._end, os._exit, 0)  # the parent has ended

        try:
            asyncio.run(serve(folder, port, rate_hz, ready))
        finally:
            sys.excepthook(*sys.exc_info())
            os._exit(1)


def main() -> None:
    """Answer the requests on standard input, one a line, until it closes."""
    log.setup()
    raise_file_limit()
    forker = Forker()
    answers: dict[str, Callable[..., dict[str, object]]] = {"start": forker.start, "kill": forker.kill}
    for line in sys.stdin.buffer:
        given: dict[str, Any] = json.loads(line)
        print(json.dumps(answers[given.pop("call")](**given)), flush=True)
    forker.kill()


if __name__ == "__main__":
    main()
