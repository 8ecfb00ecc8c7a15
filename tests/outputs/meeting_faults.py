"""Captions through injected faults: each arrives once and in order, or is counted as dropped after five seconds.

python -m tests.outputs.meeting_faults zoom --captions 10000 --rate 0.1 --seed 1
"""

import argparse
import asyncio
import random
import re
import time
from dataclasses import dataclass

from app import log
from app.captions.event import Event
from app.captions.log import MemoryLog
from app.captions.room import Room
from app.captions.session import SessionSettings
from app.captions.state import Health
from app.decode.hypothesis import Task
from app.outputs.meeting import MeetingCaptions
from app.outputs.teams import TeamsCaptions
from app.outputs.youtube import YouTubeCaptions
from app.outputs.zoom import ZoomCaptions
from tests.captions.engines import ScriptedEngine
from tests.outputs.meeting_server import (
    ADDRESSES,
    AMBIGUOUS,
    FAULTS,
    FastLoop,
    Fault,
    MeetingServer,
    Vendor,
    faulty,
    serving,
)

OUTPUTS: dict[Vendor, type[MeetingCaptions]] = {
    "zoom": ZoomCaptions,
    "teams": TeamsCaptions,
    "youtube": YouTubeCaptions,
}
SPEED = 40.0
"""How much faster the clock runs: an answer that takes 3 s is waited for 75 ms."""


@dataclass
class Outcome:
    """What became of the captions, numbered from 0."""

    shown: list[int]
    """In the order of the meeting's screen."""
    health: Health
    tried_s: dict[int, float]
    """When the first request with the caption came."""
    dropped_s: list[float]
    """When each was given up."""
    doubted: set[int]
    """Those with a request that was not answered."""
    mistakes: list[str]
    n_faults: int
    n_requests: int


def open_room(task: Task = "transcribe") -> Room:
    """Open a room that nobody speaks in."""
    return Room("main", engine=ScriptedEngine(), settings=SessionSettings(task=task), log=MemoryLog("e"), model="none")


def phrase(name: str, text: str, track: str = "original", **changes: object) -> Event:
    """Make the event of a final phrase as a session does."""
    event = {"state": "final", "language": "en", "start_s": 0.0, "end_s": 1.0, "rev": 1, **changes}
    return Event(room="main", epoch="", seq=None, phrase=name, source="clip", track=track, committed=text, **event)  # type: ignore[arg-type]


async def send(vendor: Vendor, n: int, *, rate: float, seed: int, kinds: tuple[Fault, ...] = FAULTS) -> Outcome:
    """Send captions, each as soon as the one before has come or is given up, and return what became of them."""
    room, server = open_room(), MeetingServer(vendor, draw=faulty(rate, seed, kinds))
    settled = asyncio.Event()
    health, dropped_s = Health("starting"), []

    def tell(now: Health) -> None:
        nonlocal health
        if now.n_dropped > health.n_dropped:
            dropped_s.append(asyncio.get_running_loop().time())
        health = now
        settled.set()

    async with serving(server) as transport:
        output = OUTPUTS[vendor](ADDRESSES[vendor], tell=tell, transport=transport, seed=seed)
        output.gap_s = 0  # type: ignore[misc]  # pauses for readers are another test's
        task = asyncio.create_task(output.follow(room, after_seq=0))
        for i in range(n):
            room.publish(phrase(f"1-{i}", f"Caption number {i}."))
            while health.n_sent + health.n_dropped <= i:
                settled.clear()
                await settled.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    tried_s: dict[int, float] = {}
    doubted = set()
    for request in server.requests:
        if request.method == "POST":
            tried_s.setdefault(_caption(request.body.decode()), request.at_s)
            if request.fault in AMBIGUOUS:
                doubted.add(_caption(request.body.decode()))
    return Outcome(
        [_caption(shown.text) for shown in server.shown],
        health,
        tried_s,
        dropped_s,
        doubted,
        server.mistakes,
        sum(request.fault is not None for request in server.requests),
        len(server.requests),
    )


def run(vendor: Vendor, n: int, *, rate: float, seed: int, kinds: tuple[Fault, ...] = FAULTS) -> Outcome:
    """Send this many captions with a clock that runs faster."""
    with asyncio.Runner(loop_factory=lambda: FastLoop(SPEED)) as runner:
        return runner.run(send(vendor, n, rate=rate, seed=seed, kinds=kinds))


def problems(vendor: Vendor, n: int, outcome: Outcome) -> list[str]:
    """Return what is wrong with an outcome, in sentences."""
    found = list(outcome.mistakes)
    shown, health = outcome.shown, outcome.health
    missing = sorted(set(range(n)) - set(shown))
    if sorted(shown) != shown:
        found.append("captions are out of order")
    if len(set(shown)) != len(shown):
        found.append(f"{len(shown) - len(set(shown))} captions are there twice")
    if health.n_sent + health.n_dropped != n:
        found.append(f"{health.n_sent} sent and {health.n_dropped} dropped do not make {n}")
    if vendor == "zoom" and health.n_sent != len(shown):
        found.append(f"{health.n_sent} are said to be sent, but {len(shown)} are there")
    for caption in missing:
        # what was given up last before the next was tried
        gone_s = [at_s for at_s in outcome.dropped_s if at_s >= outcome.tried_s.get(caption, 0)]
        waited_s = min(gone_s, default=0.0) - outcome.tried_s.get(caption, 0)
        if waited_s < 4.9 and not (vendor == "teams" and caption in outcome.doubted):
            found.append(f"caption {caption} was given up after {waited_s:.1f} s")
    return found


def _caption(text: str) -> int:
    found = re.search(r"Caption number (\d+)\.", text)
    assert found, text
    return int(found[1])


def main() -> None:
    """Run as a command, and print what became of the captions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", choices=list(OUTPUTS))
    parser.add_argument("--captions", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    asked = parser.parse_args()
    log.setup("error")
    began_s = time.monotonic()
    outcome = run(asked.program, asked.captions, rate=asked.rate, seed=asked.seed)
    print(
        f"{asked.program}, seed {asked.seed}: {len(outcome.shown)} of {asked.captions} shown, "
        f"{outcome.health.n_sent} counted as sent, {outcome.health.n_dropped} as dropped; "
        f"{outcome.n_faults} faults in {outcome.n_requests} requests; {time.monotonic() - began_s:.0f} s"
    )
    for problem in problems(asked.program, asked.captions, outcome):
        print(f"  {problem}")


if __name__ == "__main__":
    main()
