"""Publishes captions for tests of pages, with any field that a caption may have."""

from typing import Any

from app.captions.event import Event
from tests.fakes.hosted_rooms import HostedRooms


def say(rooms: HostedRooms, number: int, text: str, tentative: str = "", **given: Any) -> None:
    """Publish phrase `number`, by default final and on the original track; a phrase lasts three seconds."""
    event: dict[str, Any] = {
        "room": "main",
        "epoch": "",
        "seq": None,
        "phrase": f"1-{number}",
        "rev": 1,
        "source": "s",
        "track": "original",
        "state": "open" if tentative else "final",
        "language": "de",
        "start_s": number * 3.0,
        "end_s": number * 3.0 + 3.0,
        "committed": text,
        "tentative": tentative,
    }
    rooms.main.publish(Event(**{**event, **given}))


def say_both(rooms: HostedRooms, number: int, german: str, english: str, **given: Any) -> None:
    """Publish a phrase in German and, as its translation, in English."""
    say(rooms, number, german, **given)
    say(rooms, number, english, **{**given, "track": "en", "language": "en"})
