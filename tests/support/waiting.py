"""Waits for what another task, thread or process does."""

import asyncio
from collections.abc import Callable

PATIENCE_S = 15.0
"""Longer than anything takes on a busy machine."""


async def wait_until(is_so: Callable[[], object], within_s: float = PATIENCE_S) -> None:
    """Wait until it is true; raises TimeoutError after `within_s`."""
    async with asyncio.timeout(within_s):
        while not is_so():  # noqa: ASYNC110 - no event says so
            await asyncio.sleep(0.01)
