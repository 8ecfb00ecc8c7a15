"""Phrases become files that players read as they were meant."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.captions.event import Event, State
from app.captions.lines import Cue
from app.outputs.subtitles import Format, srt, vtt, write

LINES = st.text(alphabet="ab&<>{}-;lt/i #1\u00e4今", min_size=1, max_size=20).map(str.strip).filter(bool)
CUES = st.lists(
    st.builds(
        lambda start_ms, long_ms, lines: Cue(start_ms / 1000, (start_ms + long_ms) / 1000, tuple(lines)),
        st.integers(0, 400_000_000),
        st.integers(1, 10_000),
        st.lists(LINES, min_size=1, max_size=2),
    ),
    max_size=5,
)


def phrase(text: str, start_s: float, end_s: float, state: State = "final") -> Event:
    """Make a phrase as it stands in the log."""
    return Event("main", "e", 1, f"1-{start_s:.0f}", 1, "clip", "en", state, "en", start_s, end_s, text)


PHRASES = [
    phrase("Profit & loss: revenue <b>grew</b> by eight percent in Berlin.", 1.0, 5.5),
    phrase("This was not said.", 5.0, 6.0, "withdrawn"),
    phrase("Goodbye.", 3661.25, 3661.5, "corrected"),
]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "srt",
            "1\n00:00:01,000 --> 00:00:05,500\n"
            "Profit & loss: revenue <\u2060b>grew<\u2060/b>\nby eight percent in Berlin."
            "\n\n2\n01:01:01,250 --> 01:01:02,250\nGoodbye.\n\n",
        ),
        (
            "vtt",
            "WEBVTT\n\n00:00:01.000 --> 00:00:05.500\nProfit &amp; loss: revenue &lt;b&gt;grew&lt;/b&gt;\n"
            "by eight percent in Berlin.\n\n01:01:01.250 --> 01:01:02.250\nGoodbye.\n\n",
        ),
        ("txt", "Profit & loss: revenue <b>grew</b> by eight percent in Berlin.\nGoodbye.\n"),
    ],
)
def test_write(kind: Format, expected: str) -> None:
    """Each format has its times and escapes; what was withdrawn is left out."""
    assert write(kind, PHRASES) == expected


def test_no_phrases() -> None:
    """Before the first phrase a WebVTT file holds its header, the others nothing."""
    assert [write(kind, []) for kind in ("srt", "vtt", "txt")] == ["", "WEBVTT\n\n", ""]


def parse(text: str, point: str) -> list[Cue]:
    """Read cues back as a player does: blocks between empty lines, with their times in the line that has an arrow."""
    found: list[Cue] = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        times = next((i for i, line in enumerate(lines) if " --> " in line), None)
        if times is None:
            continue
        start_s, end_s = (_seconds(moment, point) for moment in lines[times].split(" --> "))
        found.append(Cue(start_s, end_s, tuple(lines[times + 1 :])))
    return found


def _seconds(moment: str, point: str) -> float:
    hours, minutes, seconds, ms = (int(part) for part in re.split("[:" + re.escape(point) + "]", moment))
    return round(hours * 3600 + minutes * 60 + seconds + ms / 1000, 3)


@given(CUES)
def test_vtt_reads_back(timed: list[Cue]) -> None:
    """What is read back from WebVTT is what was written, and no text passes for a tag."""
    text = vtt(timed)
    assert "<" not in text
    plain = [
        Cue(
            cue.start_s,
            cue.end_s,
            tuple(line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for line in cue.lines),
        )
        for cue in parse(text, ".")
    ]
    assert plain == timed


@given(CUES)
def test_srt_reads_back(timed: list[Cue]) -> None:
    """What is read back from SubRip is what was written, and no text passes for a tag."""
    text = srt(timed)
    assert re.search(r"<[a-z/]|\{[\\a-z]", text) is None
    plain = [
        Cue(cue.start_s, cue.end_s, tuple(line.replace("\u2060", "") for line in cue.lines)) for cue in parse(text, ",")
    ]
    assert plain == timed
