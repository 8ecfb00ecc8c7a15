"""Tests for app.web.fair_loop."""

import asyncio
import gc
import socket
import sys
from contextlib import ExitStack, closing

import pytest

from app.web import fair_loop


def test_a_turn_handles_a_few_sockets() -> None:
    """However many are ready, timers and other callbacks run between them, and each socket has its turn."""
    turns: list[list[int]] = [[]]

    async def run() -> None:
        loop = asyncio.get_running_loop()
        for number, (here, there) in enumerate(pairs):
            there.send(b"x")
            loop.add_reader(here, lambda number=number: turns[-1].append(number))  # type: ignore[misc]
        for _ in range(20):
            await asyncio.sleep(0)
            turns.append([])
        for here, _ in pairs:
            loop.remove_reader(here)

    with ExitStack() as stack:
        pairs = [socket.socketpair() for _ in range(50)]
        for one in (one for pair in pairs for one in pair):
            stack.enter_context(closing(one))
        with asyncio.Runner(loop_factory=fair_loop.new_event_loop) as runner:
            runner.run(run())
    assert max(map(len, turns)) == fair_loop.READY_MAX
    first = [number for turn in turns for number in turn][:50]
    assert sorted(first) == list(range(50))


def test_objects_of_the_start_are_not_collected_again() -> None:
    """A full collection then takes next to no time, because it looks at new objects only."""
    try:
        fair_loop.freeze_objects()
        assert gc.get_freeze_count() > 10_000
        assert len(gc.get_objects()) < 10_000
    finally:
        gc.unfreeze()


def test_the_loop_runs_programs() -> None:
    """Child processes, timers and threads work as with any other loop."""

    async def run() -> str:
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(7)", stdout=asyncio.subprocess.PIPE)
        said, _ = await child.communicate()
        return await asyncio.to_thread(said.decode().strip)

    with asyncio.Runner(loop_factory=fair_loop.new_event_loop) as runner:
        assert runner.run(run()) == "7"


def test_clients_that_disconnect_suddenly_are_no_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows's event loop reports each of them, outside of every task; all else is reported as usual."""
    reported: list[dict[str, object]] = []
    loop = asyncio.new_event_loop()
    try:
        monkeypatch.setattr(loop, "default_exception_handler", reported.append)
        for error in (ConnectionResetError(10054, "forcibly closed"), ValueError("a bug")):
            fair_loop.ignore_resets(loop, {"message": "Exception in callback", "exception": error})
    finally:
        loop.close()
    assert [str(one["exception"]) for one in reported] == ["a bug"]
