"""Captions to the far end: one at a time, in order, none twice, each tried for some seconds and then given up.

A request that was not answered may have been accepted. Where the far end counts captions, it is asked for its last
number before anything is repeated; where it counts but does not tell, the same caption goes out under the same number,
as its document asks; where nothing is counted, such a caption is given up, since one shown twice reads worse.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app import log
from app.captions.room_state import OutputHealth
from app.outputs.meeting_http import HttpAnswer, HttpMessage, HttpSender, pauses
from app.outputs.meeting_queue import CaptionBlock, CaptionQueue

logger = log.get(__name__)

TELLING = frozenset(range(400, 500)) - {408, 429}
"""Statuses that say that asking is in vain."""

LOST_IN_A_ROW = 3
"""Captions given up one after the other, after which the number is asked for anew."""


@dataclass(frozen=True, slots=True)
class RetryTimes:
    """How long what is waited for, in seconds. Source: Zoom's document of its caption interface, but for the pauses."""

    answer_s: float = 3.0
    """For one answer."""
    give_up_s: float = 5.0
    """From the first try of a caption to the beginning of its last."""
    pause_s: float = 0.25
    """After the first failure, doubled with each."""
    pause_max_s: float = 2.0
    not_started_s: float = 3.0
    """Between tries while there is no meeting, once a caption was given up for it."""
    refused_s: float = 30.0
    """Between tries while the address is not accepted, once a caption was given up for it."""


class SequenceCounter(Protocol):
    """Remembers the number of the last caption that one address took, also when the program ends."""

    def read(self) -> int | None:
        """Return the number; None if there is none."""

    def write(self, number: int) -> None:
        """Keep the number."""


class MemoryCounter:
    """Remembers as long as it lives."""

    def __init__(self) -> None:
        """Begin with no number."""
        self._number: int | None = None

    def read(self) -> int | None:
        """Return the number; None if there is none."""
        return self._number

    def write(self, number: int) -> None:
        """Keep the number."""
        self._number = number


class MeetingProgram(Protocol):
    """What one meeting program wants of those who send it captions."""

    vendor: str
    is_counted: bool
    """Whether captions carry a number."""
    not_started: str
    """A sentence for when it knows of no meeting."""

    def message(self, block: CaptionBlock, number: int) -> HttpMessage:
        """Return the request that shows a block; the same for the same number and block."""

    def question(self) -> HttpMessage | None:
        """Return the request for the number of the last caption; None where there is none."""


class MeetingDelivery:
    """Brings blocks to one meeting, and knows how that goes."""

    def __init__(
        self,
        program: MeetingProgram,
        *,
        counter: SequenceCounter,
        on_health: Callable[[OutputHealth], None],
        patience: RetryTimes,
        chance: random.Random,
    ) -> None:
        """Begin with nothing sent; `on_health` is called with every change of the health."""
        self._program = program
        self._counter = counter
        self._on_health = on_health
        self._patience = patience
        self._chance = chance
        self.health = OutputHealth("starting")
        last = counter.read()
        self._number = 0 if last is None else last + 1
        """Of the next new caption."""
        self._asks = program.is_counted and program.question() is not None
        """Whether the far end can be asked for its number."""
        self.is_unsure = self._asks
        """Whether the number must be asked for before the next caption."""
        self._out: CaptionBlock | None = None
        """What is on its way."""
        self._doubt: CaptionBlock | None = None
        """What may have arrived, and is not to be sent again as anything else."""
        self._is_out_forgotten = False
        """Whether what is on its way is not to be sent again, whatever becomes of it."""
        self._lost: int | None = None
        """Number of a caption that was given up, but may have arrived."""
        self._n_lost = 0
        """Captions given up one after the other."""
        self._rest_until_s = 0.0
        self._is_resting = False
        """Whether the last caption was given up because there is no meeting, or it does not let us in."""
        self._last = HttpAnswer("unsent")

    @property
    def is_unfinished(self) -> bool:
        """Whether a block was taken up whose fate is not known."""
        return self._out is not None or self._doubt is not None

    @property
    def patience_s(self) -> float:
        """How long to wait before asking again while nothing is to be sent."""
        return _rest_s(self._last, self._patience) or self._patience.give_up_s

    async def ask(self, carrier: HttpSender) -> bool:
        """Find out the next number if it is not known, and return whether a caption may be sent; raises nothing."""
        question = self._program.question()
        if not self.is_unsure or question is None:
            return True
        self._last = answer = await carrier.carry(question, self._patience.answer_s)
        self._note(answer)
        if answer.fate == "accepted" and _is_number(answer.text):
            last = int(answer.text)
            if self._lost is not None and last >= self._lost:
                self._change(n_sent=self.health.n_sent + 1, n_dropped=self.health.n_dropped - 1)
            if self._doubt is not None and last >= self._number:
                self._arrived()
            self._lost = None
            self._number = last + 1
            self.is_unsure = self._is_resting = False
            return True
        if answer.fate == "accepted":
            self.is_unsure = self._asks = False  # it does not tell
        # what it says to the caption itself is to be heard, under the number that is remembered
        return answer.fate == "accepted" or (answer.fate == "refused" and answer.status in TELLING)

    async def bring(self, waiting: CaptionQueue, carrier: HttpSender) -> None:
        """Bring the next block that waits, or give it up; raises nothing.

        Cancelling leaves the block to the next call, which goes on with it. One caller at a time.
        """
        clock = asyncio.get_running_loop()
        if self._out is not None:  # cancelled on its way
            self._last = HttpAnswer("unknown")
            self._suspect(waiting)
            self._settle()
        if self._is_resting and clock.time() < self._rest_until_s:
            self._give_up(waiting)
            return
        rest_s = self._rest_until_s - clock.time()
        if rest_s > 0:
            await asyncio.sleep(min(self._patience.give_up_s, rest_s))
            if rest_s > self._patience.give_up_s:
                self._give_up(waiting)
                return
        # while there is no meeting each caption is tried once, or the first that is shown would be an old one
        until_s = clock.time() + (0 if self._is_resting else self._patience.give_up_s)
        for pause_s in pauses(self._patience.pause_s, self._patience.pause_max_s, self._chance):
            if waiting.is_hidden or not (self._doubt or waiting.first()):
                self._leave()
                self._lost = None  # hidden or taken back, and not given up
                return
            if (self._doubt is None or self._program.is_counted) and await self._try(waiting, carrier):
                return
            rest_s = max(pause_s, self._last.pause_s)
            if self._last.pause_s:
                self._rest_until_s = clock.time() + self._last.pause_s
            is_lost = self._doubt is not None and not self._program.is_counted
            left_s = until_s - clock.time()
            if is_lost or left_s <= 0:
                break
            await asyncio.sleep(min(rest_s, left_s))
            if self._last.pause_s > left_s:
                break
        self._give_up(waiting)

    def forget(self) -> None:
        """Send nothing again that may have arrived: the room has erased it. What is on its way is not called back."""
        self._is_out_forgotten = self._out is not None
        if self._out is None and self._doubt is not None:
            self._leave()
            self._lost = None  # erased, and not given up

    def drop(self, n: int) -> None:
        """Count captions that were given up before they were tried."""
        if n:
            self._change(n_dropped=self.health.n_dropped + n)

    async def _try(self, waiting: CaptionQueue, carrier: HttpSender) -> bool:
        """Try once, and return whether the block has arrived or is gone."""
        was_doubted = self._doubt is not None
        if not await self.ask(carrier):
            return False
        if was_doubted and self._doubt is None:
            return True
        self._out = self._doubt or waiting.first()
        if self._out is None or waiting.is_hidden:
            self._out = None
            return False
        answer = await carrier.carry(self._program.message(self._out, self._number), self._patience.answer_s)
        self._last = answer
        if answer.fate == "accepted":
            if self._doubt is None:
                waiting.take(self._out)
            self._arrived()
        elif answer.fate == "unknown" or (self._asks and (answer.status or 0) >= 500):
            self._suspect(waiting)
        elif answer.status in (401, 403):
            self.is_unsure = self._asks  # it may be the number that is not accepted
        self._out = None
        self._settle()
        self._note(answer)
        return answer.fate == "accepted"

    def _suspect(self, waiting: CaptionQueue) -> None:
        """Note that what is on its way may have arrived."""
        if self._doubt is None and self._out is not None:
            waiting.take(self._out)
            self._doubt = self._out
        self._out = None
        self.is_unsure = self._asks

    def _settle(self) -> None:
        """Forget what was on its way if that was asked for meanwhile."""
        if self._is_out_forgotten:
            self.forget()

    def _arrived(self) -> None:
        self._doubt = None
        if self._program.is_counted:
            self._counter.write(self._number)
        self._number += 1
        self._n_lost, self._lost = 0, None
        self.is_unsure = self._is_resting = False
        self._change(n_sent=self.health.n_sent + 1)

    def _leave(self) -> None:
        """Forget what is in doubt; its number may be used up."""
        if self._doubt is not None and self._program.is_counted:
            if self._asks:
                # where the number is known it did not arrive, and the next caption has that number
                self._lost = self._number if self.is_unsure else None
            else:
                self._number += 1
        self._doubt = None

    def _give_up(self, waiting: CaptionQueue) -> None:
        block = waiting.first()
        if self._doubt is None and block is not None:
            waiting.take(block)
        self._leave()
        self._n_lost += 1
        if self._n_lost % LOST_IN_A_ROW == 0:
            self.is_unsure = self._asks
        pause_s = _rest_s(self._last, self._patience)
        if pause_s and asyncio.get_running_loop().time() >= self._rest_until_s:
            self._rest_until_s = asyncio.get_running_loop().time() + pause_s
        self._is_resting = pause_s > 0
        self._change(n_dropped=self.health.n_dropped + 1)

    def _note(self, answer: HttpAnswer) -> None:
        """Tell how it goes, as the answer shows it."""
        if answer.fate == "accepted":
            self._change(status="working", message="")
            return
        status, message = "retrying", self._sentence(answer)
        if answer.status in (401, 403):
            status = "failed"
        if (status, message) != (self.health.status, self.health.message):
            logger.warning("captions_refused", program=self._program.vendor, fate=answer.fate, status=answer.status)
        self._change(status=status, message=message)

    def _sentence(self, answer: HttpAnswer) -> str:
        vendor, status = self._program.vendor, answer.status
        if answer.fate == "unsent":
            return f"{vendor} cannot be reached. Check the network of this machine. Trying again."
        if status is None:
            return f"{vendor} does not answer. Trying again."
        if status in (400, 404):
            return self._program.not_started
        if status in (401, 403):
            return f"{vendor} does not accept this address any more; copy a new one from the meeting."
        if status == 429:
            return f"{vendor} asks for fewer captions. Trying again."
        if status >= 500:
            return f"{vendor} has a fault of its own (status {status}). Trying again."
        return f"{vendor} answers as it should not (status {status}). Trying again."

    def _change(self, **changes: object) -> None:
        health = replace(self.health, **changes)  # type: ignore[arg-type]
        if health != self.health:
            self.health = health
            self._on_health(health)


def _rest_s(answer: HttpAnswer, patience: RetryTimes) -> float:
    """Return how long to leave the far end alone after it gave no caption a chance; 0 where trying goes on."""
    if answer.status in (400, 404):
        return patience.not_started_s
    return patience.refused_s if answer.status in (401, 403) else 0.0


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) < 16
