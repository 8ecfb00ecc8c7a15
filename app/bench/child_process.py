"""A child process that serves calls, one at a time: a request and a response are each one line of JSON."""

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
"""Maximum bytes of a line; the finals of a whole day fit."""

LAG_SAMPLE_S = 0.02
"""Pause between two samples of the event loop's lag."""

CallTable = Mapping[str, Callable[..., Awaitable[object]]]
"""The functions that a child serves, by name."""


class ChildProcess:
    """The parent's handle of a child process."""

    def __init__(self, process: asyncio.subprocess.Process, module: str) -> None:
        """Take a process that runs `serve_calls`."""
        self._process = process
        self._module = module

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    async def call(self, name: str, **arguments: object) -> dict[str, Any]:
        """Call a function of the child and return its result; a child serves one call at a time.

        Raises:
            SettingsError: The function failed, or the child ended.
        """
        reader, writer = self._process.stdout, self._process.stdin
        assert reader is not None
        assert writer is not None
        writer.write(json.dumps({"call": name, **arguments}).encode() + b"\n")
        line = await reader.readline()
        if not line:
            raise SettingsError(f"{self._module} ended during the call {name!r}; see its messages above.")
        result: dict[str, Any] = json.loads(line)
        if "error" in result:
            raise SettingsError(result["error"])
        return result


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
    """The parent has closed the pipe."""


async def serve_calls(functions: CallTable) -> NoReturn:
    """Serve the parent's calls.

    Raises:
        ParentGoneError: The parent closed the pipe; the error also ends a task group around this call.
    """
    reader = asyncio.StreamReader(limit=LINE_MAX)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        arguments = json.loads(line)
        try:
            result = await functions[arguments.pop("call")](**arguments)
        except SurtitleError as exc:
            result = {"error": str(exc)}
        print(json.dumps(result), flush=True)
    raise ParentGoneError


def run_child(main: Callable[[], Coroutine[object, object, None]]) -> None:
    """Run a child process until the parent closes the pipe."""
    try:
        asyncio.run(main())
    except* ParentGoneError:
        pass


async def measure_loop_lag(lag: Histogram) -> None:
    """Measure until cancelled how late the event loop wakes a sleeping task."""
    while True:
        began = time.monotonic()
        await asyncio.sleep(LAG_SAMPLE_S)
        lag.add(time.monotonic() - began - LAG_SAMPLE_S)
