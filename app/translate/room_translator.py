"""The translated tracks of one room: a lane for each target that somebody reads."""

import asyncio
import math
from collections import deque
from contextlib import suppress

from app.captions.event import ORIGINAL, Event
from app.captions.room import Room
from app.captions.untranslated import ENGLISH
from app.errors import BusyError
from app.language_names import get_name
from app.translate.lane_runner import LaneRunner, name_problem
from app.translate.request import TextTranslator
from app.translate.retranslation import is_outdated
from app.translate.retranslator import Retranslator

RETURN_S = 60.0
"""Readers who come so soon after the service started are those whom it lost when it stopped, ..."""

RESTART_S = 600.0
"""... and they get all that was said in this time before, because it may have been waiting for its translation."""

REFUSED_S = 10.0
"""Pause before a target for which the machine was full is tried again; a talk that ends makes room."""


class RoomTranslator:
    """Starts and ends the lanes of a room by its targets and its readers."""

    def __init__(self, room: Room, translator: TextTranslator, *, has_previews: bool = True) -> None:
        """Prepare the translation of a room; `has_previews`: whether open phrases have grey translations."""
        self._room, self._translator, self._has_previews = room, translator, has_previews
        self._began_s = room.now_s()
        self._lanes: dict[str, LaneRunner] = {}
        self._arrived: deque[Event] = deque()
        """Events that no lane has got yet; they are few, because every step takes all."""
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._translates_always = False
        self._is_hurried = False
        self._is_suspended = False
        self._n_erasures = room.n_erasures
        self._retranslator: Retranslator | None = None
        self._refused: dict[str, float] = {}
        """When targets for which the machine was full are tried again, on the room's clock."""
        self._seen: tuple[str, ...] = ()
        """The targets of the last step."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The tracks that are translated now."""
        return tuple(self._lanes)

    async def run(self) -> None:
        """Translate until cancelled; cancelling drops what is in flight."""
        room = self._room
        self._is_suspended = False
        async with asyncio.TaskGroup() as group:
            retranslator = self._retranslator = Retranslator(room, self._translator, group, self._changed.set)
            retranslator.put(room.newest())
            try:
                with (
                    room.bus.listen(self._on_event),
                    room.watch(self._on_room_change),
                    room.demand.watch(self._changed.set),
                ):
                    while True:
                        self._changed.clear()
                        due_s = self._step(group, retranslator)
                        with suppress(TimeoutError):
                            async with asyncio.timeout(None if math.isinf(due_s) else max(0.0, due_s - room.now_s())):
                                await self._changed.wait()
            finally:
                for lane in self._lanes.values():
                    lane.stop()
                for target in self._refused:
                    room.set_problem(name_problem(target), "")
                self._refused.clear()
                self.suspend()

    def set_always(self, *, translates_always: bool) -> None:
        """Set whether targets are translated even while nobody reads them."""
        self._translates_always = translates_always
        self._changed.set()

    def suspend(self) -> None:
        """Drop all text until the captions of the room are erased; call it before that begins."""
        self._is_suspended = True
        self._arrived.clear()
        for lane in self._lanes.values():
            lane.cancel()
        self._lanes.clear()
        if self._retranslator is not None:
            self._retranslator.clear()

    async def drain(self) -> None:
        """Translate what was said, without waiting for the rest of any sentence, and return once it is published."""
        self._is_hurried = True
        self._idle.clear()
        self._changed.set()
        await self._idle.wait()

    def _on_event(self, event: Event) -> None:
        if event.track == ORIGINAL or is_outdated(event):
            self._idle.clear()
            self._arrived.append(event)
            self._changed.set()

    def _on_room_change(self) -> None:
        """Go on after the captions were erased, or change the targets; called often, so it is quick."""
        if self._room.n_erasures != self._n_erasures:
            self._n_erasures = self._room.n_erasures
            self.suspend()
            self._is_suspended = False
            self._changed.set()
        if self._targets() != self._seen:
            self._changed.set()

    def _step(self, group: asyncio.TaskGroup, retranslator: Retranslator) -> float:
        """Do what is due, and return when the next step is on the room's clock."""
        if self._is_suspended:
            return math.inf
        while self._arrived:
            event = self._arrived.popleft()
            retranslator.put([event])
            for lane in self._lanes.values():
                lane.put(event)
        self._update_lanes(group)
        steps = (lane.step() for lane in self._lanes.values())
        due_s = min([retranslator.step(), *steps, *self._refused.values()])
        if not self._arrived and retranslator.is_idle and all(lane.lane.is_idle for lane in self._lanes.values()):
            self._idle.set()
        return due_s

    def _targets(self) -> tuple[str, ...]:
        """Return the tracks that are translations of text; English is none if it comes from the sound."""
        is_spoken = self._room.settings.task == "translate"
        others = {*self._room.interpreted, *((ENGLISH,) if is_spoken else ())}
        return tuple(target for target in self._room.targets if target not in others)

    def _update_lanes(self, group: asyncio.TaskGroup) -> None:
        """Start lanes for readers that came, and end those whose readers left."""
        targets = self._seen = self._targets()
        read = self._room.demand.wanted
        wanted = [one for one in targets if self._translates_always or one in read]
        for target, lane in list(self._lanes.items()):
            if target not in targets or lane.has_expired(is_wanted=target in wanted):
                lane.stop()
                del self._lanes[target]
        now_s = self._room.now_s()
        for target in [one for one in self._refused if one not in wanted]:
            self._room.set_problem(name_problem(target), "")
            del self._refused[target]
        for target in wanted:
            if target not in self._lanes and self._refused.get(target, now_s) <= now_s:
                self._start(target, group)
        if self._is_hurried:
            for lane in self._lanes.values():
                lane.lane.hurry()

    def _start(self, target: str, group: asyncio.TaskGroup) -> None:
        """Start a lane; if the machine is full, it is tried again later."""
        lane = LaneRunner(
            self._room, target, self._translator, group, self._changed.set, has_previews=self._has_previews
        )
        try:
            lane.start(all_from_s=self._complete_from_s())
        except BusyError as exc:
            self._refused[target] = self._room.now_s() + REFUSED_S
            message = f"Readers of {get_name(target)} get no translation. {exc}"
            self._room.set_problem(name_problem(target), message)
        else:
            self._refused.pop(target, None)
            self._lanes[target] = lane

    def _complete_from_s(self) -> float:
        """Return from when on all that was said is translated when a lane starts, on the room's clock."""
        if self._translates_always:
            return -math.inf
        is_restart = self._room.now_s() < self._began_s + RETURN_S
        return self._began_s - RESTART_S if is_restart else math.inf
