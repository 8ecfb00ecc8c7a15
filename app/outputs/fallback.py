"""Marks phrases that stand in the original language on a track of translations; pure."""

from collections.abc import Iterable
from dataclasses import replace

from app.captions.event import ORIGINAL, Event


def is_fallback(event: Event) -> bool:
    """Return whether a phrase of a translated track is the original text, because there is no translation."""
    return event.track not in (ORIGINAL, event.language)


def mark_fallback(event: Event) -> Event:
    """Return a phrase with its language before the text, as `[de] Guten Morgen.`, if it was not translated."""
    if not is_fallback(event) or not event.committed:
        return event
    return replace(event, committed=f"[{event.language}] {event.committed}")


def with_originals(events: Iterable[Event], track: str) -> list[Event]:
    """Return the events of a track, and the original of each phrase that has none there, as its fallback.

    So nothing that was said is missing, also what was said before somebody read the track. A phrase that a person
    withdrew on the track stays away.
    """
    if track == ORIGINAL:
        return [event for event in events if event.track == ORIGINAL]
    listed = list(events)
    there = {event.phrase for event in listed if event.track == track}
    return [
        event if event.track == track else replace(event, track=track)
        for event in listed
        if event.track == track or (event.track == ORIGINAL and event.phrase not in there)
    ]
