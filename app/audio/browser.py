"""The source for sound from a web page; one session may use several connections, one after the other."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager

from app import metrics
from app.audio.chunk import SAMPLE_RATE, Chunk, from_pcm16
from app.audio.speaker import NamedSpeaker
from app.errors import SourceError

UNREAD_MAX_S = 30.0
"""Maximum sound in the queue; a page keeps the same amount to send again."""

MESSAGE_MAX_S = 5.0
"""Maximum sound in one message; pages send 0.1 s, and a little more after a break."""

AHEAD_MAX_S = 3600.0
"""Sound further ahead than this comes from another session or a broken counter."""


class BrowserSource:
    """One session of a page; while the connection is down, `chunks` waits."""

    def __init__(self, session: str, name: str) -> None:
        """Start at sample 0; `name` is what people see."""
        self.session = session
        self.name = name
        self.speaker = NamedSpeaker()
        """The person who speaks there."""
        self.n_connections = 0
        """Connections that the session has now."""
        self._next = 0
        self._unread: deque[Chunk] = deque()
        self._unread_s = 0.0
        self._arrived = asyncio.Event()
        self._is_closed = False

    @property
    def next_sample(self) -> int:
        """Index of the next sample to receive; the page need not send earlier ones again."""
        return self._next

    def set_speaker(self, name: str) -> None:
        """Give what is said from now on the name of a person; an empty one names nobody."""
        self.speaker.rename(name, self._next / SAMPLE_RATE)

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Count a connection of the session while the block lasts."""
        self.n_connections += 1
        try:
            yield
        finally:
            self.n_connections -= 1

    @property
    def is_closed(self) -> bool:
        """Whether the session has ended; sound that arrives now is ignored."""
        return self._is_closed

    def push(self, start: int, pcm: bytes) -> int:
        """Add 16-bit PCM whose first sample has index `start`, and return the acknowledgement, `next_sample`.

        Samples that were received before are ignored, so a page may repeat what may have been lost. Gaps are kept.

        Raises:
            SourceError: The message is not valid; the page must begin a new session.
        """
        if len(pcm) % 2 or not pcm:
            raise SourceError(f"Expected 16-bit samples, but got {len(pcm)} bytes. Reload the page.")
        end = start + len(pcm) // 2
        if end - start > MESSAGE_MAX_S * SAMPLE_RATE:
            raise SourceError(f"Expected at most {MESSAGE_MAX_S:.0f} s of sound in one message. Reload the page.")
        if start - self._next > AHEAD_MAX_S * SAMPLE_RATE or self._next - end > UNREAD_MAX_S * SAMPLE_RATE:
            raise SourceError(f"Expected sound from sample {self._next} on, but got sample {start}. Reload the page.")
        if end <= self._next or self._is_closed:
            return self._next
        fresh = from_pcm16(pcm)[max(0, self._next - start) :]
        chunk = Chunk(fresh, (end - len(fresh)) / SAMPLE_RATE)
        self._unread.append(chunk)
        self._unread_s += len(fresh) / SAMPLE_RATE
        while self._unread_s > UNREAD_MAX_S:
            dropped_s = len(self._unread.popleft().samples) / SAMPLE_RATE
            self._unread_s -= dropped_s
            metrics.DROPPED_AUDIO.labels("browser").inc(dropped_s)
        self._next = end
        self._arrived.set()
        return self._next

    def close(self) -> None:
        """End the session; `chunks` still yields the sound in the queue."""
        self._is_closed = True
        self._arrived.set()

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Yield the sound as it arrives until the session is closed; iterate once per session."""
        while True:
            while self._unread:
                chunk = self._unread.popleft()
                self._unread_s -= len(chunk.samples) / SAMPLE_RATE
                yield chunk
            if self._is_closed:
                return
            self._arrived.clear()
            await self._arrived.wait()
