"""Runs the translation of one room while it has targets, and starts it again if it fails."""

import asyncio
from contextlib import suppress
from traceback import extract_tb

from app import log
from app.captions.room import Room
from app.store.rooms import RoomSettings
from app.translate.request import TextTranslator
from app.translate.room_translator import RoomTranslator

logger = log.get(__name__)

RESTART_S = 1.0
"""Pause before a translation that failed starts again."""

DRAIN_S = 3.0
"""How long the last phrases may take to be translated when a room closes."""


class RoomTranslation:
    """The task that translates a room; a room without targets has none."""

    def __init__(
        self, room: Room, group: asyncio.TaskGroup, translator: TextTranslator | None, *, has_previews: bool = True
    ) -> None:
        """Start nothing; a room without a `translator` is never translated."""
        self._room, self._group, self._translator, self._has_previews = room, group, translator, has_previews
        self._running: RoomTranslator | None = None
        self._task: asyncio.Task[None] | None = None

    def apply(self, settings: RoomSettings) -> None:
        """Start or stop as the settings say; the targets themselves are the room's."""
        if not settings.targets or not settings.is_open:
            self.cancel()
        elif self._running is None and self._translator is not None:
            self._running = RoomTranslator(self._room, self._translator, has_previews=self._has_previews)
            self._task = self._group.create_task(self._run(self._running))
        if self._running is not None:
            self._running.set_always(translates_always=settings.translates_always)

    async def close(self) -> None:
        """Translate what was said, within a limited time, and stop."""
        if self._running is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_S):
                    await self._running.drain()
        self.cancel()

    def cancel(self) -> None:
        """Stop at once."""
        if self._task is not None:
            self._task.cancel()
        self._running = self._task = None

    def suspend(self) -> None:
        """Drop all text until the captions of the room are erased."""
        if self._running is not None:
            self._running.suspend()

    async def _run(self, translator: RoomTranslator) -> None:
        """Run the translator; after an unexpected error, what is in the log and not translated is translated then."""
        while True:
            try:
                await translator.run()
            except Exception as exc:  # a fault here must not end the room
                kind, line = type(exc).__name__, extract_tb(exc.__traceback__)[-1]
                logger.error("translation_failed", room=self._room.name, kind=kind, at=f"{line.name}:{line.lineno}")
                await asyncio.sleep(RESTART_S)
