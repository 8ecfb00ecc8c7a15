"""Runs Autobahn's cases against our WebSocket on an echo endpoint; `python -m tests.support.autobahn` prints verdicts.

The echo uses the same class as the product. Compression (12.*, 13.*) is not offered, so its cases are left out.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from kosoku import FailureError, run_fuzzingclient
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from app.web import websocket_protocol as limits
from app.web.server import bind
from app.web.websocket import SOUND_BYTES
from app.web.websocket_protocol import WebSocketProtocol

COMPRESSION = ["12.*", "13.*"]

LARGEST_BYTES = 64 << 20
"""Messages of the largest cases are 16 MiB."""


async def echo(_scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Say what is heard."""
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
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody when it is ready
            await asyncio.sleep(0.01)
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            await task
            bound.close()


async def verdicts(largest_bytes: int) -> tuple[Counter[str], set[str]]:
    """Return how often each verdict was given, and the cases that failed."""
    async with echoing(largest_bytes) as port:
        try:
            results = await run_fuzzingclient(f"ws://127.0.0.1:{port}", exclude_cases=COMPRESSION, concurrency=16)
        except FailureError as exc:  # it holds the results of all cases
            results = exc.results or []
    return Counter(one.behavior.value for one in results), {one.case_id for one in results if not one.passed}


def lift(put: Callable[[object, str, int], None]) -> None:
    """Take our own limits away, which the large cases go beyond."""
    for name in ("FRAGMENTS_MAX", "MESSAGES_MAX", "CONTROLS_BURST"):
        put(limits, name, 1 << 30)


if __name__ == "__main__":
    print("with the product's limits:", *asyncio.run(verdicts(SOUND_BYTES)))
    lift(setattr)
    print("without:", *asyncio.run(verdicts(LARGEST_BYTES)))
