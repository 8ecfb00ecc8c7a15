"""Translates again what was corrected in the original, on every track of a room."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from math import inf

from app.captions.event import Event
from app.captions.room import Room
from app.translate.attempts import Attempts
from app.translate.request import TextTranslator
from app.translate.retranslation import Retranslation, find_linked, is_outdated

IN_FLIGHT_MAX = 8
"""Phrases that are translated at once; a replacement in the whole talk changes thousands, and speech goes on."""

RETRY_S = 5.0
"""Pause after which a phrase that could not be translated is tried again; until then it is marked as outdated."""

Place = tuple[str, str]
"""Phrase and track."""


@dataclass(frozen=True, slots=True)
class _OutdatedText:
    event: Event
    """The outdated translation."""
    due_s: float


class Retranslator:
    """The outdated translations of one room."""

    def __init__(
        self, room: Room, translator: TextTranslator, group: asyncio.TaskGroup, on_change: Callable[[], None]
    ) -> None:
        """Start with none; `on_change` is called when a phrase is done."""
        self._room, self._group, self._on_change = room, group, on_change
        self._attempts = Attempts(room, translator)
        self._waiting: dict[Place, _OutdatedText] = {}
        self._in_flight: dict[Place, asyncio.Task[None]] = {}

    @property
    def is_idle(self) -> bool:
        """Whether nothing is outdated, apart from what could not be translated."""
        now_s = self._room.now_s()
        return not self._in_flight and not any(one.due_s <= now_s for one in self._waiting.values())

    def put(self, events: Iterable[Event]) -> None:
        """Take the outdated translations among some events."""
        for event in events:
            if is_outdated(event):
                self._waiting[event.phrase, event.track] = _OutdatedText(event, 0.0)

    def step(self) -> float:
        """Start what is due, and return when to call again on the room's clock."""
        now_s = self._room.now_s()
        for place in [place for place in self._waiting if place[1] not in self._room.tracks]:
            del self._waiting[place]
        due = [place for place, one in self._waiting.items() if one.due_s <= now_s and place not in self._in_flight]
        for place in due[: max(0, IN_FLIGHT_MAX - len(self._in_flight))]:
            event = self._waiting.pop(place).event
            task = self._in_flight[place] = self._group.create_task(self._translate(event))
            task.add_done_callback(partial(self._remove, place))
        return min((one.due_s for one in self._waiting.values() if one.due_s > now_s), default=inf)

    def _remove(self, place: Place, _: asyncio.Task[None]) -> None:
        self._in_flight.pop(place, None)

    def clear(self) -> None:
        """Drop everything."""
        self._waiting.clear()
        for task in self._in_flight.values():
            task.cancel()

    async def _translate(self, outdated: Event) -> None:
        """Translate a phrase again, with those that its sentences go on in."""
        linked = find_linked(outdated, self._room.newest())
        work = Retranslation(linked, self._room.name) if linked else None
        while work and (wanted := work.next_request()):
            translation = await self._attempts.translate(wanted.request)
            if translation is None:
                due_s = self._room.now_s() + RETRY_S
                self._waiting.setdefault((outdated.phrase, outdated.track), _OutdatedText(outdated, due_s))
                break
            work.complete(wanted, translation)
        else:
            for phrase, new in work.results() if work else ():
                done = self._room.transcript.retranslate(
                    phrase.translation, new.original, new.event.committed, new.event.language
                )
                if not done:  # it was corrected again meanwhile
                    self._put_back(phrase.translation)
        self._on_change()

    def _put_back(self, event: Event) -> None:
        """Translate a phrase once more if its newest translation is outdated."""
        place = (event.phrase, event.track)
        self.put(one for one in self._room.newest() if (one.phrase, one.track) == place)
