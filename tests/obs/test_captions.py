"""The room's words in the picture of a real OBS Studio, and in its stream."""

import asyncio
import io
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.async_api import async_playwright, expect

from app.outputs.obs import ObsCaptions
from app.outputs.obs_scene import TEXT
from app.outputs.settings import ObsOutput
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.health_recorder import HealthRecorder
from tests.support.obs_studio import PASSWORD, ObsStudio, run_obs
from tests.support.ports import free_port
from tests.support.program import run_surtitle
from tests.support.required_program import require_program

SCENE = "Subtitles of this test"
CAPTIONS = 20
BAR_S = 0.4
"""From commit to OBS, at the 95th percentile."""


@pytest.fixture(scope="module")
def studio(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObsStudio]:
    """Return a running OBS Studio, whose picture is small because the processor draws it."""
    with run_obs(root / "obs" / "surtitle-linux.json", tmp_path_factory.mktemp("obs")) as (found, _):
        size = {"baseWidth": 640, "baseHeight": 360, "outputWidth": 640, "outputHeight": 360}
        found.ask("SetVideoSettings", {**size, "fpsNumerator": 30, "fpsDenominator": 1})
        yield found


@asynccontextmanager
async def following(port: int) -> AsyncIterator[tuple[HostedRooms, HealthRecorder]]:
    """Show a room's English track in OBS as text while the block lasts."""
    rooms, reports = HostedRooms(), HealthRecorder()
    overlay = "http://127.0.0.1:8000/overlay/main"
    settings = ObsOutput("obs", port=port, password=PASSWORD, scene=SCENE, overlay=overlay, virtual_camera=True)
    output = ObsCaptions(settings, on_health=reports)
    task = asyncio.create_task(output.follow(rooms.main, after_seq=0))
    try:
        await reports.until("working", 60)
        yield rooms, reports
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        rooms.database.close()


def text(studio: ObsStudio) -> str:
    """Return the text in the text source."""
    return str(studio.ask("GetInputSettings", {"inputName": TEXT})["inputSettings"]["text"])


def has(studio: ObsStudio, word: str) -> bool:
    """Return whether the word is in the text source."""
    return word in text(studio)


def wait_for(is_so: Callable[[], bool]) -> float:
    """Wait until OBS shows it, and return the time."""
    deadline = time.monotonic() + 15
    while not is_so():
        assert time.monotonic() < deadline
    return time.monotonic()


def ink(picture: Image.Image) -> npt.NDArray[np.uint8]:
    """Return the opacity of each pixel of a transparent picture."""
    return np.asarray(picture.getchannel("A"))


async def test_the_words_are_in_the_picture(studio: ObsStudio) -> None:
    """Words appear in OBS's own screenshot at its lower edge, others look different, and at the end they disappear."""
    async with following(studio.port) as (rooms, _):

        async def picture(words: str) -> npt.NDArray[np.uint8]:
            rooms.say("1", words, rev=1, track="en")
            await asyncio.to_thread(wait_for, lambda: text(studio) == words)
            await asyncio.sleep(0.3)  # some frames, after which it is drawn
            return ink(await asyncio.to_thread(studio.screenshot, SCENE))

        empty = ink(await asyncio.to_thread(studio.screenshot, SCENE))
        morning, longer, again = await picture("Good"), await picture("Good morning"), await picture("Good")
    await asyncio.to_thread(wait_for, lambda: not ink(studio.screenshot(SCENE)).any())
    assert not empty.any()
    rows, columns = np.nonzero(morning)
    assert rows.min() > morning.shape[0] * 0.8
    assert rows.max() < morning.shape[0] * 0.97
    assert abs((columns.min() + columns.max()) / 2 - morning.shape[1] / 2) < morning.shape[1] * 0.01
    assert np.count_nonzero(longer) > 1.5 * np.count_nonzero(morning)
    assert (morning == again).all()


@pytest.mark.timing
async def test_words_come_soon(studio: ObsStudio) -> None:
    """From commit to OBS's own settings takes less than 400 ms at the 95th percentile."""
    took_s = []
    async with following(studio.port) as (rooms, _):
        for i in range(CAPTIONS):
            word = f"word{i}."
            began_s = time.monotonic()
            rooms.say(f"{i // 4}", " ".join(f"word{n}." for n in range(i // 4 * 4, i + 1)), "maybe", rev=i, track="en")
            shown_s = await asyncio.to_thread(wait_for, partial(has, studio, word))
            took_s.append(shown_s - began_s)
            await asyncio.sleep(i * 0.013)  # so that they do not fall into step with the updates
    assert sorted(took_s)[int(0.95 * CAPTIONS)] <= BAR_S, took_s


async def test_obs_is_started_again(root: Path, tmp_path: Path) -> None:
    """When OBS ends during a talk the output says so; in the next OBS it creates what is missing and goes on."""
    port, collection = free_port(), root / "obs" / "surtitle-linux.json"
    with ExitStack() as first, ExitStack() as second:
        await asyncio.to_thread(first.enter_context, run_obs(collection, home(tmp_path, "first"), port))
        async with following(port) as (rooms, reports):
            await asyncio.to_thread(first.close)
            await reports.until("retrying", 60)
            again = run_obs(collection, home(tmp_path, "second"), port)
            studio, _ = await asyncio.to_thread(second.enter_context, again)
            await reports.until("working", 60)
            rooms.say("1", "Here we are again.", rev=1, track="en")
            await asyncio.to_thread(wait_for, lambda: text(studio) == "Here we are again.")


def home(folder: Path, name: str) -> Path:
    """Create an empty home folder."""
    (folder / name).mkdir()
    return folder / name


def test_set_up_twice(studio: ObsStudio) -> None:
    """The command says what it did and what this OBS lacks; a second run creates nothing."""
    words = ["obs", "setup", "--port", str(studio.port), "--scene", "Made by the command"]
    before = studio.ask("GetSceneItemList", {"sceneName": "Meeting with subtitles"})
    first, second = (run_surtitle(*words, timeout_s=60, SURTITLE_OBS_PASSWORD=PASSWORD) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "Found OBS 29.0.2.\nMade the scene “Made by the command”.\n" in first.stdout
    assert "This OBS has no browser source" in first.stdout
    assert "This OBS has no virtual camera" in first.stdout
    assert "The scene “Made by the command” is there.\n" in second.stdout
    items = studio.ask("GetSceneItemList", {"sceneName": "Made by the command"})["sceneItems"]
    assert [item["sourceName"] for item in items] == [TEXT]
    assert studio.ask("GetSceneItemList", {"sceneName": "Meeting with subtitles"}) == before


def test_set_up_with_a_wrong_password(studio: ObsStudio) -> None:
    """The sentence says where the right password is, and does not repeat the wrong one."""
    done = run_surtitle("obs", "setup", "--port", str(studio.port), timeout_s=60, SURTITLE_OBS_PASSWORD="wrong-word")
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not accept this password" in done.stderr
    assert "wrong-word" not in done.stderr


def test_set_up_without_obs() -> None:
    """If nothing listens, the sentence says what to start and which box to tick."""
    done = run_surtitle("obs", "setup", "--port", str(free_port()), timeout_s=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Enable WebSocket server" in done.stderr


async def test_the_overlay_is_captured(studio: ObsStudio) -> None:
    """OBS captures a screen on which a browser shows the overlay: its picture has the words as the page has them."""
    screen = {"sceneName": "Screen", "inputName": "The screen", "inputKind": "xshm_input"}
    studio.ask("CreateScene", {"sceneName": "Screen"})
    studio.ask("CreateInput", {**screen, "inputSettings": {"screen": 0, "show_cursor": False}})
    studio.ask("SetCurrentProgramScene", {"sceneName": "Screen"})
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, async_playwright() as play:
        browser = await play.chromium.launch(
            executable_path=require_program("chromium"),
            headless=False,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--window-position=0,0"],
            env={"DISPLAY": studio.display},
        )
        page = await (await browser.new_context(no_viewport=True)).new_page()
        await page.goto(f"http://127.0.0.1:{port}/overlay/main?clear=0")
        pages: list[Letters] = []
        films: list[Letters] = []
        for rev, words in enumerate(("Good morning", "Something else")):
            rooms.say(f"{rev}", words, rev=1, track="en", final=True)
            await expect(page.locator(".caption-final").last).to_have_text(words.split()[-1])
            await asyncio.sleep(1)  # some frames, of the browser and of OBS
            pages.append(letters(Image.open(io.BytesIO(await page.locator(".caption-box").screenshot()))))
            films.append(letters(box(await asyncio.to_thread(studio.screenshot, "The screen"))))
        await browser.close()
    assert all(likeness(film, page) > 0.9 for film, page in zip(films, pages, strict=True))
    assert likeness(films[0], pages[1]) < 0.7
    assert likeness(films[1], pages[0]) < 0.7


Letters = npt.NDArray[np.bool_]
"""The pixels of white letters."""


def letters(picture: Image.Image) -> Letters:
    """Return the pixels of the letters."""
    found: Letters = np.asarray(picture.convert("L")) > 150
    return found


def box(screen: Image.Image) -> Image.Image:
    """Cut the overlay's grey box out of a picture of the whole screen."""
    pixels = np.asarray(screen.convert("RGB")).astype(int)
    is_grey = np.less_equal(abs(pixels - 64), 2).all(axis=2)
    rows = np.nonzero(is_grey.sum(axis=1) > 300)[0]
    columns = np.nonzero(is_grey[rows].sum(axis=0) > len(rows) / 3)[0]
    assert len(rows), "there is no box on the screen"
    return screen.crop((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))


def likeness(one: Letters, other: Letters) -> float:
    """Return the share of letters' pixels that both have, at the best of places a few pixels apart."""
    height, width = (min(a, b) - 6 for a, b in zip(one.shape, other.shape, strict=True))
    middle = other[3 : 3 + height, 3 : 3 + width]
    shares = []
    for y in range(7):
        for x in range(7):
            moved = one[y : y + height, x : x + width]
            if moved.shape == middle.shape:
                shares.append((moved & middle).sum() / max(1, (moved | middle).sum()))
    return float(max(shares))


async def test_the_words_are_in_the_stream(studio: ObsStudio) -> None:
    """While OBS streams, a final phrase is in the stream as a CEA-608 caption; before that OBS says 501."""
    assert studio.try_to("SendStreamCaption", {"captionText": "No stream shows this."}) == 501
    port = free_port()
    heard, is_heard = "", threading.Event()

    def watch() -> None:
        nonlocal heard
        address = f"rtmp://127.0.0.1:{port}/live/key"
        # the first read returns everything that arrived while the library probed the stream
        with av.open(address, options={"listen": "1", "analyzeduration": "1000000"}, timeout=60) as stream:
            for packet in stream.demux(video=0):
                heard += captions_in(bytes(packet))
                if "second phrase" in heard:
                    is_heard.set()
                    return

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    custom = {"server": f"rtmp://127.0.0.1:{port}/live", "key": "key"}
    studio.ask("SetStreamServiceSettings", {"streamServiceType": "rtmp_custom", "streamServiceSettings": custom})
    async with following(studio.port) as (rooms, _):
        await asyncio.sleep(0.5)  # no event says that the listener listens
        studio.ask("StartStream")
        await asyncio.to_thread(wait_for, lambda: bool(studio.ask("GetStreamStatus")["outputActive"]))
        rooms.say("1", "The first phrase.", rev=1, track="en", final=True)
        rooms.say("2", "The second phrase is longer, and takes two lines.", rev=1, track="en", final=True)
        is_in_time = await asyncio.to_thread(is_heard.wait, 45)
    studio.try_to("StopStream")
    await asyncio.to_thread(watching.join, 15)
    assert is_in_time, heard
    assert "The first phrase." in heard


def captions_in(packet: bytes) -> str:
    """Return the characters of the CEA-608 captions in a packet of H.264 (ATSC A/53 part 4, user data GA94)."""
    start = packet.find(b"GA94\x03")
    if start < 0:
        return ""
    n_pairs = packet[start + 5] & 31
    triples = packet[start + 7 : start + 7 + 3 * n_pairs]
    pairs = [triples[i + 1 : i + 3] for i in range(0, len(triples) - 2, 3) if triples[i] & 7 == 4]
    return "".join(chr(byte & 0x7F) for pair in pairs for byte in pair if 32 <= byte & 0x7F < 127)
