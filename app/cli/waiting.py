"""Says that something slow still runs, so that no command is silent for ten seconds; also where nobody sees a bar."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

SILENT_S = 6.0
"""Longest time without a sentence; a person who waits for 10 s without a word asks whether something hangs."""


class Waiting:
    """Passes sentences on, and repeats the last one with the time it takes, until the block ends or `stop` is called.

    Usable from any thread.
    """

    def __init__(self, say: Callable[[str], object]) -> None:
        """Pass every sentence to `say`."""
        self._say = say
        self._lock = threading.Lock()
        self._is_stopped = threading.Event()
        self._doing = ""
        self._began_s = self._said_s = time.monotonic()
        self._thread = threading.Thread(target=self._repeat, name="waiting", daemon=True)

    def __enter__(self) -> Self:
        """Start to wait."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say nothing more."""
        self.stop()

    def say(self, sentence: str) -> None:
        """Say what begins now."""
        with self._lock:
            self._doing, self._began_s = sentence, time.monotonic()
            self._say(sentence)
            self._said_s = time.monotonic()

    def stop(self) -> None:
        """Say nothing more; further calls do nothing."""
        self._is_stopped.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _repeat(self) -> None:
        while not self._is_stopped.wait(SILENT_S / 4):
            with self._lock:
                now_s = time.monotonic()
                if now_s - self._said_s >= SILENT_S and not self._is_stopped.is_set():
                    self._say(f"{self._doing} This has taken {now_s - self._began_s:.0f} s so far.".lstrip())
                    self._said_s = now_s
