"""A translator that marks each word, and can be slow, fail or be in doubt."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import BusyError, TranslateError
from app.translate.request import Fault, Translation, TranslationRequest


def mark_words(text: str, target: str) -> str:
    """Return a text as `MarkedWords` translates it: every word with the target behind it, before its last mark."""
    return " ".join(f"{word.rstrip('.?!,')}_{target}{word[len(word.rstrip('.?!,')) :]}" for word in text.split())


class MarkedWords:
    """Translates each word into itself and the target's code."""

    def __init__(self) -> None:
        """Start without faults."""
        self.requests: list[TranslationRequest] = []
        self.failures = 0
        """How many requests fail from now on."""
        self.fault: Fault | None = None
        self.is_full = False
        """Whether no target gets a place."""
        self.joined: list[str] = []
        """The targets that have one."""
        self.gate = asyncio.Event()
        """While it is not set, requests wait."""
        self.gate.set()

    @property
    def sentences(self) -> list[str]:
        """The texts that were translated, without previews."""
        return [request.text for request in self.requests if not request.is_preview]

    @contextmanager
    def join(self, room: str, target: str) -> Iterator[None]:
        """Give a target a place, unless all are taken."""
        if self.is_full:
            raise BusyError("This machine is at capacity.", retry_after_s=60.0)
        self.joined.append(target)
        try:
            yield
        finally:
            self.joined.remove(target)

    async def translate(self, request: TranslationRequest) -> Translation:
        """Translate at once, unless the gate is closed."""
        self.requests.append(request)
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise TranslateError("The worker died.")
        if self.fault is not None:
            return Translation(request.text, self.fault)
        return Translation(mark_words(request.text, request.target))
