"""Sound on its way to the service as outbox.js keeps it: numbered, held until acknowledged, sent again; pure."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from app.audio.chunk import SAMPLE_RATE

KEPT_S = 30.0
"""Sound that is kept while nobody takes it."""


@dataclass(slots=True)
class OutboxPiece:
    """Some samples, as PCM of 16 bits."""

    start: int
    pcm: bytes

    @property
    def end(self) -> int:
        """Index of the first sample behind it."""
        return self.start + len(self.pcm) // 2

    @property
    def message(self) -> bytes:
        """What is sent: the index of its first sample, and the sound."""
        return self.start.to_bytes(8, "little") + self.pcm


class Outbox:
    """One page's sound; the same words as in static/microphone/outbox.js."""

    def __init__(self, send: Callable[[bytes], object]) -> None:
        """Begin empty; `send` is called only between a welcome and the end of its connection."""
        self._send = send
        self.next = 0
        self.kept: deque[OutboxPiece] = deque()
        self.n_lost = 0
        """Samples given up because nobody took them for too long."""
        self.is_welcome = False

    def add(self, pcm: bytes) -> None:
        """Number a piece, keep it, and send it; beyond 30 s the oldest is given up."""
        piece = OutboxPiece(self.next, pcm)
        self.kept.append(piece)
        self.next = piece.end
        while self.next - self.kept[0].start > KEPT_S * SAMPLE_RATE:
            lost = self.kept.popleft()
            self.n_lost += lost.end - lost.start
        if self.is_welcome:
            self._send(piece.message)

    def acknowledge(self, sample: int) -> None:
        """The service holds all before a sample."""
        while self.kept and self.kept[0].end <= sample:
            self.kept.popleft()

    def resume(self, sample: int) -> None:
        """A connection is there again: go on where the service stands."""
        self.is_welcome = True
        self.acknowledge(sample)
        for piece in self.kept:
            self._send(piece.message)

    def pause(self) -> None:
        """The connection is gone: sound waits until the service says where it stands."""
        self.is_welcome = False
