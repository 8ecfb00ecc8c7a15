"""The interface of all sources of sound."""

from collections.abc import AsyncGenerator
from typing import Protocol

from app.audio.chunk import Chunk


class Source(Protocol):
    """One origin of sound; each call of `chunks` is one session, from opening to its end or failure."""

    @property
    def name(self) -> str:
        """Name for people, such as `microphone:USB Audio` or `talk.mp3`."""

    def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Open the source and yield its sound until it ends.

        Each call begins a new source session whose clock starts at 0. Closing the iterator or cancelling the task that
        iterates releases the device or file. Only one task may iterate at a time.

        Raises:
            SettingsError: It cannot work with these settings (no such device or file); do not try again.
            SourceError: It stopped; try again after a pause.
        """
