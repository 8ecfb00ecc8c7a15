"""The name of the person at a source, which may change while the source runs; no I/O."""

from bisect import bisect_right


class NamedSpeaker:
    """Who speaks at a source; nobody has a name at first. Times are on the session's clock."""

    def __init__(self, name: str = "") -> None:
        """Set the name from the beginning; an empty one names nobody."""
        self._names = [name]
        self._since_s = [0.0]

    @property
    def name(self) -> str:
        """The newest name; empty if nobody has one."""
        return self._names[-1]

    def rename(self, name: str, at_s: float) -> None:
        """Give what is said from `at_s` on another name; what was said before keeps its own."""
        if name == self.name:
            return
        if at_s <= self._since_s[-1]:
            self._names[-1] = name
        else:
            self._names.append(name)
            self._since_s.append(at_s)

    def label(self, start_s: float, end_s: float) -> str | None:
        """Return the name at the middle of this time, or None."""
        number = bisect_right(self._since_s, (start_s + end_s) / 2) - 1
        return self._names[max(0, number)] or None
