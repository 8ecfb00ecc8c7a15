"""Readers of a long talk: whatever they ask for, the talk goes on without them noticing it."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.support.raw_peer import TEXT, frame, upgrade
from tests.support.talk_process import KEY

Answer = TypeVar("Answer")

N_STORED = 20_000

STALL_MAX_S, DELAY_MAX_S = 0.05, 0.25


class LongTalk:
    """A service with a long talk, and what it measured."""

    def __init__(self, process: "asyncio.subprocess.Process", port: int) -> None:
        self.process, self.port = process, port

    async def figures(self) -> dict[str, Any]:
        """Return what was measured since the last call."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        found: dict[str, Any] = json.loads(await asyncio.wait_for(self.process.stdout.readline(), 20))
        return found

    async def get(self, path: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        start, _, body = answer.partition(b"\r\n\r\n")
        return int(start.split()[1]), body

    async def greet(self, epoch: str, seq: int) -> int:
        """Return how many bytes a viewer gets that has read until there."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)
        hello = {"type": "hello", "role": "viewer", "key": KEY, "since": {"epoch": epoch, "seq": seq}}
        writer.write(upgrade())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(frame(TEXT, json.dumps(hello).encode()))
        n_bytes = 0
        while True:
            head = await reader.readexactly(2)
            n_payload = head[1]
            if n_payload > 125:
                n_payload = int.from_bytes(await reader.readexactly(2 if n_payload == 126 else 8), "big")
            payload = await reader.readexactly(n_payload)
            n_bytes += n_payload
            if b'"snapshot"' in payload[:30]:
                writer.close()
                return n_bytes


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[LongTalk]:
    """Serve a room with 20,000 stored phrases, in which somebody speaks."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.talk_process", str(tmp_path), str(N_STORED),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield LongTalk(process, int(await asyncio.wait_for(process.stdout.readline(), 60)))
    finally:
        process.kill()
        await process.wait()


async def measure(talk: LongTalk, requests: Iterable[Awaitable[Answer]]) -> list[Answer]:
    """Make all requests at once, check that the talk was not disturbed, and return the answers."""
    before = await talk.figures()
    answers = await asyncio.gather(*requests)
    after = await talk.figures()
    assert (after["epoch"], after["problem"]) == (before["epoch"], "")
    assert after["n_said"] > 0
    assert after["stall_s"] <= STALL_MAX_S, after
    assert after["delay_s"] <= DELAY_MAX_S, after
    return list(answers)


@pytest.mark.timing
async def test_150_readers_who_scroll_back_do_not_delay_a_phrase(talk: LongTalk) -> None:
    """Each asks for another page of the history, most of them pages that only the disk has."""
    dice = random.Random(1)
    pages = [dice.randrange(1000, N_STORED) for _ in range(150)]
    answers = await measure(talk, (talk.get(f"/api/rooms/main/captions?before={page}&limit=500") for page in pages))
    for page, (status, body) in zip(pages, answers, strict=True):
        assert (status, len(json.loads(body)["captions"])) == (200, 500), page


@pytest.mark.timing
async def test_150_downloads_do_not_delay_a_phrase(talk: LongTalk) -> None:
    """All formats and both tracks at once, and the whole room."""
    kinds = ("srt", "vtt", "txt", "json", "csv")
    paths = [f"/transcript/main.{kinds[i % 5]}?lang={('original', 'en')[i // 5 % 2]}" for i in range(140)]
    paths += ["/api/rooms/main/export"] * 10
    answers = await measure(talk, (talk.get(path) for path in paths))
    assert {status for status, _ in answers} == {200}


@pytest.mark.timing
async def test_500_viewers_who_reconnect_do_not_delay_a_phrase(talk: LongTalk) -> None:
    """Each has read until another phrase, so no two need the same ones."""
    epoch = (await talk.figures())["epoch"]
    sizes = await measure(talk, (talk.greet(epoch, N_STORED - number) for number in range(500)))
    assert max(sizes) < 200_000
