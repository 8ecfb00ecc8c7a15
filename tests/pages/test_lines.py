"""How words are laid out in lines, in a real browser."""

import asyncio
from typing import Any

from playwright.async_api import Page, expect

from app.captions.event import ORIGINAL
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page
from tests.support.caption_layout import expect_steady, line_height, places, rows, speak
from tests.support.shown_report import percentile, report
from tests.support.shown_words import Record, open_virtual, play
from tests.support.spoken_captions import Speech, caption_message, spoken_messages

EXCESS = "() => [...document.querySelectorAll('.caption-line')].map((line) => line.scrollWidth - line.clientWidth)"
"""How many pixels of each line are outside the box."""

SIDES = """() => {
  const line = document.querySelector('.caption-line');
  const box = line.getBoundingClientRect();
  const words = [...line.children].map((span) => span.getBoundingClientRect());
  const right = box.right - Math.max(...words.map((word) => word.right));
  const left = Math.min(...words.map((word) => word.left)) - box.left;
  return [getComputedStyle(line).direction, Math.round(right), Math.round(left)];
}"""
"""Direction of the first line, and the room right and left of its words."""

LONG = "internationale"
"""Two of these never share a line of twenty letters, whatever the font; one always fits."""


async def opened(page: Page, port: int, query: str) -> Page:
    """Open an overlay of the original, and wait until it is ready."""
    await page.goto(f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0&{query}")
    await page.wait_for_load_state("networkidle")
    return page


async def expect_rows(page: Page, wanted: list[str]) -> None:
    """Wait until exactly these lines are shown."""
    for _ in range(100):
        if (found := await rows(page)) == wanted:
            return
        await asyncio.sleep(0.1)
    assert found == wanted


def spoken(*states: tuple[float, str, str, str]) -> list[tuple[float, dict[str, Any]]]:
    """Return messages with these states of phrases: moment in seconds, phrase, committed and tentative text."""
    return [
        (at_s, caption_message(phrase, committed, tentative, rev=rev))
        for rev, (at_s, phrase, committed, tentative) in enumerate(states, 1)
    ]


def shown_at(record: Record, at_s: float) -> list[str]:
    """Return the lines that a page shows at a moment; tentative words are in brackets."""
    frame = next(frame for frame in reversed(record.frames) if frame.at_s <= at_s)
    lines: dict[float, list[str]] = {}
    for word in frame.boxes[ORIGINAL]:
        lines.setdefault(word.top, []).append(word.text.strip() if word.is_solid else f"[{word.text.strip()}]")
    return [" ".join(words) for _, words in sorted(lines.items())]


async def test_words_are_shown_when_they_are_spoken_and_turn_solid_in_place() -> None:
    """Grey words open lines, and lines roll up for them once they have stayed; nothing that is solid moves."""
    async with serve_rooms(HostedRooms()) as port, open_page(width=640, height=360) as page:
        await open_virtual(page, f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0&lines=2&maxchars=20")
        record = await play(
            page,
            spoken(
                (1, "1-0", "", f"{LONG}1 {LONG}2"),
                (2, "1-0", f"{LONG}1", f"{LONG}2 {LONG}3"),
                (3, "1-0", f"{LONG}1 {LONG}2 {LONG}3.", ""),
                # the beginning of the next phrase stays until that phrase comes
                (5, "1-1", "", f"{LONG}4. Two"),
                (6, "1-1", f"{LONG}4.", ""),
                (6.9, "1-2", "Two", "three"),
                # one that does not come goes
                (8, "1-2", "Two", "three. Four"),
                (9, "1-2", "Two three.", ""),
            ),
        )
    assert shown_at(record, 1.5) == [f"[{LONG}1]", f"[{LONG}2]"]
    # the word that has just turned solid stays for a second and a half before the third line comes
    assert shown_at(record, 2.5) == [f"{LONG}1", f"[{LONG}2]"]
    assert shown_at(record, 3.6) == [f"{LONG}2", f"{LONG}3."]
    assert shown_at(record, 5.1) == [f"[{LONG}4.]", "[Two]"]
    assert shown_at(record, 6.8) == [f"{LONG}4.", "[Two]"]
    assert shown_at(record, 7) == [f"{LONG}4.", "Two [three]"]
    assert shown_at(record, 9.5) == ["Two three.", "[Four]"]
    assert shown_at(record, 11.5) == ["Two three."]
    found = report(record, ORIGINAL)
    assert (found.fragments, found.moves, found.missing, found.brief) == ([], [], [], [])


async def test_a_flood_of_words_is_shown_to_its_end() -> None:
    """Of a hundred lines at once some are left out, the newest are there within 5 s, and none is shown too briefly."""
    async with serve_rooms(HostedRooms()) as port, open_page(width=640, height=360) as page:
        for query in ("lines=1", "lines=3", "lines=2&mode=block"):
            await open_virtual(page, f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0&maxchars=20&{query}")
            flood = [(1.0, f"1-{number}", f"{LONG}{number:03}.", "") for number in range(100)]
            record = await play(page, spoken((0.5, "0-0", "Before.", ""), *flood), rest_s=6)
            last = next(
                frame.at_s for frame in record.frames if f"{LONG}099. " in {w.text for w in frame.boxes[ORIGINAL]}
            )
            assert last <= 6.6
            found = report(record, ORIGINAL)
            assert found.moves == []
            assert found.brief == []


SPEECHES = [
    ("lines=1", Speech(seconds=20, wrong=0)),
    ("lines=3&maxchars=40", Speech("de", 20, 4.0, sentence=(4, 40))),
    ("lines=3&maxchars=30", Speech("fr", 20, is_translation=True)),
    ("lines=4&dir=rtl", Speech("ar", 20, speakers=2)),
    ("lines=2&mode=block", Speech(seconds=20, pause=0.4)),
    ("lines=2&pending=off", Speech(seconds=20)),
]


async def test_words_that_are_read_stay_and_do_not_move() -> None:
    """Whatever is spoken: solid words keep their place for a second and come soon; few texts are fragments."""
    async with serve_rooms(HostedRooms()) as port, open_page(width=640, height=360) as page:
        for query, speech in SPEECHES:
            await open_virtual(page, f"http://127.0.0.1:{port}/overlay/main?lang=original&{query}")
            found = report(await play(page, spoken_messages(speech, seed=7)), ORIGINAL)
            assert (found.moves, found.brief) == ([], []), query
            assert percentile(found.commit_lag_s, 0.95) <= 2.5
            assert found.fragment_share <= (0.1 if speech.speakers > 1 else 0.02), query


BREAKS = [
    ("en", "We have to finish the internationalisation of the house.", "the"),
    ("de", "Wir gehen heute mit der Donaudampfschifffahrt nach Hause.", "der"),
    ("fr", "Nous allons commencer avec les internationalisations.", "les"),
    ("es", "Vamos a empezar hoy con las internacionalizaciones.", "las"),
    ("pt", "Vamos falar hoje sobre as internacionalizações.", "as"),
    ("it", "Oggi parliamo un poco delle internazionalizzazioni.", "delle"),
    ("en", "We are finished now. It internationalises everything.", "It"),
]


async def test_lines_end_where_a_reader_can_pause() -> None:
    """No line ends with an article, a preposition or the first word of a sentence, however the words arrive."""
    async with serve_rooms(HostedRooms()) as port, open_page(width=640, height=360) as page:
        for maxchars in (28, 34):
            await open_virtual(
                page, f"http://127.0.0.1:{port}/overlay/main?lang=original&clear=0&lines=8&maxchars={maxchars}"
            )
            for number, (language, text, word) in enumerate(BREAKS):
                words = text.split()
                steps = [
                    (
                        3.0 * number + 0.1 * n,
                        caption_message(f"1-{number}", " ".join(words[:n]), " ".join(words[n : n + n % 3])),
                    )
                    for n in range(1, len(words) + 1)
                ]
                for rev, (_, message) in enumerate(steps, 1):
                    message["caption"] |= {"language": language, "rev": rev, "source": f"s{number}"}
                record = await play(page, steps, rest_s=1)
                ends = [line.split()[-1] for line in shown_at(record, record.end_s)]
                assert word not in ends, (language, maxchars)
            tail = "We can test the platform one week."
            record = await play(page, [(30, caption_message("2-0", tail))], rest_s=1)
            assert "week." not in shown_at(record, 31), "the last word of a sentence is not alone"


async def test_two_speakers_at_once_move_nothing() -> None:
    """Each speaker has separate lines; words move only up, by whole lines."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await opened(page, port, "lines=4&maxchars=40")
        said: dict[str, list[str]] = {"1-0": [], "2-0": []}
        before: list[tuple[str, int, int]] = []
        for step in range(1, 15):
            for phrase, name in (("1-0", "anna"), ("2-0", "ben")):
                said[phrase].append(f"{name}{step}")
                speak(rooms, phrase, " ".join(said[phrase]), f"grey-{name}", rev=step, state="open")
                await expect(page.locator(".caption-final").filter(has_text=f"{name}{step} ")).to_have_count(1)
            now = await places(page)
            if before:
                expect_steady(before, now, await line_height(page))
            before = now
        for line in await page.locator(".caption-line").all():
            row = [word.strip() for word in await line.locator(".caption-final").all_text_contents()]
            assert len({word.rstrip("0123456789") for word in row}) <= 1, f"{row} has two voices"
            numbers = [int(word.lstrip("aben")) for word in row]
            assert numbers == sorted(numbers)
        words = [word for word in await page.locator(".caption-final").all_inner_texts() if word]
        assert sorted(words) == sorted(set(words)), "no word twice"


SCRIPTS = [
    (
        "ja",
        "本日は、「東京」の（新しい）会場へようこそ。字幕は、このように表示されます！ちょっと、AIの話をしましょう。",
    ),
    ("zh", "各位来宾，大家好！欢迎来到“上海”会场；今天，我们将讨论（人工智能）的未来。谢谢大家！"),
    ("th", "ยินดีต้อนรับทุกท่านเข้าสู่ห้องประชุมใหญ่ในวันนี้เราจะพูดถึงอนาคตของปัญญาประดิษฐ์ครับ"),
]


async def test_scripts_without_spaces_break_where_allowed() -> None:
    """Lines are full, none starts with closing or ends with opening punctuation, and shown words do not move."""
    async with open_page(width=640, height=360) as page:
        for language, text in SCRIPTS:
            rooms = HostedRooms()
            async with serve_rooms(rooms) as port:
                await opened(page, port, "lines=8&maxchars=20")
                before: list[tuple[str, int, int]] = []
                for end in [*range(5, len(text), 7), len(text)]:
                    speak(rooms, "1-0", text[:end], rev=end, language=language, state="open")
                    await expect(page.locator(".caption-box")).to_have_text(text[:end], use_inner_text=False)
                    now = await places(page)
                    for i, (word, left, top) in enumerate(before[:-1]):  # the last may still get a closing mark
                        assert now[i] == (word, left, top)
                    before = now
                lines = await rows(page)
                assert "".join(lines) == text
                assert len(lines) >= 3
                assert max(await page.evaluate(EXCESS)) <= 1
                assert not [line for line in lines if line[0] in "、。，；！？）」”ょっゃー"]
                assert not [line for line in lines if line[-1] in "（「“"]


async def test_a_word_longer_than_a_line_is_cut() -> None:
    """It is shown whole, over several lines."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=640, height=360) as page:
        await opened(page, port, "lines=8&maxchars=20")
        speak(rooms, "1-0", "short " + "donaudampfschiff" * 4 + " end")
        await expect(page.locator(".caption-final").last).to_have_text("end")
        lines = await rows(page)
        assert "".join(lines).replace(" ", "") == "short" + "donaudampfschiff" * 4 + "end"
        assert len(lines) >= 4


async def test_right_to_left_lines_begin_on_the_right() -> None:
    """Arabic does so by default; `dir` overrides it for any language, and `align` stays on its side."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await opened(page, port, "")
        speak(rooms, "1-0", "OBS كلمات عربية", language="ar")
        await expect(page.locator(".caption-final")).to_have_count(3)
        direction, from_right, from_left = await page.evaluate(SIDES)
        assert (direction, from_right) == ("rtl", 0)
        assert from_left > 100
        await opened(page, port, "dir=ltr")
        await expect(page.locator(".caption-final")).to_have_count(3)
        direction, from_right, from_left = await page.evaluate(SIDES)
        assert (direction, from_left) == ("ltr", 0)
        rooms.main.correct("1-0", "original", "now it is English")
        await opened(page, port, "dir=rtl")
        await expect(page.locator(".caption-final").last).to_have_text("English")
        direction, from_right, _ = await page.evaluate(SIDES)
        assert (direction, from_right) == ("rtl", 0)


async def test_a_correction_changes_shown_text_and_brings_nothing_back() -> None:
    """A corrected phrase changes in place within 1.5 s, a withdrawn one disappears, and lines above do not move."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await opened(page, port, "lines=4&mode=block")
        for number, text in enumerate(["gone before", "one", "two wrong words", "three", "four"]):
            speak(rooms, f"1-{number}", text)
        await expect_rows(page, ["one", "two wrong words", "three", "four"])
        before = await places(page)
        asked = asyncio.get_running_loop().time()
        rooms.main.correct("1-2", "original", "two right")
        await expect(page.locator(".caption-box")).to_contain_text("right")
        assert asyncio.get_running_loop().time() - asked < 1.5
        assert await rows(page) == ["one", "two right", "three", "four"]
        assert (await places(page))[0] == before[0]
        rooms.main.correct("1-2", "original", None)
        await expect_rows(page, ["one", "three", "four"])
        rooms.main.correct("1-0", "original", "never again")
        rooms.main.correct("1-4", "original", "four and last")
        await expect_rows(page, ["one", "three", "four and last"])
        speak(rooms, "1-5", "five")
        await expect_rows(page, ["one", "three", "four and last", "five"])


async def test_a_block_leaves_as_a_whole() -> None:
    """In block mode each phrase starts a line, and all its lines disappear at once."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=640, height=360) as page:
        await opened(page, port, "mode=block&lines=3&maxchars=20")
        speak(rooms, "1-0", f"{LONG} {LONG}")
        speak(rooms, "1-1", "second")
        await expect_rows(page, [LONG, LONG, "second"])
        speak(rooms, "1-2", "third", state="open")
        await expect_rows(page, ["second", "third"])


async def test_static_text_is_final_and_never_moves() -> None:
    """In static mode only final phrases are shown; they stay until the box is full and was readable long enough."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=640, height=360) as page:
        await opened(page, port, "mode=static&lines=3&maxchars=20")
        speak(rooms, "1-0", "not yet", "final", state="open")
        speak(rooms, "1-1", f"{LONG} {LONG}")
        await expect_rows(page, [LONG, LONG])
        before = await places(page)
        speak(rooms, "1-0", "now it is", rev=2)
        await expect_rows(page, [LONG, LONG, "now it is"])
        assert (await places(page))[: len(before)] == before
        loop = asyncio.get_running_loop()
        shown = loop.time()
        rooms.main.correct("1-0", "original", "now it was")
        await expect_rows(page, [LONG, LONG, "now it was"])
        speak(rooms, "1-2", " ".join(f"{LONG[:-1]}{i}" for i in range(4)))
        await asyncio.sleep(0.3)
        assert (await rows(page))[0] == LONG, "what is shown has time to be read"
        await expect_rows(page, [f"{LONG[:-1]}{i}" for i in range(3)])
        assert loop.time() - shown > 1
        await expect_rows(page, [f"{LONG[:-1]}3"])


SPEAKERS = [
    ("speakers=off&lines=8&width=100", ["Good morning. Hello. And welcome. Thanks."]),
    ("speakers=label&lines=8", ["Anna: Good morning.", "Ben: Hello.", "Anna: And welcome. Thanks."]),
    ("speakers=color&lines=8", [">> Good morning.", ">> Hello.", ">> And welcome. Thanks."]),
    (
        "speakers=label&lines=8&mode=static",
        ["Anna: Good morning.", "Ben: Hello.", "Anna: And welcome.", "Anna: Thanks."],
    ),
]


async def test_speakers_are_distinguished() -> None:
    """A change of speaker starts a line with a name, or with a mark and a colour; never with a colour only."""
    async with open_page() as page:
        for query, shown in SPEAKERS:
            rooms = HostedRooms()
            async with serve_rooms(rooms) as port:
                await opened(page, port, query)
                for number, (speaker, text) in enumerate(
                    [("Anna", "Good morning."), ("Ben", "Hello."), ("Anna", "And welcome."), ("Anna", "Thanks.")]
                ):
                    speak(rooms, f"1-{number}", "", text, speaker=speaker, state="open")
                    speak(rooms, f"1-{number}", text, rev=2, speaker=speaker)
                await expect_rows(page, shown)
                colours = await page.evaluate(
                    "() => [...document.querySelectorAll('.caption-final')].map((span) => getComputedStyle(span).color)"
                )
                assert len(set(colours)) == (2 if "color" in query else 1)


async def test_a_day_of_speech_needs_no_more_elements_than_a_minute() -> None:
    """The number of elements stays bounded, even though phrases never end."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        await opened(page, port, "lines=2")
        for number in range(400):
            speak(rooms, f"1-{number}", f"Phrase {number} has some words", state="open" if number % 3 else "final")
            if number % 50 == 49:
                await asyncio.sleep(0.4)  # open phrases are sent after final ones
                speak(rooms, f"2-{number}", f"So far {number}")
                await expect(page.locator(".caption-box")).to_contain_text(f"So far {number} ")
        assert await page.evaluate("document.querySelectorAll('.caption-line').length") <= 24
        assert await page.evaluate("document.querySelectorAll('span').length") < 300
