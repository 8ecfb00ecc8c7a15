"""What the service asks of every source of sound."""

from collections.abc import AsyncGenerator
from typing import Protocol

from app.audio.chunk import Chunk


class Source(Protocol):
    """One origin of sound; `chunks` is one life of it, from opening to its end or its failure."""

    @property
    def name(self) -> str:
        """What people call it, such as `microphone:USB Audio` or `talk.mp3`."""

    def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Open the source and yield its sound until it ends.

        Each call begins a new source session whose clock starts at 0. Closing the iterator or cancelling the task that
        reads it releases the device or file. One reader at a time.

        Raises:
            SettingsError: It can never work as asked (no such device or file); do not try again.
            SourceError: It broke off; try again after a pause.
        """
