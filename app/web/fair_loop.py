"""An event loop that handles a few ready sockets at a time, so that a rush of clients delays no caption or sound."""

import asyncio
import gc
import selectors
import sys
from typing import Any

READY_MAX = 16
"""Sockets that one turn of the loop handles. A request takes about 1.5 ms, so a turn takes about 25 ms; then the loop
runs its timers and what other threads ask of it. 150 requests in one turn took 220 ms."""


class _FewEvents:
    """An epoll object that returns at most READY_MAX events; the kernel returns the others first at the next call."""

    def __init__(self, epoll: Any) -> None:
        self._epoll = epoll

    def poll(self, timeout: float, n_events: int) -> list[tuple[int, int]]:
        """Wait for events."""
        ready: list[tuple[int, int]] = self._epoll.poll(timeout, min(n_events, READY_MAX))
        return ready

    def __getattr__(self, name: str) -> Any:
        """Return any other method of the epoll object."""
        return getattr(self._epoll, name)


def freeze_objects() -> None:
    """Exempt all present objects from garbage collection; call it once, when the service has started.

    A full collection stops all threads. It looks at every object that Python has loaded: 70 ms on two cores.
    """
    gc.collect()
    gc.freeze()


def ignore_resets(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Handle what no task catches: Windows's loop also reports each client that disconnects suddenly, as phones do."""
    if not isinstance(context.get("exception"), ConnectionResetError):
        loop.default_exception_handler(context)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return a new event loop; only on Linux its turns are limited.

    Written for CPython 3.11 to 3.14: `_selector` of an `EpollSelector` is not a public interface.
    """
    if sys.platform != "linux":
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(ignore_resets)
        return loop
    selector: Any = selectors.EpollSelector()
    selector._selector = _FewEvents(selector._selector)
    return asyncio.SelectorEventLoop(selector)
