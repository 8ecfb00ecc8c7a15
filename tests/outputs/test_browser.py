"""A browser shows what was said, whatever it was."""

import random

from app.captions.event import Event
from app.outputs import vtt
from app.outputs.cues import Cue
from app.outputs.subtitles import write
from tests.support.browser import open_page
from tests.support.odd_phrases import MARKUP

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


async def test_a_browser_reads_the_same_cues() -> None:
    """Chromium finds the cues of a WebVTT file that our reader finds: times, text and voices."""
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
    ] == vtt.read(text)
