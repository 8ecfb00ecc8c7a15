"""Delivers captions to a meeting one at a time, in order and without repetition; gives up on each after some seconds.

A request without an answer may have been accepted. If the server reports the number of its last caption, that number is
queried before anything is sent again. If it numbers captions but does not report the number, the same caption is sent
again under the same number, as its document asks. If there are no numbers, such a caption is given up, because a
repeated caption is worse than a missing one.
"""

import asyncio
import random
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from app.captions.room_state import OutputHealth
from app.outputs.meeting_health import MeetingHealth
from app.outputs.meeting_http import HttpRequest, HttpResult, HttpSender
from app.outputs.meeting_numbering import CaptionNumbering, SequenceCounter
from app.outputs.meeting_queue import CaptionBlock, CaptionQueue
from app.outputs.meeting_retry import RetryTimes, backoff_pauses

NO_REPORT_STATUSES = frozenset(range(400, 500)) - {408, 429}
"""After these statuses of a query for the last number, the caption is still sent, under the stored number; the answer
to the caption contains more information."""


class DeliveryState(Enum):
    """State of the block that is being delivered."""

    IDLE = auto()
    """There is no such block."""
    SENDING = auto()
    """Its first request is in flight; the block is still the first in the queue."""
    UNCONFIRMED = auto()
    """It may have arrived; it was removed from the queue, and may only be repeated under the same number."""
    RESENDING = auto()
    """It may have arrived, and another request is in flight."""


class MeetingProgram(Protocol):
    """What differs between the meeting programs."""

    vendor: str
    is_numbered: bool
    """Whether captions carry a number."""
    not_started: str
    """A sentence for when it knows of no meeting."""

    def caption_request(self, block: CaptionBlock, number: int) -> HttpRequest:
        """Return the request that shows a block; the same for the same number and block."""

    def number_request(self) -> HttpRequest | None:
        """Return the request for the number of the last caption; None if it is not reported."""


class MeetingDelivery:
    """Delivers the blocks of a queue to one meeting."""

    def __init__(
        self,
        program: MeetingProgram,
        *,
        counter: SequenceCounter,
        on_health: Callable[[OutputHealth], None],
        retry_times: RetryTimes,
        chance: random.Random,
    ) -> None:
        """Start with nothing sent; `on_health` is called with every change of the health."""
        self._program = program
        self._retry_times = retry_times
        self._chance = chance
        self._numbering = CaptionNumbering(
            counter, is_numbered=program.is_numbered, can_query=program.number_request() is not None
        )
        self._health = MeetingHealth(program.vendor, program.not_started, on_health)
        self._state = DeliveryState.IDLE
        self._block: CaptionBlock | None = None
        """The block that is being delivered; None while idle."""
        self._is_erased = False
        """Whether the room erased the block while its request was in flight."""
        self._is_blocked = False
        """Whether the last caption was given up because there is no meeting or the address is refused."""
        self._paused_until_s = 0.0
        self._result = HttpResult("unsent")

    @property
    def health(self) -> OutputHealth:
        """How the output is doing."""
        return self._health.current

    @property
    def is_unfinished(self) -> bool:
        """Whether a block is being delivered, or may have arrived."""
        return self._state is not DeliveryState.IDLE

    @property
    def needs_number(self) -> bool:
        """Whether the last number must be queried before the next caption is sent."""
        return self._numbering.needs_query

    @property
    def query_pause_s(self) -> float:
        """How long to wait before the next query while there is nothing to send."""
        return self._retry_times.blocked_pause_s(self._result.status) or self._retry_times.give_up_s

    async def query_number(self, sender: HttpSender) -> bool:
        """Query the last number if it is needed, and return whether a caption may be sent; raises nothing."""
        request = self._program.number_request()
        if not self._numbering.needs_query or request is None:
            return True
        self._result = result = await sender.send(request, self._retry_times.answer_s)
        self._health.update(result)
        if result.outcome != "accepted":
            return result.outcome == "refused" and result.status in NO_REPORT_STATUSES
        if not _is_number(result.text):
            self._numbering.stop_queries()
            return True
        last = int(result.text)
        if self._numbering.is_late_arrival(last):
            self._health.count_dropped_as_sent()
        if self._is_unconfirmed and last >= self._numbering.number:
            self._confirm()
        self._numbering.continue_after(last)
        self._is_blocked = False
        return True

    async def deliver_next(self, queue: CaptionQueue, sender: HttpSender) -> None:
        """Deliver the next block of the queue, or give up on it; raises nothing.

        After cancelling the next call continues with the same block. One caller at a time.
        """
        clock = asyncio.get_running_loop()
        if self._is_on_its_way:  # the last call was cancelled
            self._result = HttpResult("unknown")
            self._mark_unconfirmed(queue)
            self._discard_erased()
        if self._is_blocked and clock.time() < self._paused_until_s:
            self._give_up(queue)
            return
        paused_s = self._paused_until_s - clock.time()
        if paused_s > 0:
            await asyncio.sleep(min(self._retry_times.give_up_s, paused_s))
            if paused_s > self._retry_times.give_up_s:
                self._give_up(queue)
                return
        # without a meeting each caption is tried only once, or the first caption in the meeting would be an old one
        until_s = clock.time() + (0 if self._is_blocked else self._retry_times.give_up_s)
        for pause_s in backoff_pauses(self._retry_times.pause_s, self._retry_times.pause_max_s, self._chance):
            if queue.is_hidden or not (self._is_unconfirmed or queue.first()):
                self._discard_unconfirmed()
                self._numbering.forget_unconfirmed()  # hidden or withdrawn, and not given up
                return
            can_send = self._numbering.is_numbered or not self._is_unconfirmed
            if can_send and await self._attempt(queue, sender):
                return
            asked_s = self._result.retry_after_s
            if asked_s:
                self._paused_until_s = clock.time() + asked_s
            left_s = until_s - clock.time()
            if left_s <= 0 or (self._is_unconfirmed and not self._numbering.is_numbered):
                break
            await asyncio.sleep(min(max(pause_s, asked_s), left_s))
            if asked_s > left_s:
                break
        self._give_up(queue)

    def forget(self) -> None:
        """Never send the current block again, because the room has erased it; a request in flight is not cancelled."""
        if self._is_on_its_way:
            self._is_erased = True
        elif self._is_unconfirmed:
            self._discard_unconfirmed()
            self._numbering.forget_unconfirmed()  # erased, and not given up

    def drop(self, n: int) -> None:
        """Count captions that were given up before they were sent."""
        self._health.add_dropped(n)

    @property
    def _is_on_its_way(self) -> bool:
        return self._state in (DeliveryState.SENDING, DeliveryState.RESENDING)

    @property
    def _is_unconfirmed(self) -> bool:
        return self._state in (DeliveryState.UNCONFIRMED, DeliveryState.RESENDING)

    async def _attempt(self, queue: CaptionQueue, sender: HttpSender) -> bool:
        """Send the block once, and return whether it has arrived or must not be sent again."""
        was_unconfirmed = self._is_unconfirmed
        if not await self.query_number(sender):
            return False
        if was_unconfirmed and not self._is_unconfirmed:
            return True
        block = self._block or queue.first()
        if block is None or queue.is_hidden:
            return False
        self._block = block
        self._state = DeliveryState.RESENDING if self._is_unconfirmed else DeliveryState.SENDING
        request = self._program.caption_request(block, self._numbering.number)
        self._result = result = await sender.send(request, self._retry_times.answer_s)
        if result.outcome == "accepted":
            if not self._is_unconfirmed:
                queue.remove(block)
            self._confirm()
        elif result.outcome == "unknown" or (self._numbering.can_query and (result.status or 0) >= 500):
            self._mark_unconfirmed(queue)
        else:
            if result.status in (401, 403):
                self._numbering.require_query()  # the number may be the reason for the refusal
            if self._is_unconfirmed:
                self._state = DeliveryState.UNCONFIRMED
            else:
                self._become_idle()
        self._discard_erased()
        self._health.update(result)
        return result.outcome == "accepted"

    def _mark_unconfirmed(self, queue: CaptionQueue) -> None:
        """Record that the block in flight may have arrived."""
        if self._state is DeliveryState.SENDING and self._block is not None:
            queue.remove(self._block)
        self._state = DeliveryState.UNCONFIRMED
        self._numbering.require_query()

    def _confirm(self) -> None:
        """Note that the block has arrived."""
        self._become_idle()
        self._numbering.accept()
        self._is_blocked = False
        self._health.add_sent()

    def _discard_erased(self) -> None:
        if self._is_erased:
            self._is_erased = False
            self.forget()

    def _discard_unconfirmed(self) -> None:
        """Never repeat the block that may have arrived, if there is one."""
        if self._is_unconfirmed:
            self._numbering.skip_unconfirmed()
        self._become_idle()

    def _become_idle(self) -> None:
        self._state, self._block = DeliveryState.IDLE, None

    def _give_up(self, queue: CaptionQueue) -> None:
        block = queue.first()
        if not self._is_unconfirmed and block is not None:
            queue.remove(block)
        self._discard_unconfirmed()
        self._numbering.count_given_up()
        now_s = asyncio.get_running_loop().time()
        pause_s = self._retry_times.blocked_pause_s(self._result.status)
        if pause_s and now_s >= self._paused_until_s:
            self._paused_until_s = now_s + pause_s
        self._is_blocked = pause_s > 0
        self._health.add_dropped()


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) < 16
