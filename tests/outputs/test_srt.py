"""A SubRip file shows exactly what was said."""

import re

from hypothesis import given

from app.captions.event import Event
from app.outputs.cues import schedule, split_cues
from app.outputs.subtitles import write
from tests.support.ffmpeg_subtitles import read_with_ffmpeg
from tests.support.odd_phrases import CASES, PHRASES, kept_phrases, named_texts, through_disk
from tests.support.subtitle_readers import read_srt


@CASES
@given(PHRASES)
def test_cues_are_read_back(phrases: list[Event]) -> None:
    """Every cue is read back: its times, and its lines to the letter."""
    kept = kept_phrases(phrases)
    timed = schedule(
        cue
        for event, text in zip(kept, named_texts(kept), strict=True)
        for cue in split_cues(text, event.start_s, event.end_s)
    )
    assert read_srt(through_disk(write("srt", phrases))) == timed


@CASES
@given(PHRASES)
def test_ffmpeg_reads_the_same(phrases: list[Event]) -> None:
    """FFmpeg finds the same cues, and reads nothing in them as markup, except braces."""
    text = write("srt", phrases)
    raw = re.findall("-->.*\n((?:.+\n)+)", text)
    for cue, line, (at_ms, long_ms, found) in zip(read_srt(text), raw, read_with_ffmpeg("srt", text), strict=True):
        assert (at_ms, at_ms + long_ms) == (round(cue.start_s * 1000), round(cue.end_s * 1000))
        assert "{" in line or found == line.removesuffix("\n")
