"""A process that has loaded the server and forks one life of it after the other, so that a restart costs little.

Each life serves the same room from the same store on the same port, speaks into it, and ends by `kill -9`.
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
from app.bench.viewers_host import OneRoomService
from app.web.limits import allow_sockets
from app.web.server import Server, bind


async def live(folder: Path, port: int, rate_hz: float, ready: Callable[[int], None]) -> None:
    """Serve the room for ever, and speak so many events a second into it; 0 for none."""
    stage = OneRoomService(folder)
    bound = bind("127.0.0.1", port)
    server = Server(await stage.open(), bound)
    async with server.running():
        ready(bound.getsockname()[1])
        await (stage.speak(rate_hz) if rate_hz else asyncio.Event().wait())


class Parent:
    """Forks lives, one at a time."""

    def __init__(self) -> None:
        """Begin with none; a life ends with this process."""
        self._pid: int | None = None
        self._end, self._my_end = os.pipe()

    def start(self, folder: str, port: int, rate_hz: float) -> dict[str, object]:
        """Begin a life, and return where it serves when it does."""
        began = time.monotonic()
        told, telling = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(told)
            os.close(self._my_end)
            self._be(Path(folder), port, rate_hz, telling)
        os.close(telling)
        self._pid = pid
        with os.fdopen(told, "rb") as line:
            port_told = line.read()
        if not port_told:
            self.kill()
            return {"error": "The server ended before it could be asked; see its last words above."}
        return {"pid": pid, "port": int(port_told), "start_s": time.monotonic() - began}

    def kill(self) -> dict[str, object]:
        """End the life as the kernel does for want of memory, and wait until it is over."""
        if self._pid is not None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = None
        return {}

    def _be(self, folder: Path, port: int, rate_hz: float, telling: int) -> NoReturn:
        """Be a life; what the parent would do at its end is left to the parent."""

        def ready(port: int) -> None:
            os.write(telling, str(port).encode())
            os.close(telling)
            asyncio.get_running_loop().add_reader(self._end, os._exit, 0)  # the parent is gone

        try:
            asyncio.run(live(folder, port, rate_hz, ready))
        finally:
            sys.excepthook(*sys.exc_info())
            os._exit(1)


def main() -> None:
    """Do what the bench asks, line by line, until it is gone."""
    log.setup()
    allow_sockets()
    parent = Parent()
    answers: dict[str, Callable[..., dict[str, object]]] = {"start": parent.start, "kill": parent.kill}
    for line in sys.stdin.buffer:
        given: dict[str, Any] = json.loads(line)
        print(json.dumps(answers[given.pop("ask")](**given)), flush=True)
    parent.kill()


if __name__ == "__main__":
    main()
