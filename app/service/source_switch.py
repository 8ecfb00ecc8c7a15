"""The switch of one source: the operator turns it, and whoever runs the source obeys."""

import asyncio
from collections.abc import Callable
from contextlib import suppress


class SourceSwitch:
    """On at first; closed when its room lets go of the source."""

    def __init__(self) -> None:
        """Begin on."""
        self.was_off = False
        """Whether it was turned off since the source was last let run."""
        self._is_on = True
        self._is_closed = False
        self._turned = asyncio.Event()

    def turn(self, *, is_on: bool) -> None:
        """Stop the source, or let it run."""
        self._is_on = is_on
        self.was_off = self.was_off or not is_on
        self._turned.set()

    def close(self) -> None:
        """Let the source run no more."""
        self._is_closed = self.was_off = True
        self._turned.set()

    async def on(self, stopped: Callable[[], None]) -> bool:
        """Return whether the source may run, once it is on or closed; calls `stopped` before it waits for that."""
        while not (self._is_on or self._is_closed):
            stopped()
            self._turned.clear()
            await self._turned.wait()
        self.was_off = self._is_closed
        self._turned.clear()
        return not self._is_closed

    async def rest(self, pause_s: float) -> None:
        """Wait, but no longer than until somebody turns it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._turned.wait()
