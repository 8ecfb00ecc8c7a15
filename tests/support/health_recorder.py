"""Records the health that an output reports."""

import asyncio

from app.captions.room_state import OutputHealth


class HealthRecorder:
    """Records every health that is reported."""

    def __init__(self) -> None:
        """Begin with none."""
        self.all: list[OutputHealth] = []
        self._came = asyncio.Event()

    def __call__(self, health: OutputHealth) -> None:
        """Record a health."""
        assert not self.all or self.all[-1] != health
        self.all.append(health)
        self._came.set()

    async def until(self, status: str, limit_s: float = 20.0) -> OutputHealth:
        """Wait until the newest has this status."""
        async with asyncio.timeout(limit_s):
            while not self.all or self.all[-1].status != status:
                self._came.clear()
                await self._came.wait()
        return self.all[-1]
