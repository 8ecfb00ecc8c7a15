"""Viewers against a server that is another program, and may lie."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from socket import socket

import pytest
from websockets.asyncio.server import ServerConnection, serve

from app.bench.child_process import ParentGoneError
from app.bench.delivery_ledger import Final, compute_digest
from app.bench.viewers_swarm import Swarm, SwarmCount
from app.errors import AccessError

LOG = [Final(seq, compute_digest(f"p{seq}", f"text {seq}")) for seq in range(1, 6)]


def caption(seq: int | None, text: str = "") -> dict[str, object]:
    """Return what of a caption a viewer looks at."""
    return {"seq": seq, "phrase": f"p{seq}", "committed": text or f"text {seq}", "tentative": "#1@1"}


def port(sockets: Iterable[socket]) -> int:
    """Return the port of a server."""
    return int(next(iter(sockets)).getsockname()[1])


async def count(said: Sequence[dict[str, object]]) -> SwarmCount:
    """Let three viewers come to a server that has one final in its snapshot and says these captions then."""

    async def talk(socket: ServerConnection) -> None:
        hello = json.loads(await socket.recv())
        assert (hello["type"], hello["role"]) == ("hello", "viewer")
        await socket.send(json.dumps({"type": "welcome", "epoch": "e1", "state": {}}))
        await socket.send(
            json.dumps({"type": "snapshot", "epoch": "e1", "is_fresh": True, "captions": [caption(2), caption(None)]})
        )
        await socket.ping()
        await socket.send(json.dumps({"type": "weather"}))
        for one in said:
            await socket.send(json.dumps({"type": "caption", "caption": one}).encode())
        await socket.wait_closed()

    try:
        async with asyncio.TaskGroup() as group, serve(talk, "127.0.0.1", 0) as server:
            swarm = Swarm(group)
            await swarm.connect(port(server.sockets), "main", "127.0.0.1", "ws", 3, 0)
            counted = SwarmCount(**await swarm.count([asdict(final) for final in LOG], 0.3))  # type: ignore[arg-type]
            raise ParentGoneError
    except* ParentGoneError:
        pass
    return counted


async def test_a_true_server_passes() -> None:
    """Viewers that were sent every final after their snapshot once lack nothing."""
    counted = await count([caption(3), caption(None, "open"), caption(4), caption(5)])
    assert (counted.n_missing, counted.n_duplicated, counted.n_altered, counted.n_dropped) == (0, 0, 0, 0)
    assert sum(counted.latency) == 3 * 4
    assert (counted.n_alive, counted.n_pings) == (3, 3)


async def test_a_lying_server_is_found_out() -> None:
    """A final that is left out, said twice or said otherwise is counted for every viewer."""
    left_out = await count([caption(3), caption(5)])
    twice = await count([caption(3), caption(3), caption(4), caption(5)])
    otherwise = await count([caption(3), caption(4, "something else"), caption(5)])
    unfinished = await count([caption(3), caption(4)])
    assert [left_out.n_missing, twice.n_duplicated, otherwise.n_altered, unfinished.n_missing] == [3, 3, 3, 3]


async def test_a_refusal_is_told() -> None:
    """What a server answers to viewers whom it does not let in is the error."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\n\r\n")
        writer.close()

    async with asyncio.TaskGroup() as group, await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        swarm = Swarm(group)
        with pytest.raises(AccessError, match=r"Expected the answer 200, but got HTTP/1\.1 404 Not Found"):
            await swarm.connect(port(server.sockets), "main", "127.0.0.1", "sse", 1, 0)
