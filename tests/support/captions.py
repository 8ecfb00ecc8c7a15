"""What the tests of captions share: rooms with a scripted model, events, and reading them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.captions.caption_log import MemoryLog
from app.captions.event import Event
from app.captions.room import Room
from app.captions.session_settings import SessionSettings
from tests.fakes.clip_source import SteadyWords
from tests.fakes.scripted_engine import Answer, ScriptedEngine

EVENT = Event("main", "", None, "1-0", 1, "s", "original", "open", "en", 0.0, 1.0, "a", "b")
"""An open phrase."""


def phrase_event(phrase: str, text: str, **changes: Any) -> Event:
    """Return the final event of a phrase on the original track, with changes."""
    final = replace(EVENT, phrase=phrase, state="final", committed=text, tentative="")
    return replace(final, **changes)


def scripted_room(answer: Answer | None = None) -> Room:
    """Return a room without sources."""
    engine = ScriptedEngine(answer or SteadyWords())
    return Room("main", engine=engine, settings=SessionSettings(language="en"), log=MemoryLog("e1"), model="script")


def final_texts(events: Sequence[Event]) -> list[str]:
    """Return the texts of final events."""
    return [event.committed for event in events if event.state == "final"]
