"""Runs Autobahn's cases against our WebSocket on an echo endpoint; `python -m tests.support.autobahn` prints verdicts.

The echo uses the same class as the product. Compression (12.*, 13.*) is not offered, so its cases are left out.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from kosoku import FailureError, run_fuzzingclient
from kosoku._kosoku import CaseResult
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from app.web import websocket_protocol as limits
from app.web.server import bind
from app.web.websocket import SOUND_BYTES
from app.web.websocket_protocol import WebSocketProtocol

COMPRESSION = ["12.*", "13.*"]
LARGE = ["9.*"]

CONCURRENCY = 8
"""How many of the small cases run at the same time; most of them wait."""

LARGEST_BYTES = 64 << 20
"""Messages of the largest cases are 16 MiB."""


async def echo(_scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Send each message back."""
    await receive()
    await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
    while (message := await receive())["type"] == "websocket.receive":
        text = message.get("text")
        if text is not None:
            await send({"type": "websocket.send", "text": text})
        else:
            await send({"type": "websocket.send", "bytes": message.get("bytes") or b""})


@asynccontextmanager
async def echoing(largest_bytes: int) -> AsyncIterator[int]:
    """Echo while the block lasts; yields the port."""
    bound = bind("127.0.0.1", 0)
    config = uvicorn.Config(
        echo,
        log_config=None,
        access_log=False,
        ws=WebSocketProtocol,
        ws_max_size=largest_bytes,
        ws_per_message_deflate=False,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(server._serve([bound]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            await task
            bound.close()


async def verdicts(largest_bytes: int) -> tuple[Counter[str], set[str]]:
    """Return how often each verdict was given, and the cases that failed.

    The cases with large messages run alone, after the others: most others fail if an answer takes longer than 1 s, and
    an echo of 16 MiB keeps the event loop busy.
    """
    async with echoing(largest_bytes) as port:
        address = f"ws://127.0.0.1:{port}"
        results = await _run(address, exclude_cases=[*COMPRESSION, *LARGE], concurrency=CONCURRENCY)
        results += await _run(address, cases=LARGE)
    return Counter(one.behavior.value for one in results), {one.case_id for one in results if not one.passed}


async def _run(address: str, **given: Any) -> list[CaseResult]:
    try:
        return await run_fuzzingclient(address, **given)
    except FailureError as exc:  # it has the results of all cases
        return exc.results or []


def lift(put: Callable[[object, str, int], None]) -> None:
    """Lift the limits that the large cases exceed."""
    for name in ("FRAGMENTS_MAX", "MESSAGES_MAX", "CONTROLS_BURST"):
        put(limits, name, 1 << 30)


if __name__ == "__main__":
    print("with the product's limits:", *asyncio.run(verdicts(SOUND_BYTES)))
    lift(setattr)
    print("without:", *asyncio.run(verdicts(LARGEST_BYTES)))
