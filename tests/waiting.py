"""Waiting for what another task, thread or process does."""

import asyncio
from collections.abc import Callable

PATIENCE_S = 15.0
"""Longer than anything takes on a busy machine."""


async def until(is_so: Callable[[], bool]) -> None:
    """Return when it is so; raises TimeoutError if it never is."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - whoever does it tells nobody
            await asyncio.sleep(0.01)
