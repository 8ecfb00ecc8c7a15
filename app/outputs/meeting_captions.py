"""Final phrases of a room to a meeting program, at a rate that people can read."""

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
from app.outputs.meeting_addresses import Endpoint, MeetingAddress, check
from app.outputs.meeting_delivery import MeetingDelivery, MemoryCounter, RetryTimes, SequenceCounter
from app.outputs.meeting_http import HttpMessage, HttpSender, Transport
from app.outputs.meeting_queue import CaptionBlock, CaptionQueue, CaptionShape

logger = log.get(__name__)

LAST_S = 2.0
"""What an output that is stopped may still take to send what is final."""


class MeetingCaptions:
    """Shows the final phrases of one track in a meeting; what one program wants of it stands in its subclass.

    Only what is said while the output runs and screens are not hidden is sent. What is out cannot be changed there.

    Between two blocks there is a pause to read the first, the shorter the more blocks wait: however fast people speak,
    as many are sent as come, and a caption waits for about one such pause (Little's law), for two where they stop.
    """

    door: ClassVar[Endpoint]
    shape: ClassVar[CaptionShape]
    gap_s: ClassVar[float]
    """Between two blocks if no more wait."""
    is_counted: bool
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
        patience: RetryTimes | None = None,
        seed: int | None = None,
    ) -> None:
        """Take the address that the program gives out, which is a secret.

        `track` None is the room's last, `language` None the language of each phrase. `on_health` is called with every
        change of the health and must be quick. `counter` stores the last caption number of this address; without one
        it is kept in memory. `transport`, `patience` and `seed` are for tests.

        Raises:
            SettingsError: It is not such an address or not a language; the sentence does not repeat the address.
        """
        if language is not None and not is_tag(language):
            raise SettingsError(f"Expected a language such as en or en-US, but got {language!r}.")
        self.vendor = self.door.vendor
        self._address: MeetingAddress = check(self.door, address)
        self._language = language
        self._track = track
        self._transport = transport
        self._seq = 0
        self._waiting = CaptionQueue(self.shape)
        self._on_health = on_health
        self._news = asyncio.Event()
        """Something has changed that may make a block due."""
        self._sent_s = -float("inf")
        self._is_ending = False
        self._delivery = MeetingDelivery(
            self,
            counter=counter or MemoryCounter(),
            on_health=on_health,
            patience=patience or RetryTimes(),
            chance=random.Random(seed),
        )

    @classmethod
    def check(cls, address: str) -> None:
        """Raise SettingsError if this is not an address of this program; the sentence does not repeat it."""
        check(cls.door, address)

    @abstractmethod
    def message(self, block: CaptionBlock, number: int) -> HttpMessage:
        """Return the request that shows a block; the same for the same number and block."""

    def question(self) -> HttpMessage | None:
        """Return the request for the number of the last caption; None where there is none."""
        return None

    async def follow(self, room: Room, *, after_seq: int) -> None:
        """Send what the room says after `after_seq`, until cancelled. One caller at a time.

        Cancelling sends what is final and unsent if that takes less than LAST_S. What the far end does ends nothing.
        """
        self._seq = max(self._seq, after_seq)
        self._is_ending = False
        for event in room.since(0):
            if event.seq is not None and event.seq <= self._seq:
                self._waiting.skip(event, self._track or room.tracks[-1])
        self._on_health(self._delivery.health)
        n_erasures = room.n_erasures
        carrier = await asyncio.to_thread(HttpSender, self._transport)  # reads certificates for 30 ms

        def see() -> None:
            nonlocal n_erasures
            if room.n_erasures != n_erasures:
                n_erasures = room.n_erasures
                self._waiting.forget()
                self._delivery.forget()
            self._look(room)

        self._look(room)
        try:
            with room.watch(see):
                async with asyncio.TaskGroup() as group:
                    listening = group.create_task(self._listen(room))
                    sending = group.create_task(self._send(carrier))
                    try:
                        await asyncio.Event().wait()
                    finally:
                        listening.cancel()
                        self._catch_up(room)
                        await self._end(sending)
        finally:
            await carrier.close()

    def _look(self, room: Room) -> None:
        """Do as the operator wants it: hide, or show again."""
        if room.visibility.is_hidden and not self._waiting.is_hidden:
            self._waiting.hide()
        elif self._waiting.is_hidden and not room.visibility.is_hidden:
            behind_s = max((source.behind_s for source in room.state.sources), default=0.0)
            self._waiting.show(now_s=asyncio.get_running_loop().time(), behind_s=behind_s)

    async def _listen(self, room: Room) -> None:
        while True:
            try:
                with room.bus.subscribe() as subscription:
                    self._catch_up(room)
                    async for event in subscription.events():
                        self._hear(event, room)
            except SlowReaderError:
                logger.warning("captions_late", program=self.vendor)

    def _catch_up(self, room: Room) -> None:
        for event in room.since(self._seq):
            self._hear(event, room)

    def _hear(self, event: Event, room: Room) -> None:
        if event.seq is not None:
            if event.seq <= self._seq:
                return
            self._seq = event.seq
            if event.epoch != room.epoch:
                return  # erased before it was heard
        self._waiting.hear(
            event,
            self._track or room.tracks[-1],
            now_s=asyncio.get_running_loop().time(),
            today_s=time.time(),
        )
        self._news.set()

    async def _send(self, carrier: HttpSender) -> None:
        await self._delivery.ask(carrier)
        while await self._is_due(carrier):
            self._sent_s = asyncio.get_running_loop().time()
            await self._delivery.bring(self._waiting, carrier)

    async def _is_due(self, carrier: HttpSender) -> bool:
        """Return when a block is to be sent, or False when all are sent and it is time to end."""
        clock = asyncio.get_running_loop()
        while not self._is_ending:
            self._news.clear()
            self._delivery.drop(self._waiting.expire(clock.time()))
            n_blocks = self._waiting.n_blocks
            wait_s: float | None
            if n_blocks:
                wait_s = self._sent_s + self.gap_s / n_blocks - clock.time()
                if wait_s <= 0:
                    return True
            else:
                wait_s = self._delivery.patience_s if self._delivery.is_unsure else None
            try:
                async with asyncio.timeout(wait_s):
                    await self._news.wait()
            except TimeoutError:
                if not n_blocks:
                    await self._delivery.ask(carrier)
        return self._waiting.first() is not None or self._delivery.is_unfinished

    async def _end(self, sending: asyncio.Task[None]) -> None:
        """Let what is on its way and what waits arrive, without pauses."""
        self._is_ending = True
        self._news.set()
        await asyncio.wait({sending}, timeout=LAST_S)
        if not sending.done():
            logger.warning("captions_unsent", program=self.vendor, n_blocks=self._waiting.n_blocks)
            self._delivery.drop(self._waiting.n_blocks)
            self._waiting.forget()
