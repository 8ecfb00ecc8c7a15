"""The on-off switch of one source: the operator sets it, and the task that runs the source waits for it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress


class SourceSwitch:
    """On, off, or closed for ever."""

    def __init__(self) -> None:
        """Start switched on."""
        self.was_off = False
        """Whether it was set to off or closed since the last return of `wait_until_on`."""
        self._is_on = True
        self._is_closed = False
        self._changed = asyncio.Event()

    def set(self, *, is_on: bool) -> None:
        """Stop the source, or let it run."""
        self._is_on = is_on
        self.was_off = self.was_off or not is_on
        self._changed.set()

    def close(self) -> None:
        """Stop the source for ever."""
        self._is_closed = self.was_off = True
        self._changed.set()

    async def wait_until_on(self, on_stopped: Callable[[], None]) -> bool:
        """Wait until the switch is on or closed, and return whether the source may run.

        Calls `on_stopped` each time before it waits.
        """
        while not (self._is_on or self._is_closed):
            on_stopped()
            self._changed.clear()
            await self._changed.wait()
        self.was_off = self._is_closed
        self._changed.clear()
        return not self._is_closed

    async def wait(self, pause_s: float) -> None:
        """Wait for this time, or until the switch changes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._changed.wait()
