"""A bench's child process: it is asked one thing at a time, in lines of JSON, and answers each with one."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, NoReturn

from app.bench.histogram import Histogram
from app.errors import SettingsError, SurtitleError

LINE_MAX = 1 << 26
"""Bytes in one line; a day of finals fits."""

LOOK_S = 0.02
"""Pause between two looks at how late the event loop is."""

Answers = Mapping[str, Callable[..., Awaitable[object]]]
"""What a child can be asked, by name."""


class ChildProcess:
    """The parent's end."""

    def __init__(self, process: asyncio.subprocess.Process, module: str) -> None:
        """Take a process that runs `answer`."""
        self._process = process
        self._module = module

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    async def ask(self, what: str, **given: object) -> dict[str, Any]:
        """Return the answer to one question; a child answers one at a time.

        Raises:
            SettingsError: The child could not do it, or ended.
        """
        reader, writer = self._process.stdout, self._process.stdin
        assert reader is not None
        assert writer is not None
        writer.write(json.dumps({"ask": what, **given}).encode() + b"\n")
        line = await reader.readline()
        if not line:
            raise SettingsError(f"{self._module} ended when it was asked to {what}; see its last words above.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise SettingsError(answer["error"])
        return answer


@asynccontextmanager
async def running(module: str) -> AsyncIterator[ChildProcess]:
    """Run a module as a child process while the block lasts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_MAX
    )
    try:
        yield ChildProcess(process, module)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class ParentGoneError(Exception):
    """The parent has closed its end."""


async def answer(answers: Answers) -> NoReturn:
    """Answer what the parent asks.

    Raises:
        ParentGoneError: It closed its end; a task group around this ends with it.
    """
    reader = asyncio.StreamReader(limit=LINE_MAX)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        given = json.loads(line)
        try:
            result = await answers[given.pop("ask")](**given)
        except SurtitleError as exc:
            result = {"error": str(exc)}
        print(json.dumps(result), flush=True)
    raise ParentGoneError


def run(main: Callable[[], Coroutine[object, object, None]]) -> None:
    """Be a child process until the parent is gone."""
    try:
        asyncio.run(main())
    except* ParentGoneError:
        pass


async def watch_loop(lag: Histogram) -> None:
    """Note for ever how late the event loop wakes up who sleeps."""
    while True:
        began = time.monotonic()
        await asyncio.sleep(LOOK_S)
        lag.add(time.monotonic() - began - LOOK_S)
