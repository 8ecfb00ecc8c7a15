"""The web server in a process of its own, so that tests can measure what a client costs it.

Takes settings as JSON; prints its port; then for each line it reads, prints how many tasks it has and publishes that
many captions.
"""

import asyncio
import gc
import importlib
import json
import logging
import resource
import sys
import time
from typing import Any

from app.web.file_limit import fit_limits, raise_file_limit
from app.web.limits import LimitSettings
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


async def main(
    limits: dict[str, Any],
    constants: dict[str, float],
    key: str | None = None,
    say_s: float = 0.0,
    n_chars: int = 100,
    n_files: int | None = None,
) -> None:
    """Serve until standard input closes; `n_files` is what this process may open, and its limits fit in there."""
    for place, value in constants.items():
        module, _, name = place.rpartition(".")
        setattr(importlib.import_module(module), name, value)
    loop = asyncio.get_running_loop()
    settings = LimitSettings(**limits)
    if n_files is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (n_files, n_files))
        settings = fit_limits(settings, raise_file_limit())
    rooms = HostedRooms(key=key, limits=settings)
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop.add_reader(0, lambda: lines.put_nowait(sys.stdin.readline()))
    async with serve_rooms(rooms) as port, asyncio.TaskGroup() as group:
        talk = group.create_task(_talk(rooms, say_s, n_chars))
        print(port, flush=True)
        while await lines.get():
            gc.collect()
            print(len(asyncio.all_tasks()), flush=True)
        talk.cancel()
        loop.remove_reader(0)


async def _talk(rooms: HostedRooms, say_s: float, n_chars: int) -> None:
    number = 0
    while say_s:
        await asyncio.sleep(say_s)
        number += 1
        rooms.say(f"1-{number}", f"@{time.monotonic_ns()} ".ljust(n_chars, "x"), rev=1, final=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main(**json.loads(sys.argv[1])))
