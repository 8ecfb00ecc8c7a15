"""Readers of a long talk: whatever they ask for, the talk goes on without them noticing it."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Awaitable, Iterable, Iterator
from typing import Any, TypeVar

import pytest

from tests.support.raw_peer import TEXT, frame, upgrade
from tests.support.talk_process import KEY

Answer = TypeVar("Answer")

N_STORED = 20_000

HOLD_MAX_S = 0.05
"""Processor time that one callback may take of the event loop."""

DELAY_MAX_S = 0.25
"""How late a final phrase may be published."""


class LongTalk:
    """A service with a long talk, and what it measured."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.port = int(self._read_line())

    def figures(self) -> dict[str, Any]:
        """Return what was measured since the last call."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self._read_line())
        return found

    def _read_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    async def get(self, path: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        return await self.ask("GET", path)

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Send a request, with a body as JSON if there is one; return the status and the body of the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        sent = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + sent)
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


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongTalk]:
    """Serve a room with 20,000 stored phrases, in which somebody speaks."""
    command = [sys.executable, "-m", "tests.support.talk_process", str(tmp_path_factory.mktemp("talk")), str(N_STORED)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield LongTalk(process)
        process.kill()


async def measure(talk: LongTalk, requests: Iterable[Awaitable[Answer]]) -> list[Answer]:
    """Make all requests at once, check that the talk was not disturbed, and return the answers."""
    before = talk.figures()
    answers = await asyncio.gather(*requests)
    after = talk.figures()
    assert (after["epoch"], after["problem"]) == (before["epoch"], "")
    assert after["n_said"] > 0
    assert after["hold_s"] < HOLD_MAX_S
    assert after["delay_s"] < DELAY_MAX_S
    return answers


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
    """Transcripts of both tracks and the whole room, which are made once for all who ask."""
    paths = [f"/transcript/main.{kind}?lang={track}" for kind in ("srt", "csv") for track in ("original", "en")] * 35
    paths += ["/api/rooms/main/export"] * 10
    answers = await measure(talk, (talk.get(path) for path in paths))
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) <= 2 * 5  # somebody speaks meanwhile


@pytest.mark.timing
async def test_150_viewers_who_reconnect_do_not_delay_a_phrase(talk: LongTalk) -> None:
    """Each has read until another phrase, so no two need the same ones; each caption is encoded once all the same."""
    epoch = talk.figures()["epoch"]
    sizes = await measure(talk, (talk.greet(epoch, N_STORED - 10 * number) for number in range(150)))
    assert max(sizes) < 350_000


@pytest.mark.timing
async def test_search_and_replace_do_not_delay_a_phrase(talk: LongTalk) -> None:
    """One search finds all texts; then a word is replaced that was said at the beginning and the end."""
    [(status, body)] = await measure(talk, [talk.ask("POST", "/api/rooms/main/search", {"text": "word"})])
    assert (status, json.loads(body)["n_texts"] >= N_STORED) == (200, True)
    wanted = {"text": "word1999", "replacement": "x", "epoch": json.loads(body)["epoch"], "up_to_seq": N_STORED}
    [(_, body)] = await measure(talk, [talk.ask("POST", "/api/rooms/main/replacements", wanted)])
    assert json.loads(body)["n_replaced"] == 11
