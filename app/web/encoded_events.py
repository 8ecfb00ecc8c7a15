"""Captions as JSON, each encoded once for all readers who need it."""

from app.captions.event import Event
from app.web import messages

ENCODED_MAX = 2_500
"""Captions that are kept as JSON: all that a room has in memory for readers who reconnect, about 1 MB."""


class EncodedEvents:
    """The JSON of the newest captions; a new state of a phrase replaces the earlier one."""

    def __init__(self) -> None:
        """Start with no captions."""
        self._by_place: dict[tuple[str, str], tuple[Event, bytes]] = {}

    def encode(self, event: Event) -> bytes:
        """Return a caption as JSON; only a final one is kept, because an open one changes all the time."""
        if not event.is_logged:
            return messages.encode_event(event)
        place = (event.phrase, event.track)
        found = self._by_place.get(place)
        if found is not None and found[0] is event:
            return found[1]
        encoded = messages.encode_event(event)
        self._by_place.pop(place, None)
        self._by_place[place] = (event, encoded)
        if len(self._by_place) > ENCODED_MAX:
            del self._by_place[next(iter(self._by_place))]
        return encoded

    def clear(self) -> None:
        """Forget all captions, because some were erased or are too old."""
        self._by_place.clear()
