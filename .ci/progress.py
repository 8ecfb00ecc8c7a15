"""Runs a command that prints much or nothing, and says how far it is: `python .ci/progress.py COMMAND...`.

Of its output at most one line a second is shown, always the newest; while it prints nothing, a line every 5 s says what
it was busy with and for how long. On a terminal the command's own progress bars are left alone. If it fails, the end of
its output follows.
"""

import os
import subprocess
import sys
import time
from collections import deque
from threading import Event, Lock, Thread

STEP_S = 1.0
"""Least time between two lines: a thousand packages should not scroll everything else away."""

SILENT_S = 5.0
"""Longest time without a line; a person who waits for 10 s asks whether something hangs."""

WIDTH = 110
"""Longer lines, such as a list of all packages, are cut."""

KEPT = 40
"""Lines of output that are shown if the command fails."""

DRAWS_ITSELF = ("uv", "npm")
"""Programs whose own progress display is used on a terminal."""


class Narrator:
    """Prints the newest line of a command's output now and then."""

    def __init__(self) -> None:
        """Begin to count the time."""
        self._lock = Lock()
        self._began_s = self._printed_s = time.monotonic()
        self._newest, self._is_new = "", False

    def hear(self, line: str) -> None:
        """Take the next line of the output."""
        with self._lock:
            self._newest, self._is_new = line, True
            if time.monotonic() - self._printed_s >= STEP_S:
                self._print()

    def tick(self) -> None:
        """Print what is due: the newest line that was held back, or that nothing new came for SILENT_S."""
        with self._lock:
            pause_s = time.monotonic() - self._printed_s
            if (self._is_new and pause_s >= STEP_S) or pause_s >= SILENT_S:
                self._print()

    def _print(self) -> None:
        now_s = time.monotonic()
        is_under_way = self._is_new or self._newest.partition(" ")[0].endswith("ing")  # such as "Downloading"
        if not is_under_way:
            self._newest = "Still at work"
        text = self._newest if len(self._newest) <= WIDTH else self._newest[: WIDTH - 2].rstrip() + " …"
        since = "" if self._is_new else f" ({now_s - self._began_s:.0f} s so far)"
        encoding = sys.stdout.encoding or "ascii"
        line = f"  {text}{since}".encode(encoding, "replace").decode(encoding)
        print(line, flush=True)
        self._printed_s, self._is_new = now_s, False


def main(command: list[str]) -> int:
    """Run the command; returns its exit code."""
    if sys.stdout.isatty() and os.path.basename(command[0]) in DRAWS_ITSELF:  # noqa: PTH119 - a name, no path
        return subprocess.run(command).returncode
    narrator, kept, ended = Narrator(), deque[str](maxlen=KEPT), Event()

    def tick() -> None:
        while not ended.wait(0.25):
            narrator.tick()

    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace"
    ) as process:
        assert process.stdout is not None
        Thread(target=tick, daemon=True).start()
        for line in process.stdout:
            if text := line.strip():
                kept.append(text)
                narrator.hear(text)
    ended.set()
    if process.returncode:
        print("\n".join(["The command failed: " + " ".join(command), *kept]), file=sys.stderr)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
