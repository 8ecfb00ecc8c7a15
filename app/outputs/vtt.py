"""WebVTT, as text and back; pure.

Source: W3C WebVTT, sections 4.1 (file), 4.2.2 (cue text: escapes, voice tags) and 6.1 (parsing).
"""

import html
import re
from collections.abc import Iterable

from app.outputs.cues import Cue, tidy
from app.outputs.timecodes import ARROW, CueBlock, blocks, read_times, times, wrong

_HEADER = re.compile(r"WEBVTT(?![^ \t])")
_ASIDE = re.compile(r"(NOTE|STYLE|REGION)(?![^ \t])")
_VOICE = re.compile(r"<v(?:\.[^ \t>]*)?[ \t]([^>]*)>")
_TAG = re.compile("<[^>]*>?")


def write(timed: Iterable[Cue]) -> str:
    """Return cues as WebVTT, speakers as voice tags; lines and speakers must be tidy."""
    return "WEBVTT\n\n" + "".join(
        f"{times(cue, '.')}\n{_voice(cue)}" + "".join(f"{_escape(line)}\n" for line in cue.lines) + "\n"
        for cue in timed
    )


def read(text: str) -> list[Cue]:
    """Return the cues of a WebVTT file: what `write` was given.

    Of other programs' files names of cues, settings, notes, styles and all tags but the first voice are left out, and
    lines become tidy.

    Raises:
        SettingsError: The header is missing, or a cue has no times; the sentence says in which line.
    """
    found = list(blocks(text))
    if not found or found[0].number != 1 or _HEADER.match(found[0].lines[0]) is None:
        raise wrong("WEBVTT", found[0].lines[0] if found and found[0].number == 1 else "", 1)
    for i, line in enumerate(found[0].lines[1:], start=2):
        if ARROW in line:
            raise wrong("an empty line before the first cue", line, i)
    return [_read_cue(block) for block in found[1:] if ARROW in block.lines[0] or not _ASIDE.match(block.lines[0])]


def _read_cue(block: CueBlock) -> Cue:
    named = int(ARROW not in block.lines[0] and len(block.lines) > 1)
    number = block.number + named
    start_s, end_s = read_times(block.lines[named], ".", number)
    lines = block.lines[named + 1 :]
    for i, line in enumerate(lines, start=number + 1):
        if ARROW in line:
            raise wrong("an empty line before the next cue", line, i)
    text = "\n".join(lines)
    voice = _VOICE.search(text)
    tidied = (tidy(html.unescape(line)) for line in _TAG.sub("", text).split("\n"))
    speaker = tidy(html.unescape(voice[1])) if voice else ""
    return Cue(start_s, end_s, tuple(line for line in tidied if line), speaker or None)


def _voice(cue: Cue) -> str:
    # a name's last hyphen must not make an arrow with the end of the tag
    return f"<v {re.sub('-$', '&#45;', _escape(cue.speaker))}>" if cue.speaker else ""


def _escape(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
