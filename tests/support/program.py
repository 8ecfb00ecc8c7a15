"""Runs surtitle as a process, as its users do."""

import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

START_S = 60.0

WITHOUT_RAPIDFUZZ = "import sys; sys.modules['rapidfuzz'] = None; from app.cli.main import main; main()"
"""Code for `python -c` that runs surtitle as if the extra `bench` were not installed."""

FOLDER = tempfile.TemporaryDirectory(prefix="surtitle-tests-")
"""The data folders of all processes; each process gets its own."""


def run_surtitle(*words: str, timeout_s: float = 120, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the program to its end."""
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        env=_environment() | environment,
        check=False,
    )


class RunningProgram:
    """A service in its own process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.said: list[str] = []
        self.is_killed = False
        self._lines: queue.Queue[str] = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait_for(self, pattern: str, timeout_s: float = START_S) -> str:
        """Return what the pattern's group finds in a line of the program's output, now or later."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                line = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"The program did not print {pattern!r}; it said: {self.said}") from None
            self.said.append(line)
            found = re.search(pattern, line)
            if found:
                return found.group(1) if found.groups() else found.group()

    def rest(self) -> list[str]:
        """Return the lines that `wait_for` has not read yet."""
        return [self._lines.get_nowait() for _ in range(self._lines.qsize())]

    def kill(self) -> None:
        """Kill it, as a power cut does."""
        self.process.kill()
        self.process.wait()
        self.is_killed = True

    def _read(self) -> None:
        with self.process.stdout or open(os.devnull) as stream:  # noqa: PTH123
            for line in stream:
                self._lines.put(line.rstrip())

    def close(self) -> None:
        """Wait for the last line of an ended process; `said` then has all it printed."""
        self._thread.join(10)
        while not self._lines.empty():
            self.said.append(self._lines.get())


@contextmanager
def running_surtitle(*words: str, **environment: str) -> Iterator[RunningProgram]:
    """Run the program while the block lasts; it must end on SIGTERM."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=_environment() | environment,
    )
    service = RunningProgram(process)
    try:
        yield service
        if not service.is_killed:
            process.terminate()
            assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        service.close()


def _environment() -> dict[str, str]:
    data = tempfile.mkdtemp(dir=FOLDER.name)
    return os.environ | {"PYTHONUNBUFFERED": "1", "COLUMNS": "200", "SURTITLE_DATA": data}
