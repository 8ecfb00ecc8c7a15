"""The names of speakers as people see them; pure.

A phrase has the label of its speaker, which never changes: the name of a source or channel, or `Speaker 1`. The room
maps labels to the names that are shown. So a new name applies to everything that was said, and two labels with one name
are one speaker.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.captions.event import Event


def shown_name(label: str | None, names: Mapping[str, str]) -> str | None:
    """Return the name to show for a speaker's label; None if nobody is named."""
    return (names.get(label, label) or None) if label else None


@dataclass(frozen=True, slots=True)
class SpeakerNaming:
    """The names that a room shows now."""

    names: Mapping[str, str] = field(default_factory=dict)
    """The names that are shown, by the label of the speaker."""
    is_shown: bool = True
    """Whether names are shown at all."""

    def shown(self, label: str | None) -> str | None:
        """Return the name to show for a label; None if nobody is named."""
        return shown_name(label, self.names) if self.is_shown else None

    def resolve(self, event: Event) -> Event:
        """Return an event whose speaker is the name to show."""
        name = self.shown(event.speaker)
        return event if name == event.speaker else replace(event, speaker=name)


def mark_change(before: str | None, name: str | None) -> str:
    """Return what stands before the words of a speaker, given the name of who spoke before them.

    That is the name where the speaker changes. Nobody's words are given to the person before: where it is not known who
    speaks now, `>> ` marks the change, as in captions of television.
    """
    if (name or None) == (before or None):
        return ""
    return f"{name}: " if name else ">> "
