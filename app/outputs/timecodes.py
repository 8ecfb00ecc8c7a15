"""The line of times of a cue in SRT and WebVTT; pure."""

from typing import Literal

from app.outputs.cues import Cue

Point = Literal[",", "."]
"""The character before the milliseconds: a comma in SRT, a full stop in WebVTT."""

ARROW = "-->"


def format_times(cue: Cue, point: Point) -> str:
    """Return a cue's line of times, to the millisecond."""
    return f"{_format_time(cue.start_s, point)} {ARROW} {_format_time(cue.end_s, point)}"


def _format_time(at_s: float, point: Point) -> str:
    at_ms = round(at_s * 1000)
    minutes, seconds = divmod(at_ms // 1000, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{point}{at_ms % 1000:03}"
