"""Remembers the names of phrases, up to a limit; pure."""


class RecentPhrases:
    """The names of the newest phrases that were added."""

    def __init__(self, limit: int) -> None:
        """Start with no names; beyond the limit the oldest name is forgotten."""
        self._limit = limit
        self._names: dict[str, None] = {}

    def __contains__(self, name: str) -> bool:
        """Return whether a name is remembered."""
        return name in self._names

    def add(self, name: str) -> None:
        """Remember a name."""
        self._names[name] = None
        if len(self._names) > self._limit:
            del self._names[next(iter(self._names))]
