"""Sends random requests and sockets to a real service, and reports how long any of them held its event loop."""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.budgets.host import KEY, ROOM
from tests.budgets.requests import RequestMaker

SOCKET_SHARE = 8
"""A socket is opened instead of one in this many requests."""

Hold = tuple[float, float, str]
"""Wall clock and processor time in seconds, and the callback."""


@dataclass(slots=True)
class FuzzReport:
    """What the service answered, and its longest holds."""

    statuses: Counter[str] = field(default_factory=Counter)
    holds: list[Hold] = field(default_factory=list)
    faults: str = ""
    """What the service printed as a warning or error."""

    @property
    def longest_wall_s(self) -> float:
        """The longest hold on the wall clock."""
        return max((hold[0] for hold in self.holds), default=0.0)

    @property
    def longest_cpu_s(self) -> float:
        """The longest hold in processor time, which other programs do not lengthen."""
        return max((hold[1] for hold in self.holds), default=0.0)


class BudgetHost:
    """The service's process."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self._process, self.address = process, address

    async def read_holds(self) -> list[Hold]:
        """Return the longest holds since the last call."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        return [(wall, cpu, name) for wall, cpu, name in json.loads(await self._process.stdout.readline())]


@asynccontextmanager
async def running_host(n_phrases: int, report: FuzzReport) -> AsyncIterator[BudgetHost]:
    """Run the service while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="surtitle-budgets-") as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.budgets.host", folder, str(n_phrases)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            limit=1 << 20,
            cwd=Path(__file__).parents[2],
        )
        try:
            assert process.stdout is not None
            address = ""
            while not address.startswith("http"):  # first it says what it loads
                line = await process.stdout.readline()
                assert line, "the service did not start"
                address = line.decode().strip()
            yield BudgetHost(process, address)
            assert process.stdin is not None
            process.stdin.close()
            assert process.stderr is not None
            report.faults = (await process.stderr.read()).decode()
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def fuzz(n_requests: int, seed: int, *, n_phrases: int, n_at_once: int = 4) -> FuzzReport:
    """Send this many requests, some of them sockets, a few at once."""
    report = FuzzReport()
    async with (
        running_host(n_phrases, report) as host,
        httpx.AsyncClient(base_url=host.address, timeout=30, trust_env=False) as client,
    ):
        keys = await make_keys(client)
        described = (await client.get("/api/openapi.json")).json()
        maker = RequestMaker(described, keys, seed)
        numbers = iter(range(n_requests))

        async def work() -> None:
            for number in numbers:
                if number % SOCKET_SHARE:
                    await send(client, maker, report)
                else:
                    await greet(host.address, list(keys.values()), number, report)

        await host.read_holds()
        async with asyncio.TaskGroup() as group:
            for _ in range(n_at_once):
                group.create_task(work())
        report.holds = await host.read_holds()
        assert (await client.get("/healthz")).status_code == 200
    return report


async def make_keys(client: httpx.AsyncClient) -> dict[str, str]:
    """Return a key for each role, a wrong one and none."""
    headers = {"Authorization": f"Bearer {KEY}"}
    keys = {"nobody": "", "wrong": "guessed", "admin": KEY}
    for role in ("viewer", "source", "operator"):
        answer = await client.post(f"/api/rooms/{ROOM}/keys", json={"role": role}, headers=headers)
        keys[role] = answer.json()["key"]
    return keys


async def send(client: httpx.AsyncClient, maker: RequestMaker, report: FuzzReport) -> None:
    """Send one request and count its status."""
    request = maker.make()
    try:
        async with client.stream(
            request.method, request.path, headers=dict(request.headers), content=request.body or None
        ) as answer:
            if "event-stream" not in answer.headers.get("content-type", ""):
                await answer.aread()
            report.statuses[str(answer.status_code)] += 1
    except httpx.TransportError as exc:
        report.statuses[type(exc).__name__] += 1


async def greet(address: str, keys: list[str], number: int, report: FuzzReport) -> None:
    """Open a socket with some hello, send a little more, and leave."""
    roles = ("viewer", "operator", "source")
    hello: dict[str, object] = {"type": "hello", "role": roles[number % 3], "key": keys[number % len(keys)]}
    if number % 3 == 0:
        hello["since"] = {"epoch": "x" if number % 2 else None, "seq": number % 3000}
    if number % 3 == 2:
        hello |= {"session": f"session-{number:08}", "label": "x" * 60}
    messages: list[str | bytes] = [json.dumps(hello), b"\0" * 3208, "[" * 3000, json.dumps({"a": [0] * 1000})]
    with suppress(OSError, WebSocketException):
        async with connect(f"ws{address.removeprefix('http')}/ws/{ROOM}", max_size=None, open_timeout=30) as socket:
            for message in messages[number % 5 :] or messages[:1]:
                await socket.send(message)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    while True:
                        await socket.recv()
    report.statuses["socket"] += 1
