"""An event and the moment at which viewers had it."""

from dataclasses import dataclass

from app.captions.event import Event


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """An event and the moment at which viewers had it."""

    at_s: float
    """Seconds since the first sample of the clip was spoken."""
    event: Event
