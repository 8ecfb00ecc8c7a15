"""Sends captions to a meeting that injects faults: each arrives once, in order, or is counted as dropped after 5 s.

python -m tests.chaos.meeting_faults zoom --captions 10000 --rate 0.1 --seed 1
"""

import argparse
import asyncio
import random
import re
import time
from dataclasses import dataclass

from app import log
from app.captions.room_state import OutputHealth
from tests.fakes.meeting_server import (
    ADDRESSES,
    AMBIGUOUS,
    FAULTS,
    Fault,
    MeetingServer,
    Vendor,
    faulty,
    serve_meeting,
)
from tests.support.fast_loop import FastLoop
from tests.support.meeting_room import OUTPUTS, open_room, phrase

SPEED = 40.0
"""How much faster the clock runs. The output then waits 75 ms for an answer; a later answer is one more fault."""


@dataclass
class Outcome:
    """Which captions arrived; they are numbered from 0."""

    shown: list[int]
    """In the order in which the meeting shows them."""
    health: OutputHealth
    dropped_s: dict[int, float]
    """The dropped captions, and after how many seconds."""
    unconfirmed: set[int]
    """Captions with a request that got no answer in time."""
    mistakes: list[str]
    n_faults: int
    n_requests: int


async def send(vendor: Vendor, n: int, *, rate: float, seed: int, kinds: tuple[Fault, ...] = FAULTS) -> Outcome:
    """Send captions, each when the one before has arrived or was dropped, and return which arrived."""
    room, server = open_room(), MeetingServer(vendor, draw=faulty(rate, seed, kinds))
    settled = asyncio.Event()
    health, dropped_s, published_s, unconfirmed = OutputHealth("starting"), {}, [0.0], set()

    def on_health(now: OutputHealth) -> None:
        nonlocal health
        if now.n_dropped > health.n_dropped:
            dropped_s[len(published_s) - 2] = asyncio.get_running_loop().time() - published_s[-1]
        if "does not answer" in now.message and now.n_sent == health.n_sent:
            unconfirmed.add(len(published_s) - 2)
        health = now
        settled.set()

    async with serve_meeting(server) as transport:
        output = OUTPUTS[vendor](ADDRESSES[vendor], on_health=on_health, transport=transport, seed=seed)
        output.gap_s = 0  # type: ignore[misc]  # another test covers the pauses for readers
        task = asyncio.create_task(output.follow(room, after_seq=0))
        for i in range(n):
            published_s.append(asyncio.get_running_loop().time())
            room.publish(phrase(f"1-{i}", f"Caption number {i}."))
            while health.n_sent + health.n_dropped <= i:
                settled.clear()
                await settled.wait()
        if n - 1 in dropped_s:
            await asyncio.sleep(40)  # the output asks whether it arrived while nothing else is published
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    unanswered = (each for each in server.requests if each.method == "POST" and each.fault in AMBIGUOUS)
    return Outcome(
        [_caption(shown.text) for shown in server.shown],
        health,
        dropped_s,
        unconfirmed | {_caption(request.body.decode()) for request in unanswered},
        server.mistakes,
        sum(request.fault is not None for request in server.requests),
        len(server.requests),
    )


def run(vendor: Vendor, n: int, *, rate: float, seed: int, kinds: tuple[Fault, ...] = FAULTS) -> Outcome:
    """Send this many captions with a faster clock."""
    with asyncio.Runner(loop_factory=lambda: FastLoop(SPEED)) as runner:
        return runner.run(send(vendor, n, rate=rate, seed=seed, kinds=kinds))


def problems(vendor: Vendor, n: int, outcome: Outcome) -> list[str]:
    """Return one sentence for each thing that is wrong."""
    found = list(outcome.mistakes)
    shown, health = outcome.shown, outcome.health
    missing = set(range(n)) - set(shown)
    if sorted(shown) != shown:
        found.append("captions are out of order")
    if len(set(shown)) != len(shown):
        found.append(f"{len(shown) - len(set(shown))} captions arrived twice")
    if health.n_sent + health.n_dropped != n:
        found.append(f"{health.n_sent} sent and {health.n_dropped} dropped do not make {n}")
    if vendor == "zoom" and health.n_sent != len(shown):
        found.append(f"{health.n_sent} were counted as sent, but {len(shown)} arrived")
    if not missing <= set(outcome.dropped_s):
        found.append(f"{sorted(missing - set(outcome.dropped_s))} were lost without being counted")
    for caption, waited_s in outcome.dropped_s.items():
        if waited_s < 5.0 and not (vendor == "teams" and caption in outcome.unconfirmed):
            found.append(f"caption {caption} was dropped after {waited_s:.1f} s")
    return found


def _caption(text: str) -> int:
    found = re.search(r"Caption number (\d+)\.", text)
    assert found, text
    return int(found[1])


def main() -> None:
    """Send captions as the command line says, and print which arrived."""
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
