"""A web server in a process of its own with one room of a long talk on the disk, which goes on while others read.

Takes the folder and the number of stored phrases; prints its port; then for each line it reads, prints as JSON what
happened since the last line: the longest time that the event loop stood still, the longest processor time of a
callback, and how late phrases were published.
"""

import asyncio
import json
import logging
import os
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

from app.captions.event import Event
from app.captions.room_state import Visibility
from app.store.clock import Clock
from app.store.database import Database
from app.store.event_table import StoredEvent, insert, to_row
from app.store.rooms import RoomSettings, RoomStore
from app.web.fair_loop import freeze_objects, new_event_loop
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.hold_meter import HoldMeter

KEY = "operator-of-the-long-talk-0123456789"
TICK_S = 0.002
SAY_S = 0.1
N_WORDS = 12
"""Words of a phrase."""


def stored(number: int, at_ms: int) -> StoredEvent:
    """Return a stored phrase; every second one is a translation."""
    track, at_s = ("original", "en")[number % 2], number // 2 * 3.0
    text = " ".join(f"word{number}-{i}" for i in range(N_WORDS))
    phrase = f"1-{number // 2 * 48000}"
    event = Event("main", "e1", number, phrase, 1, "mic", track, "final", "de", at_s, at_s + 2.5, text)
    return StoredEvent(event, at_ms)


async def fill(folder: Path, n_phrases: int) -> None:
    """Store the phrases of the talk so far."""
    with closing(Database(folder / "surtitle.db")) as database:
        rooms = RoomStore(database, Clock())
        await rooms.add("main", RoomSettings(task="translate"))
        rows = [to_row(stored(number, round(time.time() * 1000))) for number in range(1, n_phrases + 1)]
        await database.run(lambda connection: insert(connection, room="main", rows=rows))


async def main(folder: Path, n_phrases: int) -> None:
    """Serve until standard input closes."""
    with suppress(OSError):  # only root may: the clients of the test must not take the processor from the service
        os.nice(-10)
    await fill(folder, n_phrases)
    database = Database(folder / "surtitle.db")
    store = RoomStore(database, Clock())
    (row,) = store.all()
    rooms = HostedRooms(key=KEY, log=store.log(row))
    rooms.main.set_visibility(Visibility(offers_transcript=True))
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop.add_reader(0, lambda: lines.put_nowait(sys.stdin.readline()))
    figures = {"stall_s": 0.0, "delay_s": 0.0, "n_said": 0.0}
    said: dict[str, float] = {}

    def on_event(event: Event) -> None:
        if event.phrase in said:  # else it is an old phrase that was corrected
            figures["delay_s"] = max(figures["delay_s"], time.monotonic() - said.pop(event.phrase))
            figures["n_said"] += 1

    async def tick() -> None:
        while True:
            before_s = time.monotonic()
            await asyncio.sleep(TICK_S)
            figures["stall_s"] = max(figures["stall_s"], time.monotonic() - before_s - TICK_S)

    async def talk() -> None:
        number = 0
        while True:
            number += 1
            said[f"9-{number}"] = time.monotonic()
            rooms.say(f"9-{number}", f"said live {number}", rev=1, final=True)
            await asyncio.sleep(SAY_S)

    meter = HoldMeter()
    async with serve_rooms(rooms) as port, asyncio.TaskGroup() as group:
        freeze_objects()
        with rooms.main.bus.listen(on_event):
            tasks = [group.create_task(tick()), group.create_task(talk())]
            print(port, flush=True)
            while await lines.get():
                epoch, problem = rooms.main.epoch, rooms.main.problem
                hold_s = max((cpu_s for _, cpu_s, _ in meter.read()), default=0.0)
                print(json.dumps({**figures, "hold_s": hold_s, "epoch": epoch, "problem": problem}), flush=True)
                figures.update(stall_s=0.0, delay_s=0.0, n_said=0.0)
            for task in tasks:
                task.cancel()
        loop.remove_reader(0)
    database.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main(Path(sys.argv[1]), int(sys.argv[2])))
