"""Speech into one browser page becomes subtitles on another; only the microphone is fake."""

import asyncio
import json
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import async_playwright
from websockets.asyncio.client import connect

from app.bench.score import count_word_errors
from app.decode import demo_files
from app.media import media_source
from tests.support.program import running_surtitle
from tests.support.raw_peer import KEY
from tests.support.required_program import require_program

CHROMIUM = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


@pytest.fixture
def meeting(tmp_path: Path) -> Path:
    """Write the first twenty seconds of the demo meeting as Chromium's microphone takes them."""
    samples = media_source.load(demo_files.MEETING)[: 20 * 16_000]
    path = tmp_path / "meeting.wav"
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(16_000)
        recording.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


@pytest.mark.timing
async def test_speech_in_one_page_is_subtitles_in_another(meeting: Path, tmp_path: Path) -> None:
    """Words spoken on one page appear in English on another; a page that is killed leaves no unfinished phrase."""
    script = json.loads(demo_files.MEETING_SCRIPT.read_text(encoding="utf-8"))["lines"]
    program = require_program("chromium")
    words = ("serve", "--model", "demo", "--language", "de,en", "--task", "translate", "--port", "0")
    with running_surtitle(*words, SURTITLE_KEY=KEY) as service:
        address = service.wait_for(r"All links: +(http://127\.0\.0\.1:\d+)/")
        async with async_playwright() as play:
            options = [*CHROMIUM, f"--use-file-for-fake-audio-capture={meeting}%noloop"]
            watching = await play.chromium.launch(executable_path=program, args=CHROMIUM)
            complaints: list[str] = []
            overlay = await watching.new_page(viewport={"width": 1280, "height": 720})
            overlay.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            overlay.on("pageerror", lambda error: complaints.append(str(error)))
            await overlay.goto(f"{address}/overlay/main?lang=en&clear=0&lines=8")

            speaking = await play.chromium.launch(executable_path=program, args=options)
            page = await speaking.new_page()
            await page.goto(f"{address}/microphone/main#{KEY}")
            await page.click("#talk")
            await overlay.locator(".caption-final", has_text="everyone").first.wait_for(timeout=25_000)
            await overlay.locator(".caption-final", has_text="Tuesday").first.wait_for(timeout=25_000)
            picture = await overlay.screenshot(path=tmp_path / "overlay.png", omit_background=True)
            assert picture.startswith(b"\x89PNG")
            before = await rooms_phrases(address)
            await speaking.close()  # killed in the middle of the meeting, without a close
            await asyncio.sleep(3)
            killed = await rooms_phrases(address)

            again = await play.chromium.launch(executable_path=program, args=options)
            page = await again.new_page()
            await page.goto(f"{address}/microphone/main#{KEY}")
            await page.click("#talk")
            await asyncio.sleep(21)
            await page.click("#talk")
            await asyncio.sleep(3)
            after = await rooms_phrases(address)
            shown = " ".join((await overlay.locator("#stage").inner_text()).split())
            await again.close()
            await watching.close()
    assert complaints == []
    # all that was final stays as it was, and what was open when the page was killed is final too
    final = [phrase for phrase in before if phrase[1] == "final"]
    assert final
    assert killed[: len(final)] == final
    assert after[: len(killed)] == killed
    assert all(state == "final" for _, state, _ in killed)
    # the second page played from the beginning: each sentence is there once more, none twice in a row
    said = [text for name, _, text in after if name.startswith("2-")]
    expected = " ".join(word["text"] for line in script for word in line["words"] if word["end_s"] < 19.8)
    assert (count_word_errors(expected, " ".join(said)).rate or 0.0) <= 0.3
    assert all(first != second for first, second in pairwise(said))
    assert "Welcome to our meeting on Tuesday." in shown


async def rooms_phrases(address: str) -> list[tuple[str, str, str]]:
    """Return (name, state, text) of every phrase on the original track, as a new viewer gets them."""
    async with connect(f"ws{address.removeprefix('http')}/ws/main") as socket:
        await socket.send(json.dumps({"type": "hello", "role": "viewer"}))
        while True:
            message = json.loads(await socket.recv())
            if message["type"] == "snapshot":
                captions = [caption for caption in message["captions"] if caption["track"] == "original"]
                return [(caption["phrase"], caption["state"], caption["committed"]) for caption in captions]
