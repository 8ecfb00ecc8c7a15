"""A real service in a process of its own that measures how long each callback holds its event loop.

Takes a folder and the number of stored phrases; prints its address; then for each line it reads, prints the longest
holds as JSON.
"""

import asyncio
import json
import sys
from pathlib import Path

from app import config
from app.captions.event import Event
from app.captions.room import Room
from app.cli.serve import running_service
from app.store.rooms import RoomSettings
from app.web import request_rates
from app.web.fair_loop import new_event_loop
from app.web.request_rates import RequestRate
from tests.support.hold_meter import HoldMeter

KEY = "the-admin-key-of-the-budgets"

ROOM = "hall"

GROUP = 2_000
"""Phrases that are published before the disk is waited for."""

WORDS = "the next point on the agenda is the budget for the second half of the year which we have to settle "


async def main(folder: Path, n_phrases: int) -> None:
    """Serve until standard input closes."""
    rates = request_rates.BY_NETWORK
    for kind, rate in rates.items():  # no request may hold the loop, however many of them a client may send
        rates[kind] = RequestRate(1e9, 1e9, rate.retry_s, rate.message)
    settings = config.read(model="demo", data=folder, port=0, key=KEY, require_keys=True)
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()
    async with running_service(settings) as (service, addresses):
        await service.create_room(ROOM, RoomSettings(is_public=True, task="translate"))
        await fill(service.get_room(ROOM), n_phrases)
        meter = HoldMeter()
        loop.add_reader(0, lambda: lines.put_nowait(sys.stdin.readline()))
        print(addresses.own, flush=True)
        while await lines.get():
            print(json.dumps(meter.read()), flush=True)
        loop.remove_reader(0)


async def fill(room: Room, n_phrases: int) -> None:
    """Publish final phrases, and wait until they are on the disk."""
    for number in range(n_phrases):
        text = f"{WORDS}#{number}"
        room.publish(
            Event(room.name, "", None, f"1-{number}", 1, "s", "original", "final", "en", number, number + 1, text, "")
        )
        if number % GROUP == GROUP - 1:
            await room.wait_until_silent()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main(Path(sys.argv[1]), int(sys.argv[2])))
