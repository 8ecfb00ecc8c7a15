"""The names of speakers as people see them; pure.

A phrase has the label of its speaker, which never changes: the name of a source or channel, or `Speaker 1`. The room
maps labels to the names that are shown. So a new name applies to everything that was said, and two labels with one name
are one speaker.
"""

from collections.abc import Mapping


def shown_name(label: str | None, names: Mapping[str, str]) -> str | None:
    """Return the name to show for a speaker's label; None if nobody is named."""
    return (names.get(label, label) or None) if label else None
