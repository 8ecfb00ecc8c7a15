"""Writes cues as WebVTT; pure.

Source: W3C WebVTT, sections 4.1 (file) and 4.2.2 (cue text: escapes, voice tags).
"""

import re
from collections.abc import Iterable

from app.outputs.cues import Cue
from app.outputs.timecodes import format_times


def write(cues: Iterable[Cue]) -> str:
    """Return cues as WebVTT, with speakers as voice tags; lines and speakers must be tidy."""
    return "WEBVTT\n\n" + "".join(
        f"{format_times(cue, '.')}\n{_voice(cue)}" + "".join(f"{_escape(line)}\n" for line in cue.lines) + "\n"
        for cue in cues
    )


def _voice(cue: Cue) -> str:
    # a hyphen at the end of a name would make an arrow with the end of the tag
    return f"<v {re.sub('-$', '&#45;', _escape(cue.speaker))}>" if cue.speaker else ""


def _escape(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
