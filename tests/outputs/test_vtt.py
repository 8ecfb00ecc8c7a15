"""A WebVTT file shows exactly what was said."""

import random

from hypothesis import given

from app.captions.event import Event
from app.outputs.cues import Cue, schedule, split_cues, tidy
from app.outputs.subtitles import write
from tests.support.browser import open_page
from tests.support.ffmpeg_subtitles import read_with_ffmpeg
from tests.support.odd_phrases import CASES, MARKUP, PHRASES, kept_phrases, through_disk
from tests.support.subtitle_readers import read_vtt

READ = """async text => {
    const track = document.createElement("track");
    track.src = URL.createObjectURL(new Blob([text], {type: "text/vtt"}));
    const loaded = new Promise((done, failed) => { track.onload = done; track.onerror = failed; });
    document.body.appendChild(document.createElement("video")).append(track);
    track.track.mode = "hidden";
    await loaded;
    return [...track.track.cues].map(cue => {
        const shown = cue.getCueAsHTML();
        const voice = shown.querySelector("span[title]");
        return [cue.startTime, cue.endTime, shown.textContent, voice ? voice.title : null];
    });
}"""


@CASES
@given(PHRASES)
def test_cues_are_read_back(phrases: list[Event]) -> None:
    """Every cue is read back: its times, its lines to the letter, and its speaker, tidy."""
    timed = schedule(
        cue
        for event in kept_phrases(phrases)
        for cue in split_cues(event.committed, event.start_s, event.end_s, tidy(event.speaker or "") or None)
    )
    assert read_vtt(through_disk(write("vtt", phrases))) == timed


@CASES
@given(PHRASES)
def test_ffmpeg_reads_the_same(phrases: list[Event]) -> None:
    """FFmpeg finds the same cues, and reads nothing in them as markup, except braces."""
    text = write("vtt", phrases)
    for cue, (at_ms, long_ms, found) in zip(read_vtt(text), read_with_ffmpeg("webvtt", text), strict=True):
        line = "\n".join(cue.lines)
        assert (at_ms, at_ms + long_ms) == (round(cue.start_s * 1000), round(cue.end_s * 1000))
        # FFmpeg adds a word joiner after a backslash, as we do in SRT
        assert "{" in line or found.replace("\\\u2060", "\\") == line.replace("\\\u2060", "\\")


async def test_a_browser_reads_the_same_cues() -> None:
    """Chromium finds the cues of a WebVTT file that our own reader finds: times, text and voices."""
    chance = random.Random(5)
    phrases = [
        Event(
            *("main", "e", i, f"1-{i}", 1, "clip", "original", "final", "en", i * 1.5, i * 1.5 + 1.25),
            "".join(chance.choices(MARKUP, k=8)),
            speaker="".join(chance.choices(MARKUP, k=3)) if i % 3 == 0 else None,
        )
        for i in range(2000)
    ]
    text = write("vtt", phrases)
    async with open_page() as page:
        found = await page.evaluate(READ, text)
    assert [
        Cue(start_s, end_s, tuple(shown.split("\n")), speaker) for start_s, end_s, shown, speaker in found
    ] == read_vtt(text)
