"""What SRT and WebVTT share: blocks between empty lines, with a line of times and the lines of a cue; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.errors import SettingsError
from app.outputs.cues import Cue

Point = Literal[",", "."]
"""What stands before the milliseconds: a comma in SRT, a full stop in WebVTT."""

ARROW = "-->"

_MOMENT = "(?:([0-9]{2,9}):)?([0-5][0-9]):([0-5][0-9])%s([0-9]{3})"
_ENDS = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class CueBlock:
    """Lines that stand together in a file."""

    lines: tuple[str, ...]
    number: int
    """Of the first line in the file, from 1."""


def blocks(text: str) -> Iterator[CueBlock]:
    """Yield the blocks of a file; lines end as on Unix, Windows or old Macs, and a byte order mark is no part of it."""
    lines = [*_ENDS.split(text.removeprefix("\ufeff")), ""]
    first = 0
    for i, line in enumerate(lines):
        if not line:
            if i > first:
                yield CueBlock(tuple(lines[first:i]), first + 1)
            first = i + 1


def times(cue: Cue, point: Point) -> str:
    """Return a cue's line of times, to the millisecond."""
    return f"{_moment(cue.start_s, point)} {ARROW} {_moment(cue.end_s, point)}"


def read_times(line: str, point: Point, number: int) -> tuple[float, float]:
    """Return start and end in seconds; what follows them, as WebVTT's settings, is left out.

    Raises:
        SettingsError: Line `number` is no line of times, or the cue ends before it begins.
    """
    moment = _MOMENT % re.escape(point)
    found = re.match(rf"{moment}[ \t]*{ARROW}[ \t]*{moment}(?![^ \t])", line)
    if found is None:
        raise wrong(f"times such as 00:00:01{point}000 {ARROW} 00:00:02{point}500", line, number)
    start_s, end_s = _seconds(*found.groups()[:4]), _seconds(*found.groups()[4:])
    if end_s < start_s:
        raise wrong("a cue that ends no sooner than it begins", line, number)
    return start_s, end_s


def wrong(expected: str, line: str, number: int) -> SettingsError:
    """Return the error for a line that is not as expected."""
    came = f"{line[:60]!r}" if line else "nothing"
    return SettingsError(f"Expected {expected} in line {number} of the file, but got {came}. Mend that line.")


def _moment(at_s: float, point: Point) -> str:
    at_ms = round(at_s * 1000)
    minutes, seconds = divmod(at_ms // 1000, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{point}{at_ms % 1000:03}"


def _seconds(hours: str | None, minutes: str, seconds: str, ms: str) -> float:
    return (((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(ms)) / 1000
