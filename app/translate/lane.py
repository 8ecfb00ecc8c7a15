"""One target track of a room: what is said is translated into one language while somebody reads it; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nlargest
from math import inf

from app.captions.event import ORIGINAL, Event
from app.translate.phrase_translation import TranslatedEvent
from app.translate.request import Translation
from app.translate.source_lane import LaneRequest, SourceLane

BACKFILL_PHRASES = 30
"""Phrases that are translated when a lane starts: more than fit on any screen."""

BACKFILL_S = 3600.0
"""Age up to which they are; older ones belong to another meeting, as in snapshots."""

NEWS_S = 15.0
"""Age from which a phrase that was said before its lane started is no news: screens do not show it, and meeting
programs do not get it. Readers find it in the text before."""

KNOWN_MAX = 4_000
"""Translated phrases that are remembered, so that none is translated twice; more than a log keeps in memory."""


@dataclass(frozen=True, slots=True)
class LaneWork:
    """A request of one source."""

    source: str
    wanted: LaneRequest


class Lane:
    """The sources of a room on one target track; times are on the room's clock."""

    def __init__(self, target: str, room: str, *, has_previews: bool = True) -> None:
        """Start with nothing said."""
        self.target = target
        self._room, self._has_previews = room, has_previews
        self._sources: dict[str, SourceLane] = {}
        self._known: dict[str, None] = {}
        """Names of phrases that are translated or in work."""
        self._is_hurried = False

    @property
    def is_idle(self) -> bool:
        """Whether no final phrase waits for its translation."""
        return all(source.is_idle for source in self._sources.values())

    def due_s(self) -> float:
        """Return when there is something to do even if nothing arrives; infinite for never."""
        return min((source.due_s() for source in self._sources.values()), default=inf)

    def waiting_s(self, now_s: float) -> float:
        """Return how long the oldest whole sentence has waited for its translation; 0 if none waits."""
        return max((source.waiting_s(now_s) for source in self._sources.values()), default=0.0)

    def backfill(
        self, newest: Iterable[Event], opened: Iterable[Event], now_s: float, *, all_from_s: float = inf
    ) -> None:
        """Take what was said before the lane started, and has no translation yet.

        `newest` are the newest states that the log has, of all tracks and in any order; `opened` the open phrases.
        Of BACKFILL_S, these are the last BACKFILL_PHRASES phrases, and all that ended after `all_from_s`.
        """
        logged = list(newest)
        self._remember(event.phrase for event in logged if event.track == self.target)
        missing = [event for event in logged if self._is_missing(event, now_s)]
        last = {event.phrase for event in nlargest(BACKFILL_PHRASES, missing, key=_said)}
        missing = [event for event in missing if event.phrase in last or event.end_s >= all_from_s]
        for event in sorted(missing, key=_said):
            self._remember([event.phrase])
            self._source(event).put(event, now_s, is_backfilled=now_s - event.end_s > NEWS_S)
        for event in sorted(opened, key=_said):
            self.put(event, now_s)

    def put(self, event: Event, now_s: float) -> None:
        """Take an event of the room as it is published."""
        if event.track != ORIGINAL:
            return
        source = self._source(event)
        is_news = event.state in ("open", "final") and event.phrase not in self._known
        if not is_news and not source.has(event.phrase):
            return
        if event.state == "final":
            self._remember([event.phrase])
        source.put(event, now_s)

    def advance(self, now_s: float) -> list[TranslatedEvent]:
        """Return the events that follow from what has happened so far, in order for each source."""
        return [event for source in self._sources.values() for event in source.advance(now_s)]

    def next_requests(self, now_s: float) -> list[LaneWork]:
        """Return what to translate now; `complete` must follow for each."""
        wanted = ((name, source.next_request(now_s)) for name, source in self._sources.items())
        return [LaneWork(name, request) for name, request in wanted if request is not None]

    def complete(self, done: LaneWork, translation: Translation | None, now_s: float) -> None:
        """Take the translation of a request; None if it failed, so that the original text stands for it."""
        self._sources[done.source].complete(done.wanted, translation, now_s)

    def hurry(self) -> None:
        """Wait for the rest of no sentence, because nothing more will be said."""
        self._is_hurried = True
        for source in self._sources.values():
            source.is_hurried = True

    def clear(self, now_s: float) -> list[TranslatedEvent]:
        """Return the events that remove all text that is not final, because the lane ends."""
        return [event for source in self._sources.values() for event in source.clear(now_s)]

    def _source(self, event: Event) -> SourceLane:
        if event.source not in self._sources:
            source = self._sources[event.source] = SourceLane(self.target, self._room, has_previews=self._has_previews)
            source.is_hurried = self._is_hurried
        return self._sources[event.source]

    def _is_missing(self, event: Event, now_s: float) -> bool:
        is_said = event.track == ORIGINAL and event.is_logged and event.state != "withdrawn"
        return is_said and event.phrase not in self._known and event.end_s >= now_s - BACKFILL_S

    def _remember(self, phrases: Iterable[str]) -> None:
        self._known.update(dict.fromkeys(phrases))
        while len(self._known) > KNOWN_MAX:
            del self._known[next(iter(self._known))]


def _said(event: Event) -> tuple[float, str]:
    return event.start_s, event.phrase
