"""Sends the final phrases of a room to a meeting program, at a rate that people can read."""

import asyncio
import random
import time
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from app import log
from app.captions.bus import SlowReaderError
from app.captions.event import Event
from app.captions.room import Room
from app.captions.room_state import OutputHealth
from app.errors import SettingsError
from app.outputs.language_tags import is_tag
from app.outputs.meeting_address import Endpoint, parse_address
from app.outputs.meeting_delivery import MeetingDelivery
from app.outputs.meeting_http import HttpRequest, HttpSender, Transport
from app.outputs.meeting_numbering import MemoryCounter, SequenceCounter
from app.outputs.meeting_queue import CaptionBlock, CaptionQueue, CaptionShape
from app.outputs.meeting_retry import RetryTimes

logger = log.get(__name__)

FINISH_S = 2.0
"""How long a stopped output may take to send the remaining final phrases."""


class MeetingCaptions:
    """Sends the final phrases of one track to a meeting; a subclass describes each meeting program.

    It sends only what is said while the output runs and screens are shown. Sent captions cannot be changed.

    Between two blocks there is a pause to read the first; the more blocks wait, the shorter it is. Blocks are sent as
    fast as they arrive at any speed of speech, and a caption waits for about one such pause (Little's law), or two when
    speech stops.
    """

    endpoint: ClassVar[Endpoint]
    shape: ClassVar[CaptionShape]
    gap_s: ClassVar[float]
    """Pause after a block if only one more waits."""
    is_numbered: bool
    not_started: str

    def __init__(
        self,
        address: str,
        *,
        on_health: Callable[[OutputHealth], None],
        language: str | None = None,
        track: str | None = None,
        counter: SequenceCounter | None = None,
        transport: Transport | None = None,
        retry_times: RetryTimes | None = None,
        seed: int | None = None,
    ) -> None:
        """Set the address from the meeting program, which is a secret.

        `track` None is the room's last, `language` None the language of each phrase. `on_health` is called with every
        change of the health and must be quick. `counter` stores the last caption number of this address; without one
        it is kept in memory. `transport`, `retry_times` and `seed` are for tests.

        Raises:
            SettingsError: The address or the language is not valid; the sentence does not repeat the address.
        """
        if language is not None and not is_tag(language):
            raise SettingsError(f"Expected a language such as en or en-US, but got {language!r}.")
        self.vendor = self.endpoint.vendor
        self._address = parse_address(self.endpoint, address)
        self._language = language
        self._track = track
        self._transport = transport
        self._seq = 0
        self._queue = CaptionQueue(self.shape)
        self._on_health = on_health
        self._changed = asyncio.Event()
        """Set after every change that may make a block due."""
        self._sent_s = -float("inf")
        self._is_ending = False
        self._delivery = MeetingDelivery(
            self,
            counter=counter or MemoryCounter(),
            on_health=on_health,
            retry_times=retry_times or RetryTimes(),
            chance=random.Random(seed),
        )

    @classmethod
    def check(cls, address: str) -> None:
        """Raise SettingsError if this is not an address of this program; the sentence does not repeat it."""
        parse_address(cls.endpoint, address)

    @abstractmethod
    def caption_request(self, block: CaptionBlock, number: int) -> HttpRequest:
        """Return the request that shows a block; the same for the same number and block."""

    def number_request(self) -> HttpRequest | None:
        """Return the request for the number of the last caption; None if it is not reported."""
        return None

    async def follow(self, room: Room, *, after_seq: int) -> None:
        """Send the room's captions after `after_seq`, until cancelled. One caller at a time.

        Cancelling sends the remaining final phrases if that takes less than FINISH_S. No answer from the server ends
        it.
        """
        self._seq = max(self._seq, after_seq)
        self._is_ending = False
        for event in room.since(0):
            if event.seq is not None and event.seq <= self._seq:
                self._queue.skip(event, self._track or room.main_track)
        self._on_health(self._delivery.health)
        n_erasures = room.n_erasures
        sender = await asyncio.to_thread(HttpSender, self._transport)  # reads certificates for 30 ms

        def on_room_change() -> None:
            nonlocal n_erasures
            if room.n_erasures != n_erasures:
                n_erasures = room.n_erasures
                self._queue.clear()
                self._delivery.forget()
            self._queue.set_naming(room.naming)
            self._update_visibility(room)

        self._queue.set_naming(room.naming)
        self._update_visibility(room)
        try:
            with room.watch(on_room_change):
                async with asyncio.TaskGroup() as group:
                    reading = group.create_task(self._read_events(room))
                    sending = group.create_task(self._send_blocks(sender))
                    try:
                        await asyncio.Event().wait()
                    finally:
                        reading.cancel()
                        self._catch_up(room)
                        await self._finish(sending)
        finally:
            await sender.close()

    def _update_visibility(self, room: Room) -> None:
        """Hide or show as the operator set it."""
        if room.visibility.is_hidden and not self._queue.is_hidden:
            self._queue.hide()
        elif self._queue.is_hidden and not room.visibility.is_hidden:
            behind_s = max((source.behind_s for source in room.state.sources), default=0.0)
            self._queue.show(now_s=asyncio.get_running_loop().time(), behind_s=behind_s)

    async def _read_events(self, room: Room) -> None:
        while True:
            try:
                with room.bus.subscribe() as subscription:
                    self._catch_up(room)
                    async for event in subscription.events():
                        self._take(event, room)
            except SlowReaderError:
                logger.warning("captions_late", program=self.vendor)

    def _catch_up(self, room: Room) -> None:
        for event in room.since(self._seq):
            self._take(event, room)

    def _take(self, event: Event, room: Room) -> None:
        if event.seq is not None:
            if event.seq <= self._seq:
                return
            self._seq = event.seq
            if event.epoch != room.epoch:
                return  # erased before it was read
        self._queue.put(
            event,
            self._track or room.main_track,
            now_s=asyncio.get_running_loop().time(),
            unix_s=time.time(),
        )
        self._changed.set()

    async def _send_blocks(self, sender: HttpSender) -> None:
        await self._delivery.query_number(sender)
        while await self._wait_until_due(sender):
            self._sent_s = asyncio.get_running_loop().time()
            await self._delivery.deliver_next(self._queue, sender)

    async def _wait_until_due(self, sender: HttpSender) -> bool:
        """Wait until a block is to be sent; return False when the output ends and all blocks are sent."""
        clock = asyncio.get_running_loop()
        while not self._is_ending:
            self._changed.clear()
            self._delivery.drop(self._queue.drop_expired(clock.time()))
            n_blocks = self._queue.n_blocks
            wait_s: float | None
            if n_blocks:
                wait_s = self._sent_s + self.gap_s / n_blocks - clock.time()
                if wait_s <= 0:
                    return True
            else:
                wait_s = self._delivery.query_pause_s if self._delivery.needs_number else None
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                if not n_blocks:
                    await self._delivery.query_number(sender)
        return self._queue.first() is not None or self._delivery.is_unfinished

    async def _finish(self, sending: asyncio.Task[None]) -> None:
        """Send the current block and the waiting ones without pauses, and drop what takes too long."""
        self._is_ending = True
        self._changed.set()
        await asyncio.wait({sending}, timeout=FINISH_S)
        if not sending.done():
            logger.warning("captions_unsent", program=self.vendor, n_blocks=self._queue.n_blocks)
            self._delivery.drop(self._queue.n_blocks)
            self._queue.clear()
