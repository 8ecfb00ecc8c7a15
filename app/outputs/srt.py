"""SubRip, as text and back; pure.

There is no standard: numbers and comma milliseconds are as SubRip wrote them, and nothing can be escaped. So a word
joiner, which nobody sees, keeps players from taking what was said for a tag, a time, an entity or a code of ASS. Those
that draw SRT by way of ASS (FFmpeg, mpv) hide what stands in braces all the same; WebVTT shows it.
"""

import re
from collections.abc import Iterable

from app.outputs.cues import Cue, tidy
from app.outputs.timecodes import ARROW, blocks, read_times, times, wrong

_JOINER = "\u2060"
# each matches with any number of joiners behind it, so that one more can be told from those that were said
_MARKUP = re.compile(rf"[<{{\\]|--(?={_JOINER}*>)|&(?={_JOINER}*#?\w+;)")
_JOINED = re.compile(rf"([<{{\\]|--(?={_JOINER}+>)|&(?={_JOINER}+#?\w+;)){_JOINER}")


def write(timed: Iterable[Cue]) -> str:
    """Return cues as SubRip, numbered from 1; their lines must be tidy. Speakers are left out."""
    return "".join(
        f"{i}\n{times(cue, ',')}\n" + "".join(f"{_escape(line)}\n" for line in cue.lines) + "\n"
        for i, cue in enumerate(timed, start=1)
    )


def read(text: str) -> list[Cue]:
    """Return the cues of a SubRip file: what `write` was given, but for speakers.

    Of other programs' files tags are kept as text, and lines become tidy.

    Raises:
        SettingsError: A cue does not begin with a number and times; the sentence says in which line.
    """
    found: list[Cue] = []
    for block in blocks(text):
        number, moments, *lines = *block.lines, *[""] * max(0, 2 - len(block.lines))
        if re.fullmatch("[0-9]+", number) is None:
            raise wrong("the number of a cue", number, block.number)
        start_s, end_s = read_times(moments, ",", block.number + 1)
        for i, line in enumerate(lines, start=block.number + 2):
            if ARROW in line:
                raise wrong("an empty line before the next cue", line, i)
        tidied = (tidy(_unescape(line)) for line in lines)
        found.append(Cue(start_s, end_s, tuple(line for line in tidied if line)))
    return found


def _escape(line: str) -> str:
    return _MARKUP.sub(rf"\g<0>{_JOINER}", line)


def _unescape(line: str) -> str:
    return _JOINED.sub(r"\1", line)
