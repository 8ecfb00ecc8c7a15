"""Waiting for what another task, thread or process does."""

import asyncio
from collections.abc import Callable

PATIENCE_S = 15.0
"""Longer than anything takes on a busy machine."""


async def wait_until(is_so: Callable[[], object], within_s: float = PATIENCE_S) -> None:
    """Return when it is so; raises TimeoutError if it never is."""
    async with asyncio.timeout(within_s):
        while not is_so():  # noqa: ASYNC110 - whoever does it tells nobody
            await asyncio.sleep(0.01)
