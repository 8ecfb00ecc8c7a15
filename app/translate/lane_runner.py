"""Runs one lane: publishes its events, and has its sentences translated."""

import asyncio
import math
from collections.abc import Callable
from contextlib import ExitStack

from app.captions.event import Event
from app.captions.room import Room
from app.language_names import get_name
from app.translate.attempts import Attempts
from app.translate.lane import Lane, LaneWork
from app.translate.phrase_translation import TranslatedEvent
from app.translate.request import TextTranslator

LINGER_S = 30.0
"""How long a lane runs after its last reader left: telephones lose their connection and come back."""

LATE_S = 5.0
"""Age of an untranslated sentence from which the operator sees that the translation is late."""

FAILED_MIN = 2
"""Sentences in a row without translation from which the operator sees it; one may fail for its own reasons."""


def name_problem(target: str) -> str:
    """Return the subject of the problems of a target, see `Room.set_problem`."""
    return f"translation {target}"


class LaneRunner:
    """A lane with its requests in flight."""

    def __init__(
        self,
        room: Room,
        target: str,
        translator: TextTranslator,
        group: asyncio.TaskGroup,
        on_change: Callable[[], None],
        *,
        has_previews: bool,
    ) -> None:
        """Prepare a lane; `on_change` is called when a result has arrived."""
        self.lane = Lane(target, room.name, has_previews=has_previews)
        self._room, self._group, self._on_change = room, group, on_change
        self._translator = translator
        self._place = ExitStack()
        self._attempts = Attempts(room, translator)
        self._tasks: set[asyncio.Task[None]] = set()
        self._unwanted_since_s: float | None = None

    def start(self, *, all_from_s: float) -> None:
        """Take what was said before: the last phrases, and all that ended after `all_from_s` on the room's clock.

        Raises:
            BusyError: The machine is at capacity.
        """
        self._place.enter_context(self._translator.join(self._room.name, self.lane.target))
        opened = self._room.transcript.open_phrases()
        self.lane.backfill(self._room.newest(), opened, self._room.now_s(), all_from_s=all_from_s)

    def put(self, event: Event) -> None:
        """Take an event of the room."""
        self.lane.put(event, self._room.now_s())

    def has_expired(self, *, is_wanted: bool) -> bool:
        """Return whether nobody has read the track for some time, and nothing waits for its translation."""
        now_s = self._room.now_s()
        if is_wanted:
            self._unwanted_since_s = None
            return False
        if self._unwanted_since_s is None:
            self._unwanted_since_s = now_s
        return now_s >= self._unwanted_since_s + LINGER_S and self.lane.is_idle

    def step(self) -> float:
        """Publish what is there, request what is missing, and return when to call again on the room's clock."""
        now_s = self._room.now_s()
        self._publish(self.lane.advance(now_s))
        for work in self.lane.next_requests(now_s):
            task = self._group.create_task(self._translate(work))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._room.set_problem(name_problem(self.lane.target), self._problem(now_s))
        linger_s = math.inf if self._unwanted_since_s is None else self._unwanted_since_s + LINGER_S
        late_s = now_s + 1.0 if self.lane.waiting_s(now_s) else math.inf
        return min(self.lane.due_s(), linger_s, late_s)

    def stop(self) -> None:
        """Drop what is in flight, and remove text that is not final."""
        self.cancel()
        self._publish(self.lane.clear(self._room.now_s()))

    def cancel(self) -> None:
        """Drop what is in flight, and give the lane's place back; the text stays as it is."""
        self._place.close()
        for task in self._tasks:
            task.cancel()
        self._room.set_problem(name_problem(self.lane.target), "")

    async def _translate(self, work: LaneWork) -> None:
        translation = await self._attempts.translate(work.wanted.request)
        self.lane.complete(work, translation, self._room.now_s())
        self._on_change()

    def _publish(self, events: list[TranslatedEvent]) -> None:
        for one in events:
            self._room.transcript.publish(one.event, translated=one.original)

    def _problem(self, now_s: float) -> str:
        """Return what is wrong, as a sentence for the operator."""
        name = get_name(self.lane.target)
        late_s = self.lane.waiting_s(now_s)
        if self._attempts.n_failed >= FAILED_MIN:
            return (
                f"The last {self._attempts.n_failed} sentences could not be translated into {name}, so its readers get "
                f"the original text: {self._attempts.reason}"
            )
        if late_s >= LATE_S:
            return (
                f"The translation into {name} should follow within a second, but is {late_s // 5 * 5:.0f} s late: the "
                "machine is too slow. Remove a language, or choose a smaller translation model."
            )
        return ""
