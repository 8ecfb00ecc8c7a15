"""Keeps the captions of a source in order while a final phrase waits for the log; pure."""

from collections import defaultdict

from app.captions.event import Event


class CaptionOrder:
    """Holds the open phrases of a source and track until the phrase before them is logged.

    A final phrase is published once it is on the disk, an open one at once. Without this, readers would see the first
    caption of the next phrase before the last one of the phrase before it. The log decides how long a final phrase
    waits at most.
    """

    def __init__(self) -> None:
        """Start with nothing to wait for."""
        self._unlogged: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        """The phrases that wait for the log, by source and track."""
        self._held: dict[tuple[str, str], Event] = {}
        """The newest state of each held phrase, by phrase and track."""

    def begin(self, final: Event) -> None:
        """Hold the open phrases of this source and track from now on: `final` goes to the log."""
        self._held.pop((final.phrase, final.track), None)
        self._unlogged[final.source, final.track].add(final.phrase)

    def hold(self, event: Event) -> bool:
        """Keep an open phrase if it must wait, instead of its older state; return whether it must.

        An event without text removes a phrase, so it never waits.
        """
        place = (event.phrase, event.track)
        if not event.text:
            self._held.pop(place, None)
            return False
        if not self._unlogged.get((event.source, event.track)):
            return False
        self._held[place] = event
        return True

    def finish(self, logged: Event) -> list[Event]:
        """Return the open phrases that may be published now, oldest first, after `logged` was published."""
        line = (logged.source, logged.track)
        unlogged = self._unlogged.get(line)
        if unlogged is None:
            return []
        unlogged.discard(logged.phrase)
        if unlogged:
            return []
        del self._unlogged[line]
        freed = [event for event in self._held.values() if (event.source, event.track) == line]
        for event in freed:
            del self._held[event.phrase, event.track]
        return freed

    def clear(self) -> None:
        """Forget everything, because the log was erased."""
        self._unlogged.clear()
        self._held.clear()
