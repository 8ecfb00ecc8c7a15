"""Writes cues as SubRip; pure.

There is no standard: numbers and times follow SubRip, and the format has no escapes. So an invisible word joiner keeps
players from reading speech as a tag, a time, an entity or a code of ASS. Players that convert SRT to ASS (FFmpeg, mpv)
still hide text in braces; in WebVTT it is shown.
"""

import re
from collections.abc import Iterable

from app.outputs.cues import Cue
from app.outputs.timecodes import format_times

JOINER = "\u2060"
# joiners that were said may follow: one more is added to them, so that a reader can remove exactly that one
_MARKUP = re.compile(rf"[<{{\\]|--(?={JOINER}*>)|&(?={JOINER}*#?\w+;)")


def write(cues: Iterable[Cue]) -> str:
    """Return cues as SubRip, numbered from 1; their lines must be tidy. Speakers are left out."""
    return "".join(
        f"{i}\n{format_times(cue, ',')}\n" + "".join(f"{_escape(line)}\n" for line in cue.lines) + "\n"
        for i, cue in enumerate(cues, start=1)
    )


def _escape(line: str) -> str:
    return _MARKUP.sub(rf"\g<0>{JOINER}", line)
