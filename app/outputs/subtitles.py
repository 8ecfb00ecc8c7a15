"""Phrases as the text of a subtitle file: SRT, WebVTT, plain text or JSON; pure."""

from collections.abc import Callable, Iterable, Sequence
from json import dumps
from typing import Literal

from app.captions.event import Event
from app.captions.lines import Cue, cues, schedule

Format = Literal["srt", "vtt", "txt", "json"]
"""The formats by their file suffix."""

_JOINER = "\u2060"
"""Word joiner, which nobody sees: SRT has no escapes, so it keeps players from reading text as a tag or a time."""


def write(kind: Format, phrases: Sequence[Event]) -> str:
    """Return the whole file for these phrases, of one track, in the order of their sound; withdrawn ones are left out.

    Times are seconds on the room's audio clock. Lines end in a newline, files in UTF-8 need nothing more.
    """
    kept = [event for event in phrases if event.state != "withdrawn" and event.committed.strip()]
    if kind == "txt":
        return "".join(" ".join(event.committed.split()) + "\n" for event in kept)
    if kind == "json":
        return json(kept)
    timed = schedule(cue for event in kept for cue in cues(event.committed, event.start_s, event.end_s))
    return srt(timed) if kind == "srt" else vtt(timed)


def json(phrases: Sequence[Event]) -> str:
    """Return phrases as a JSON list, one object a line; times in seconds, to the millisecond."""
    lines = (
        dumps(
            {
                "start_s": round(event.start_s, 3),
                "end_s": round(event.end_s, 3),
                "language": event.language,
                "speaker": event.speaker,
                "text": event.committed,
            },
            ensure_ascii=False,
        )
        for event in phrases
    )
    return "[\n" + ",\n".join(lines) + "\n]\n"


def srt(timed: Iterable[Cue]) -> str:
    """Return cues as SubRip: numbered from 1, with comma milliseconds, as SubRip wrote them; there is no standard."""
    return "".join(f"{i}\n{_cue(cue, ',', _escape_srt)}" for i, cue in enumerate(timed, start=1))


def vtt(timed: Iterable[Cue]) -> str:
    """Return cues as WebVTT. Source: W3C WebVTT, sections 4.1 (file) and 4.2.2 (escapes in cue text)."""
    return "WEBVTT\n\n" + "".join(_cue(cue, ".", _escape_vtt) for cue in timed)


def _cue(cue: Cue, point: str, escape: Callable[[str], str]) -> str:
    text = "\n".join(escape(line) for line in cue.lines)
    return f"{_moment(cue.start_s, point)} --> {_moment(cue.end_s, point)}\n{text}\n\n"


def _moment(at_s: float, point: str) -> str:
    at_ms = round(at_s * 1000)
    minutes, seconds = divmod(at_ms // 1000, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{point}{at_ms % 1000:03}"


def _escape_vtt(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escape_srt(line: str) -> str:
    return line.replace("<", f"<{_JOINER}").replace("{", f"{{{_JOINER}").replace("-->", f"--{_JOINER}>")
