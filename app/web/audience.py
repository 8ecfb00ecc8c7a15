"""Sends captions to all network readers of one room: encodes each event once; each reader reads at its own pace."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from app import metrics
from app.captions.event import Event
from app.captions.feed import CaptionFeed, FeedPosition
from app.captions.room import Room
from app.web import messages
from app.web.encoded_events import EncodedEvents
from app.web.framing import frame, server_sent
from app.web.reader_tracks import ReaderTracks

RING = 512
"""Encoded final captions that are kept: half an hour of talk for a stalled reader; beyond that it gets a snapshot."""

OPEN_PAUSE_S = 0.25
"""Pause between two updates of open phrases: people read no faster, and an update costs time for every reader."""

STATE_PAUSE_S = 1.0
"""Pause between two messages about the room's state."""

LATE = 2
"""A reader with more unread final captions than this counts as late."""

READERS_AT_ONCE = 200
"""Readers that are served before the event loop may handle incoming sound."""

SNAPSHOTS_MAX = 16
"""Encoded snapshots that are kept for readers who connect at the same moment."""

PART_MAX = 600
"""Captions in one snapshot, 200 kB: a reader that missed more gets the next ones once it has read these."""

ROOM_STATE = ("", "state")
"""The place of the room's state in the feed, like that of an open phrase."""


class Reader(Protocol):
    """One reader and its position; the audience updates these fields when it returns data for the reader."""

    since: int | None
    """Number of the newest final caption that the reader has; None for none."""
    epoch: str | None
    """The log of `since`."""
    version: int
    """Version of the open phrases that the reader has; -1 before the welcome."""
    is_sse: bool
    """Whether it reads server-sent events, not WebSocket frames."""

    def wake(self) -> None:
        """Called when there may be something to read; must not wait."""

    def leave(self) -> None:
        """Called when the room is removed; must not wait."""


@dataclass(frozen=True, slots=True)
class EncodedMessage:
    """A message as JSON, and the id from which a stream of server-sent events can resume after it."""

    json: bytes
    last_id: str = ""


class Audience:
    """Serves every network reader of one room, from the event loop's thread."""

    def __init__(self, room: Room) -> None:
        """Prepare for a room; `start` connects to it."""
        self.room = room
        self.readers: dict[Reader, None] = {}
        self.reader_tracks = ReaderTracks(room.demand)
        self._n_operators = 0
        self._subscriptions = ExitStack()
        self._feed: CaptionFeed[EncodedMessage] = CaptionFeed(RING, last_seq=room.last_seq)
        self._unsent_open: dict[tuple[str, str], Event] = {}
        """The newest events of open phrases, not encoded yet."""
        self._state = b""
        self._n_erasures = room.n_erasures
        self._expired_seq = room.expired_seq
        self._batch: tuple[object, bytes] = (None, b"")
        """The last step that a reader took, and its bytes: most readers take the same step."""
        self._snapshots: dict[object, bytes] = {}
        self._encoded = EncodedEvents()
        self._timer: asyncio.Handle | None = None
        self._is_urgent = False
        self._open_sent_s = 0.0
        """When open phrases were sent last, on the monotonic clock."""
        self._round: Iterator[Reader] | None = None
        """The readers that are still to be woken."""
        self._state_timer: asyncio.TimerHandle | None = None
        self._state_sent_s = -STATE_PAUSE_S
        """When the room's state was sent last, on the monotonic clock."""

    def start(self) -> None:
        """Subscribe to the room, until `close`."""
        self._subscriptions.enter_context(self.room.bus.listen(self._on_event))
        self._subscriptions.enter_context(self.room.watch(self._on_state))

    def close(self) -> None:
        """End the subscription."""
        self._subscriptions.close()
        for timer in (self._timer, self._state_timer):
            if timer is not None:
                timer.cancel()

    @contextmanager
    def serve(self, reader: Reader, *, is_operator: bool = False) -> Iterator[None]:
        """Serve a reader while the block lasts; it first gets a welcome and a snapshot.

        Operators are not counted as readers.
        """
        self.readers[reader] = None
        self._n_operators += is_operator
        self._count()
        reader.wake()
        try:
            yield
        finally:
            self.readers.pop(reader, None)
            self._n_operators -= is_operator
            self._count()

    @property
    def n_late(self) -> int:
        """Number of readers with more than LATE unread final captions."""
        newest = self.room.last_seq - LATE
        return sum(reader.version >= 0 and (reader.since or 0) < newest for reader in self.readers)

    def take(self, reader: Reader) -> bytes:
        """Return all data that a reader has not read yet, encoded for it, and mark it as read; may be empty.

        All final captions are included, in order; of each open phrase only the newest state.
        """
        if self._expired_seq != self.room.expired_seq:
            self._drop_expired()
        last_seq, version = self.room.last_seq, self._feed.version
        if reader.version < 0 or (reader.since or 0) < self._feed.dropped_seq:
            return self._greet(reader)
        if reader.since == last_seq and reader.version == version:
            return b""
        step = (reader.since, reader.version, last_seq, version, reader.is_sse)
        if self._batch[0] != step:
            position = FeedPosition(reader.since or 0, reader.version)
            self._batch = (step, b"".join(_wrap(reader, message) for _, message in self._feed.unread(position)))
        reader.since, reader.epoch, reader.version = last_seq, self.room.epoch, version
        return self._batch[1]

    def _greet(self, reader: Reader) -> bytes:
        """Return a welcome for a new reader, and a snapshot; readers that need the same one share it.

        What a reader says it has costs nothing: each caption is encoded once, and a snapshot of many is sent in parts.
        """
        is_new = reader.version < 0
        snapshot = self.room.snapshot(reader.since, reader.epoch)
        events, last_seq, version = snapshot.events, self.room.last_seq, self._feed.version
        if len(events) > PART_MAX and events[PART_MAX].is_logged:
            events = events[:PART_MAX]
            last_seq, version = events[-1].seq or 0, 0
        first_seq = events[0].seq if events else None
        step = (is_new, snapshot.is_fresh, first_seq, last_seq, version, reader.is_sse)
        greeting = self._snapshots.get(step)
        if greeting is None:
            captions = map(self._encoded.encode, events)
            message = messages.encode_snapshot(snapshot.epoch, captions, is_fresh=snapshot.is_fresh)
            greeting = _wrap(reader, EncodedMessage(message, f"{snapshot.epoch}.{last_seq}"))
            if is_new:
                view = messages.build_room_view(self.room.state)
                welcome = messages.WelcomeMessage(epoch=self.room.epoch, state=view)
                greeting = _wrap(reader, EncodedMessage(welcome.encoded())) + greeting
            self._snapshots[step] = greeting
            if len(self._snapshots) > SNAPSHOTS_MAX:
                del self._snapshots[next(iter(self._snapshots))]
        reader.since, reader.epoch, reader.version = last_seq, self.room.epoch, version
        return greeting

    def _on_event(self, event: Event) -> None:
        place = (event.phrase, event.track)
        if event.is_logged:
            caption = messages.encode_caption(self._encoded.encode(event))
            self._feed.add_final(event, EncodedMessage(caption, f"{event.epoch}.{event.seq}"))
            self._unsent_open.pop(place, None)
            self._is_urgent = True
        elif self.readers:
            if place in self._unsent_open:
                metrics.COALESCED.labels(self.room.name).inc()
            self._unsent_open[place] = event
        self._schedule()

    def _schedule(self) -> None:
        """Wake the readers soon: for a final caption at once, for open phrases a few times a second."""
        if self._round is not None or not self.readers:
            return
        if self._timer is not None:
            if not self._is_urgent or not isinstance(self._timer, asyncio.TimerHandle):
                return
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        pause_s = 0.0 if self._is_urgent else self._open_sent_s + OPEN_PAUSE_S - time.monotonic()
        wake = self._start_round
        self._timer = loop.call_later(pause_s, wake) if pause_s > 0 else loop.call_soon(wake)

    def _start_round(self) -> None:
        """Wake all readers, with the newest open phrases if their pause is over."""
        self._timer = None
        if time.monotonic() - self._open_sent_s >= OPEN_PAUSE_S or not self._is_urgent:
            self._open_sent_s = time.monotonic()
            for place, event in self._unsent_open.items():
                self._feed.set_open(place, EncodedMessage(messages.encode_caption(messages.encode_event(event))))
            self._unsent_open.clear()
        self._is_urgent = False
        self._round = iter(list(self.readers))
        self._continue_round()

    def _continue_round(self) -> None:
        """Wake some readers; the others follow after other work of the event loop."""
        for _ in range(READERS_AT_ONCE):
            reader = next(self._round, None) if self._round is not None else None
            if reader is None:
                self._round = None
                if self._unsent_open or self._is_urgent:
                    self._schedule()
                return
            reader.wake()
        asyncio.get_running_loop().call_soon(self._continue_round)

    def _on_state(self) -> None:
        """Send the changed state of the room, at most once a second."""
        if self.room.n_erasures != self._n_erasures:
            self._erase()
        if not self.readers:  # the next reader gets the new state with its welcome
            self._snapshots.clear()
            self._state = b""
        elif self._state_timer is None:
            pause_s = max(0.0, self._state_sent_s + STATE_PAUSE_S - time.monotonic())
            with suppress(RuntimeError):
                self._state_timer = asyncio.get_running_loop().call_later(pause_s, self._send_state)

    def _send_state(self) -> None:
        self._state_timer = None
        self._state_sent_s = time.monotonic()
        state = messages.StateMessage(state=messages.build_room_view(self.room.state)).encoded()
        if state != self._state:
            self._state = state
            self._feed.set_open(ROOM_STATE, EncodedMessage(state))
            self._is_urgent = True
            self._schedule()

    def _drop_expired(self) -> None:
        """Drop captions that are too old to be shown to any reader."""
        self._expired_seq = self.room.expired_seq
        self._feed.drop_until(self._expired_seq)
        self._clear_encoded()

    def _erase(self) -> None:
        """Drop all captions, and make every reader start again with a snapshot."""
        self._n_erasures = self.room.n_erasures
        self._feed.clear(last_seq=self.room.last_seq)
        self._unsent_open.clear()
        self._clear_encoded()
        for reader in self.readers:
            reader.since, reader.version = None, -1
        self._is_urgent = True
        self._schedule()

    def _clear_encoded(self) -> None:
        self._snapshots.clear()
        self._encoded.clear()
        self._batch = (None, b"")

    def _count(self) -> None:
        self.room.set_reader_count(len(self.readers) - self._n_operators)
        metrics.READERS.labels(self.room.name).set(self.room.n_readers)


def _wrap(reader: Reader, message: EncodedMessage) -> bytes:
    return server_sent(message.json, message.last_id) if reader.is_sse else frame(message.json)
