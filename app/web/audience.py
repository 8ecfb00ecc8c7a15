"""All who read one room over the network: what happens is encoded once, and each gets it at its own pace."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Protocol

from app import metrics
from app.captions.event import Event
from app.captions.room import Room
from app.web import messages
from app.web.framing import frame, server_sent

RING = 512
"""Final captions kept encoded: half an hour of talk for a reader that stalls; beyond, it gets a snapshot."""

OPEN_MAX = 256
"""Open phrases, and those taken back, that a slow reader can still be told of."""

OPEN_PAUSE_S = 0.25
"""Pause between two tellings of open phrases: nobody reads faster, and every one costs all readers."""

STATE_PAUSE_S = 1.0
"""Pause between two tellings of the room's state."""

LATE = 2
"""Final captions a reader may have yet to read without being called late."""

AT_ONCE = 200
"""Readers served before the event loop may turn to the sound that comes in."""

ROOM_STATE = ("", "state")
"""Stands among the open phrases for the state of the room."""


class Reader(Protocol):
    """One viewer's place; the audience moves it on as it gives out what is new."""

    since: int | None
    """Number of the newest final caption it holds; None for one that holds nothing."""
    epoch: str | None
    """The log that `since` counts in."""
    version: int
    """Newest state of open phrases it was told; -1 for a reader that was told nothing yet."""
    is_stream: bool
    """Whether it reads server-sent events, not frames."""

    def wake(self) -> None:
        """There may be something new; must not wait."""

    def leave(self) -> None:
        """The room is no more; must not wait."""


class Audience:
    """Serves every reader of one room, from the event loop's thread."""

    def __init__(self, room: Room) -> None:
        """Prepare for a room; nothing is encoded before the first reader comes."""
        self.room = room
        self.readers: dict[Reader, None] = {}
        self._n_overseers = 0
        self._following = ExitStack()
        self._ring: deque[tuple[Event, bytes]] = deque()
        self._open: OrderedDict[tuple[str, str], tuple[int, bytes]] = OrderedDict()
        self._fresh: dict[tuple[str, str], Event] = {}
        """Open phrases as they stand now, that nobody was told of yet."""
        self._version = 0
        self._state = b""
        self._erasures = room.n_erasures
        self._forgotten = room.expired_seq
        self._batch: tuple[object, bytes] = (None, b"")
        self._snapshots: dict[object, bytes] = {}
        self._timer: asyncio.Handle | None = None
        self._is_urgent = False
        self._told_s = 0.0
        """When open phrases were told last, on the monotonic clock."""
        self._round: Iterator[Reader] | None = None
        self._state_timer: asyncio.TimerHandle | None = None
        self._state_told_s = -STATE_PAUSE_S
        """When the room's state was told last, on the monotonic clock."""

    def follow(self) -> None:
        """Hear what happens in the room, until `close`."""
        self._following.enter_context(self.room.bus.listen(self._hear))
        self._following.enter_context(self.room.watch(self._watch))

    def close(self) -> None:
        """Hear no more."""
        self._following.close()
        for timer in (self._timer, self._state_timer):
            if timer is not None:
                timer.cancel()

    @contextmanager
    def admit(self, reader: Reader, *, oversees: bool = False) -> Iterator[None]:
        """Serve a reader while the block lasts, beginning with a welcome and a snapshot.

        One that oversees the room is no viewer, and not counted as one.
        """
        self.readers[reader] = None
        self._n_overseers += oversees
        self._count()
        reader.wake()
        try:
            yield
        finally:
            self.readers.pop(reader, None)
            self._n_overseers -= oversees
            self._count()

    @property
    def n_late(self) -> int:
        """Readers who are more than LATE final captions behind."""
        newest = self.room.last_seq - LATE
        return sum(reader.version >= 0 and (reader.since or 0) < newest for reader in self.readers)

    def take(self, reader: Reader) -> bytes:
        """Return all that the reader was not told yet, encoded for it, and take it as told; empty if there is nothing.

        Final captions come all and in order; of open phrases only the newest state.
        """
        if self._forgotten != self.room.expired_seq:
            self._forget()
        last_seq = self.room.last_seq
        if reader.version < 0 or ((reader.since or 0) + len(self._ring) < last_seq and self._has_gap(reader)):
            return self._greet(reader)
        if reader.since == last_seq and reader.version == self._version:
            return b""
        step = (reader.since, reader.version, last_seq, self._version, reader.is_stream)
        if self._batch[0] != step:
            self._batch = (step, self._encode(reader))
        reader.since, reader.epoch, reader.version = last_seq, self.room.epoch, self._version
        return self._batch[1]

    def _has_gap(self, reader: Reader) -> bool:
        first = self._ring[0][0].seq if self._ring else self.room.last_seq + 1
        return (reader.since or 0) + 1 < (first or 0)

    def _encode(self, reader: Reader) -> bytes:
        since = reader.since or 0
        parts = []
        withdrawn: set[tuple[str, str]] = set()
        for event, message in reversed(self._ring):
            if (event.seq or 0) <= since:
                break
            place = (event.phrase, event.track)
            if place in withdrawn:  # nobody needs words that were taken back since
                continue
            if event.state == "withdrawn":
                withdrawn.add(place)
            parts.append(self._wrap(reader, message, f"{event.epoch}.{event.seq}"))
        parts.reverse()
        parts += [self._wrap(reader, message) for version, message in self._open.values() if version > reader.version]
        return b"".join(parts)

    def _greet(self, reader: Reader) -> bytes:
        """Return a welcome for a new reader, and a snapshot; readers that come at once share the work."""
        is_new = reader.version < 0
        step = (is_new, reader.since, reader.epoch, self.room.last_seq, self._version, reader.is_stream)
        if step not in self._snapshots:
            if len(self._snapshots) > 64:
                self._snapshots.clear()
            snapshot = self.room.snapshot(reader.since, reader.epoch)
            message = messages.SnapshotMessage(
                epoch=snapshot.epoch,
                is_fresh=snapshot.is_fresh,
                captions=snapshot.events,
            )
            whole = self._wrap(reader, message.encoded(), f"{snapshot.epoch}.{self.room.last_seq}")
            if is_new:
                welcome = messages.WelcomeMessage(
                    epoch=self.room.epoch, state=messages.build_room_view(self.room.state)
                )
                whole = self._wrap(reader, welcome.encoded()) + whole
            self._snapshots[step] = whole
        reader.since, reader.epoch, reader.version = self.room.last_seq, self.room.epoch, self._version
        return self._snapshots[step]

    def _wrap(self, reader: Reader, message: bytes, last_id: str = "") -> bytes:
        return server_sent(message, last_id) if reader.is_stream else frame(message)

    def _hear(self, event: Event) -> None:
        place = (event.phrase, event.track)
        if event.is_logged:
            self._ring.append((event, _message(event)))
            if len(self._ring) > RING:
                self._ring.popleft()
            self._open.pop(place, None)
            self._fresh.pop(place, None)
            self._is_urgent = True
        elif self.readers:
            if place in self._fresh:
                metrics.COALESCED.labels(self.room.name).inc()
            self._fresh[place] = event
        self._schedule()

    def _schedule(self) -> None:
        """See to it that what is new is told: final captions at once, open ones a few times a second."""
        if self._round is not None or not self.readers:
            return
        if self._timer is not None:
            if not self._is_urgent or not isinstance(self._timer, asyncio.TimerHandle):
                return
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        pause_s = 0.0 if self._is_urgent else self._told_s + OPEN_PAUSE_S - time.monotonic()
        self._timer = loop.call_later(pause_s, self._tell) if pause_s > 0 else loop.call_soon(self._tell)

    def _tell(self) -> None:
        self._timer = None
        if time.monotonic() - self._told_s >= OPEN_PAUSE_S or not self._is_urgent:
            self._told_s = time.monotonic()
            self._settle()
        self._is_urgent = False
        self._round = iter(list(self.readers))
        self._continue()

    def _settle(self) -> None:
        """Let readers be told of open phrases as they stand now."""
        for place, event in self._fresh.items():
            self._put(place, _message(event))
        self._fresh.clear()

    def _put(self, place: tuple[str, str], message: bytes) -> None:
        self._version += 1
        self._open.pop(place, None)
        self._open[place] = (self._version, message)
        if len(self._open) > OPEN_MAX:
            self._open.popitem(last=False)

    def _continue(self) -> None:
        """Wake some readers, and the next ones after whatever else is due."""
        for _ in range(AT_ONCE):
            reader = next(self._round, None) if self._round is not None else None
            if reader is None:
                self._round = None
                if self._fresh or self._is_urgent:
                    self._schedule()
                return
            reader.wake()
        asyncio.get_running_loop().call_soon(self._continue)

    def _watch(self) -> None:
        """The room's state has changed: tell it at once, but no oftener than once a second."""
        if self.room.n_erasures != self._erasures:
            self._start_afresh()
        if not self.readers:  # whoever comes next is welcomed with the new state, and told of any change from there
            self._snapshots.clear()
            self._state = b""
        elif self._state_timer is None:
            pause_s = max(0.0, self._state_told_s + STATE_PAUSE_S - time.monotonic())
            with suppress(RuntimeError):
                self._state_timer = asyncio.get_running_loop().call_later(pause_s, self._tell_state)

    def _tell_state(self) -> None:
        self._state_timer = None
        self._state_told_s = time.monotonic()
        message = messages.StateMessage(state=messages.build_room_view(self.room.state)).encoded()
        if message != self._state:
            self._state = message
            self._put(ROOM_STATE, message)
            self._is_urgent = True
            self._schedule()

    def _forget(self) -> None:
        """Let go of what is too old to be shown to anybody."""
        self._forgotten = self.room.expired_seq
        while self._ring and (self._ring[0][0].seq or 0) <= self._forgotten:
            self._ring.popleft()
        self._snapshots.clear()
        self._batch = (None, b"")

    def _start_afresh(self) -> None:
        """The room's captions were erased: forget them here, and let every reader forget them."""
        self._erasures = self.room.n_erasures
        self._ring.clear()
        self._open.clear()
        self._fresh.clear()
        self._snapshots.clear()
        self._batch = (None, b"")
        for reader in self.readers:
            reader.since, reader.version = None, -1
        self._is_urgent = True
        self._schedule()

    def _count(self) -> None:
        self.room.set_reader_count(len(self.readers) - self._n_overseers)
        metrics.READERS.labels(self.room.name).set(self.room.n_readers)


def _message(event: Event) -> bytes:
    return messages.CaptionMessage(caption=event).encoded()


class Audiences:
    """The audience of every room that has one."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[str, Audience] = {}

    def get(self, room: Room) -> Audience:
        """Return a room's audience."""
        known = self._known.get(room.name)
        if known is not None and known.room is room:
            return known
        if known is not None:  # a room of that name was removed, and made anew
            known.close()
        audience = self._known[room.name] = Audience(room)
        audience.follow()
        return audience

    def n_late(self, room: Room) -> int:
        """Return how many readers of a room are late."""
        known = self._known.get(room.name)
        return known.n_late if known is not None and known.room is room else 0

    def end_sse_streams(self) -> None:
        """Let all server-sent events end, as the service closes down; sockets are closed by the server."""
        for audience in self._known.values():
            for reader in list(audience.readers):
                if reader.is_stream:
                    reader.leave()

    def remove(self, room: Room) -> None:
        """Send away all readers of a room that was removed, those too that needed no key of it."""
        known = self._known.get(room.name)
        if known is not None and known.room is room:
            del self._known[room.name]
            known.close()
            for reader in list(known.readers):
                reader.leave()
