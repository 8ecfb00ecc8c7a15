"""Measures what readers of subtitles get: `python -m tests.overlay_measure` plays the demo meeting into Chromium.

A service plays the meeting in real time; the page records every word that it shows, in every frame. `--material spoken`
plays made-up speech instead, from a seed, into a page whose clock runs as fast as it can.
"""

import argparse
import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from app.captions.event import ORIGINAL
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page
from tests.support.program import running_surtitle
from tests.support.shown_report import ShownReport, percentile, report
from tests.support.shown_words import LOOK, WATCH, Record, open_virtual, play, read_frames
from tests.support.spoken_captions import VOCABULARIES, Speech, spoken_messages

LONELY = frozenset(word for language in ("en", "de") for word in VOCABULARIES[language][0].split())
"""Words that should not end a line, in the meeting's languages."""

TABLE: list[tuple[str, Callable[[ShownReport], str]]] = [
    ("time with text", lambda found: f"{found.seconds:.0f} s"),
    ("of it with fragments", lambda found: f"{100 * found.fragment_share:.1f} %"),
    ("a word is shown, p5", lambda found: f"{percentile(found.word_s, 0.05):.2f} s"),
    ("solid words that were shown as such for less than 1 s", lambda found: f"{len(found.brief)}"),
    ("a solid word is shown as such, least", lambda found: f"{min(found.solid_s, default=0):.2f} s"),
    ("solid words that moved", lambda found: f"{len(found.moves)}"),
    ("received to shown, p50 / p95 / most", lambda found: _three(found.first_lag_s)),
    ("committed to shown, p50 / p95 / most", lambda found: _three(found.commit_lag_s)),
    ("committed words that were never shown", lambda found: f"{len(found.missing)}"),
    ("lines that end with an article or the head of a sentence", lambda found: f"{len(found.bad_breaks)}"),
]


@dataclass(frozen=True)
class View:
    """Which page is measured."""

    page: str = "overlay"
    query: str = ""
    width: int = 1280
    height: int = 720

    def address(self, base: str) -> str:
        """Return the address of the page of the room `main`."""
        return f"{base}/{self.page}/main?{self.query}"


async def record_meeting(view: View, seconds: float) -> Record:
    """Play the demo meeting, again and again, and record what the page shows in real time."""
    with running_surtitle("demo", "--port", "0") as program:
        base = await asyncio.to_thread(program.wait_for, r"(http://[\d.]+:\d+)/", 120)
        async with open_page(width=view.width, height=view.height) as page:
            await page.add_init_script(LOOK + WATCH)
            await page.goto(view.address(base))
            await asyncio.sleep(seconds)
            frames, received, end_ms = await page.evaluate("[frames, received, performance.now()]")
        program.kill()
    messages = [(at_ms / 1000, json.loads(data)) for at_ms, data in received]
    return Record(messages, read_frames(frames), end_ms / 1000)


async def record_speech(view: View, speech: Speech, seed: int) -> Record:
    """Play made-up speech, and record what the page shows on a clock of its own."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=view.width, height=view.height) as page:
        await open_virtual(page, view.address(f"http://127.0.0.1:{port}"))
        return await play(page, spoken_messages(speech, seed))


def print_report(record: Record, write: Callable[[str], object] = print) -> None:
    """Write a table for each track that was shown."""
    for track in sorted({track for frame in record.frames for track in frame.boxes}):
        found = report(record, track, lonely=LONELY)
        if not found.seconds:
            continue
        write(f"\n{track}")
        for name, value in TABLE:
            write(f"  {name:58}{value(found)}")
        for title, places in (("fragment", found.fragments), ("moved", found.moves), ("end", found.bad_breaks)):
            for at_s, text in places[:5]:
                write(f"    {title} at {at_s:.2f} s: {text}")


def _three(values: list[float]) -> str:
    shares = [percentile(values, share) for share in (0.5, 0.95)]
    return " / ".join(f"{value:.2f}" for value in [*shares, max(values, default=0.0)]) + " s"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--material", choices=("demo", "spoken"), default="demo")
    parser.add_argument("--page", choices=("overlay", "stage"), default="overlay")
    parser.add_argument("--query", default="", help="parameters of the page, such as lines=3&lang=original")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--seed", type=int, default=0, help="of made-up speech, as all that follows")
    parser.add_argument("--language", choices=tuple(VOCABULARIES), default="en")
    parser.add_argument("--words", type=float, default=2.6, help="words per second")
    parser.add_argument("--speakers", type=int, default=1)
    given = parser.parse_args()
    view = View(given.page, given.query, given.width, given.height)
    seconds = 60 * given.minutes
    if given.material == "demo":
        record = asyncio.run(record_meeting(view, seconds))
    else:
        speech = Speech(given.language, seconds, given.words, speakers=given.speakers)
        view = View(given.page, f"lang={ORIGINAL}&{given.query}", given.width, given.height)
        record = asyncio.run(record_speech(view, speech, given.seed))
    print_report(record)


if __name__ == "__main__":
    main()
