"""Invented histories of captions, small enough to count by hand."""

from app.bench.shown_event import ShownEvent
from app.bench.timeline import SpokenWordTime
from app.captions.event import Event, State


def shown_event(
    at_s: float, text: str, phrase: str = "1-0", state: State = "open", track: str = "original"
) -> ShownEvent:
    """Make an event; words after `|` are tentative."""
    committed, _, tentative = text.partition("|")
    event = Event(
        room="bench",
        epoch="",
        seq=None,
        phrase=phrase,
        rev=1,
        source="clip",
        track=track,
        state=state,
        language="en",
        start_s=0.0,
        end_s=0.0,
        committed=committed.strip(),
        tentative=tentative.strip(),
    )
    return ShownEvent(at_s, event)


def spoken_words(text: str) -> list[SpokenWordTime]:
    """Return a reference whose word i ends at second i, the first at 1."""
    return [SpokenWordTime(word, float(i)) for i, word in enumerate(text.split(), start=1)]


HISTORY = [
    shown_event(1.5, "|the"),
    shown_event(2.5, "the|bag"),
    shown_event(3.5, "the|bug was"),
    shown_event(4.5, "the bug|was fixed"),
    shown_event(5.5, "The bug was fixed.", state="final"),
]
"""Four words, of which the second is wrong at first."""
