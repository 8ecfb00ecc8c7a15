"""The words that stand in a text source now: two lines at most; pure."""

from app.captions.event import Event
from app.outputs.cues import CUE_LINES, columns, fill

CLEAR_S = 5.0
"""Silence after which the words go away."""

STANDING = 4
"""Phrases held: two fill the lines, the others come back if those are withdrawn."""

REMEMBERED = 500
"""Phrases known by name that have left the screen; about half an hour of talk."""

HEARD_LATE_S = 2.0
"""What is first heard of so soon after the screen was hidden may have been said before."""


class ObsScreen:
    """Takes what is said and tells what stands on two lines.

    Each phrase begins a line. A word stays on its line, and lines only roll up: what grows is never broken anew.
    Times are seconds of any clock that never goes back.
    """

    def __init__(self) -> None:
        """Begin blank."""
        self._standing: dict[str, str] = {}
        """Text of each phrase, oldest first."""
        self._left: dict[str, str | None] = {}
        """Phrases that have left, with the text they had; None if they must not come back."""
        self._hidden: dict[str, None] = {}
        self._clean_s = 0.0
        self.clears_s: float | None = None
        """When the words go away unless more come; None while there are none."""

    @property
    def phrases(self) -> tuple[str, ...]:
        """Names of the phrases held."""
        return tuple(self._standing)

    @property
    def text(self) -> str:
        """The lines, joined by a line feed."""
        lines = [line for text in self._standing.values() for line in fill(text)]
        return "\n".join(lines[-CUE_LINES:])

    def take(self, event: Event, now_s: float) -> None:
        """Show the phrase as it stands now; a correction changes what is on the screen and brings nothing back."""
        name, text, before = event.phrase, _text(event), self.text
        if name in self._hidden:
            return
        if name in self._standing:
            if text:
                self._standing[name] = text
            else:
                self._leave(name)
        elif name not in self._left and now_s < self._clean_s:
            self.pass_over(event)
        elif text and event.state in ("open", "final") and self._left.get(name, "") not in (None, text):
            self._left.pop(name, None)
            self._standing[name] = text
            if len(self._standing) > STANDING:
                self._leave(self.phrases[0], for_good=True)
        if self.text != before:
            self.clears_s = now_s + CLEAR_S if self._standing else None

    def pass_over(self, event: Event) -> None:
        """Never show this phrase, on whatever track it comes; for what is said while screens are hidden."""
        self._standing.pop(event.phrase, None)
        self._hidden[event.phrase] = None
        _keep_newest(self._hidden)

    def is_passed_over(self, event: Event) -> bool:
        """Say whether the phrase must not be shown."""
        return event.phrase in self._hidden

    def blank(self) -> None:
        """Take all words away; a phrase comes back only with other words."""
        for name in self.phrases:
            self._leave(name)
        self.clears_s = None

    def reveal(self, now_s: float) -> None:
        """Begin anew after the screen was hidden."""
        self._clean_s = now_s + HEARD_LATE_S

    def forget(self) -> None:
        """Take away, and know nothing of, what was said."""
        self._standing.clear()
        self._left.clear()
        self.clears_s = None

    def pass_time(self, now_s: float) -> None:
        """Blank the screen if it is time."""
        if self.clears_s is not None and now_s >= self.clears_s:
            self.blank()

    def _leave(self, name: str, *, for_good: bool = False) -> None:
        text = self._standing.pop(name)
        self._left.pop(name, None)
        self._left[name] = None if for_good else text
        _keep_newest(self._left)


def _keep_newest(names: dict[str, None] | dict[str, str | None]) -> None:
    if len(names) > REMEMBERED:
        del names[next(iter(names))]


def _text(event: Event) -> str:
    if event.state == "withdrawn":
        return ""
    between = "" if columns(event.committed[-1:]) == 2 else " "
    text = f"{event.committed}{between}{event.tentative}" if event.tentative else event.committed
    # half a character, which no text of OBS can hold, would break the connection
    return text.encode("utf-8", "replace").decode().strip()
