"""The audience page in a real browser: what it shows, to whom, in which language, and how it reports problems."""

from playwright.async_api import Page, expect

from app.captions.room_state import SourceState, Visibility
from app.captions.session_settings import SessionSettings
from app.store.rooms import RoomSettings
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.browser import open_page
from tests.support.caption_events import say, say_both
from tests.support.waiting import wait_until


async def shown(page: Page, texts: list[str]) -> None:
    """Wait until the page shows exactly these paragraphs, in this order."""
    await expect(page.locator("#captions .text:not([hidden])")).to_have_text(texts, timeout=15_000)


async def test_a_link_opens_on_the_text_at_once() -> None:
    """The key after # is enough: the text is shown, and nothing is asked; a wrong key is rejected."""
    rooms = HostedRooms(key="right")
    await rooms.change_room("main", RoomSettings(task="translate"))
    async with serve_rooms(rooms) as port, open_page(width=375, height=700) as page:
        say_both(rooms, 0, "Guten Morgen.", "Good morning.")
        await page.goto(f"http://127.0.0.1:{port}/v/main#right")
        await shown(page, ["Good morning."])
        assert page.url.endswith("/v/main")
        assert await page.context.cookies() == []
        await page.goto("about:blank")
        await page.goto(f"http://127.0.0.1:{port}/v/main#wrong")
        await expect(page.get_by_role("alert")).to_contain_text("This link is not valid here.")
        await expect(page.locator("#state")).to_have_text("not connected")
        await expect(page.locator("#empty")).to_be_hidden()


async def test_a_short_code_leads_to_the_public_room() -> None:
    """A public room needs no key, and its short address redirects there."""
    rooms = HostedRooms(key="right")
    await rooms.change_room("main", RoomSettings(task="translate", is_public=True, code="PUBLIC"))
    async with serve_rooms(rooms) as port, open_page(width=375, height=700) as page:
        say_both(rooms, 0, "Guten Morgen.", "Good morning.")
        await page.goto(f"http://127.0.0.1:{port}/c/PUBLIC")
        await shown(page, ["Good morning."])
        assert page.url.endswith("/v/main")


async def test_words_grow_in_place_and_changes_are_marked() -> None:
    """Tentative words become solid, corrected and outdated phrases are marked, and withdrawn ones disappear."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=375, height=700) as page:
        await page.goto(f"http://127.0.0.1:{port}/v/main")
        say(rooms, 1, "We meet", "at nine", track="en", language="en")
        await expect(page.locator(".tentative")).to_have_text(" at nine")
        line = await page.locator(".text").element_handle()
        say_both(rooms, 1, "Wir treffen uns um neun.", "We meet at nine.", rev=2)
        say_both(rooms, 2, "Das war alles.", "That was all.")
        await shown(page, ["We meet at nine.", "That was all."])
        assert line is not None
        assert await line.evaluate("(node) => node.isConnected")  # the paragraph has grown; it is the same element
        rooms.main.correct("1-1", "original", "Wir treffen uns um zehn.")
        await shown(page, ["We meet at nine. the original was corrected", "That was all."])
        rooms.main.correct("1-1", "en", "We meet at ten.")
        await shown(page, ["We meet at ten. corrected", "That was all."])
        await expect(page.locator(".mark")).to_have_attribute("title", "The organiser corrected this text.")
        rooms.main.correct("1-1", "original", None)
        await shown(page, ["That was all."])


async def test_the_first_language_is_the_readers_own() -> None:
    """The browser's languages choose among the tracks, the spoken one included, unless the link names a track."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page() as page:
        say_both(rooms, 0, "Guten Morgen.", "Good morning.")
        for locale, query, expected in (
            ("en-GB", "", "Good morning."),
            ("de-AT", "", "Guten Morgen."),
            ("fr-FR", "", "Good morning."),
            ("en-GB", "?lang=original", "Guten Morgen."),
            ("de-AT", "?lang=en", "Good morning."),
            ("en-GB", "?lang=tlh", "Good morning."),
        ):
            assert page.context.browser is not None
            context = await page.context.browser.new_context(locale=locale)
            reader = await context.new_page()
            await reader.goto(f"http://127.0.0.1:{port}/v/main{query}")
            await shown(reader, [expected])
            await context.close()


async def test_the_language_chip_offers_every_track_and_two_at_once() -> None:
    """Tracks have the names of their languages; the choice changes all text at once and is remembered."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=375, height=700) as page:
        say_both(rooms, 0, "Guten Morgen.", "Good morning.")
        await page.goto(f"http://127.0.0.1:{port}/v/main")
        await shown(page, ["Good morning."])
        chip = page.get_by_label("Language of the subtitles")
        options = ["Original (Deutsch)", "English", "English + Original"]
        await expect(chip.locator("option")).to_have_text(options)
        await chip.select_option("original")
        await shown(page, ["Guten Morgen."])
        await expect(page.locator(".text")).to_have_attribute("lang", "de")
        await chip.select_option("English + Original")
        await shown(page, ["Good morning.", "Guten Morgen."])
        await page.reload()
        await shown(page, ["Good morning.", "Guten Morgen."])
        rooms.main.configure(SessionSettings(task="transcribe"))
        await shown(page, ["Guten Morgen."])  # the only track that is left
        await expect(chip).to_be_hidden()


async def test_the_page_shows_the_state_of_sound_and_connection() -> None:
    """It shows live, behind, silent, paused and reconnecting; missed words arrive when the service is back."""
    rooms = HostedRooms()
    async with open_page(width=375, height=700) as page:
        state = page.locator("#state")
        async with serve_rooms(rooms) as port:
            await page.goto(f"http://127.0.0.1:{port}/v/main?lang=original")
            await expect(state).to_have_text("nobody is speaking yet")
            for source, words in (
                (SourceState("s", "listening"), "live"),
                (SourceState("s", "listening", behind_s=4.0), "4 s behind"),
                (SourceState("s", "waiting"), "no sound"),
                (SourceState("s", "ended"), "nobody is speaking"),
            ):
                rooms.main.set_source(source)
                await expect(state).to_have_text(words)
            rooms.main.set_visibility(Visibility(is_paused=True, notice="Off the record until three."))
            await expect(state).to_have_text("paused by the organiser")
            await expect(page.locator("#notice")).to_have_text("Off the record until three.")
            assert await page.locator("#notice").get_attribute("role") == "status"
            say(rooms, 0, "eins")
            await shown(page, ["eins"])
            rooms.main.set_visibility(Visibility())
            rooms.main.set_source(SourceState("s", "listening"))
            await expect(page.locator("#notice")).to_be_hidden()
        await expect(state).to_have_text("reconnecting")
        await expect(page.locator("#announcement")).to_have_text("The connection is lost. Reconnecting.")
        say(rooms, 1, "zwei")
        async with serve_rooms(rooms, port):
            await expect(state).to_have_text("live", timeout=20_000)
            await shown(page, ["eins", "zwei"])


async def test_every_script_has_its_direction_and_its_line_breaks() -> None:
    """Each text has its language; right-to-left text is at the right, and CJK text breaks by its own rules."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=320, height=700) as page:
        say(rooms, 0, "صباح الخير جميعًا", language="ar")
        say(rooms, 1, "次の議題は", "予算です", language="ja")
        say(rooms, 2, "안녕하세요", language="ko")
        say(rooms, 3, "Guten Morgen", language="de")
        await page.goto(f"http://127.0.0.1:{port}/v/main?lang=original")
        await shown(page, ["صباح الخير جميعًا", "次の議題は予算です", "안녕하세요", "Guten Morgen"])
        found = await page.evaluate("""() => [...document.querySelectorAll(".text")].map((line) => {
          const looks = getComputedStyle(line);
          const words = document.createRange();
          words.selectNodeContents(line);
          const [box, text] = [line.getBoundingClientRect(), words.getBoundingClientRect()];
          return [line.lang, line.dir, looks.lineBreak, looks.wordBreak, box.right - text.right < text.left - box.left];
        })""")
        assert found == [
            ["ar", "auto", "strict", "normal", True],
            ["ja", "auto", "strict", "auto-phrase", False],
            ["ko", "auto", "strict", "keep-all", False],
            ["de", "auto", "strict", "normal", False],
        ]


async def test_screen_readers_hear_final_phrases_once_if_they_ask() -> None:
    """The text is silent; a separate log gets each final phrase once, in its language, if the reader wants it."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=375, height=700) as page:
        say(rooms, 0, "vorher")
        await page.goto(f"http://127.0.0.1:{port}/v/main?lang=original")
        await shown(page, ["vorher"])
        assert await page.locator("#captions").get_attribute("aria-live") == "off"
        log = page.get_by_role("log")
        await expect(log).to_have_attribute("aria-live", "off")
        say(rooms, 1, "ungehört")
        await shown(page, ["vorher", "ungehört"])
        await page.get_by_role("button", name="Text size, colours and more").click()
        await page.get_by_label("Read aloud by a screen reader").check()
        await expect(log).to_have_attribute("aria-live", "polite")
        for number in range(2, 30):
            say(rooms, number, f"Satz {number}", "noch offen")
            say(rooms, number, f"Satz {number}.", rev=2)
        rooms.main.correct("1-29", "original", "Satz neunundzwanzig.")
        await expect(page.locator("#captions .text").last).to_have_text("Satz neunundzwanzig. corrected")
        await expect(log.locator("p")).to_have_text([f"Satz {number}." for number in range(10, 30)])
        assert await log.locator("p").first.get_attribute("lang") == "de"


async def test_of_many_languages_the_browsers_own_is_shown_and_what_is_not_translated_is_marked() -> None:
    """The page wants this track; a text in the original has its language, and any other pair can be chosen."""
    rooms = HostedRooms()
    await rooms.change_room("main", RoomSettings(targets=("en", "fr", "pt", "es")))
    for track, text, language in (("original", "Guten Tag.", "de"), ("fr", "Bonjour.", "fr"), ("pt", "Bom dia.", "pt")):
        rooms.say("1-0", text, rev=1, track=track, language=language, final=True)
        rooms.say("1-1", "Wien 2026.", rev=1, track=track, language="de", final=True)
    async with serve_rooms(rooms) as port, open_page(width=375, height=700, locale="fr-CA") as page:
        await page.goto(f"http://127.0.0.1:{port}/v/main")
        await expect(page.locator(".text:visible .solid")).to_have_text(["Bonjour.", "Wien 2026."])
        await expect(page.locator(".text .mark")).to_have_text("non traduit")
        assert await page.locator(".text").evaluate_all("(nodes) => nodes.map((node) => node.lang)") == ["fr", "de"]
        await wait_until(lambda: rooms.main.demand.wanted == {"fr"})
        await page.locator("#language").select_option("fr+pt")
        await expect(page.locator(".text:visible .solid")).to_have_text(["Bonjour.", "Bom dia.", "Wien 2026."])
        await wait_until(lambda: rooms.main.demand.wanted == {"fr", "pt"})


async def test_the_screen_stays_on_from_the_first_touch() -> None:
    """The page requests a wake lock at the first gesture and when it becomes visible, unless switched off."""
    rooms = HostedRooms()
    async with serve_rooms(rooms) as port, open_page(width=375, height=700) as page:
        await page.add_init_script("""window.locks = [];
        navigator.wakeLock.request = async (kind) => {
          const lock = { kind, released: false, release: async () => { lock.released = true; } };
          locks.push(lock);
          return lock;
        };""")
        await page.goto(f"http://127.0.0.1:{port}/v/main")
        await expect(page.locator("#state")).to_have_text("nobody is speaking yet")
        assert await page.evaluate("locks.length") == 0
        await page.mouse.click(150, 400)
        await page.mouse.click(150, 400)
        assert await page.evaluate("locks.map(({ kind }) => kind)") == ["screen"]
        await page.evaluate("locks[0].released = true; document.dispatchEvent(new Event('visibilitychange'))")
        assert await page.evaluate("locks.length") == 2
        await page.locator("#settings").click()
        await page.get_by_label("Keep the screen on").uncheck()
        assert await page.evaluate("locks[1].released")


async def test_a_transcript_is_offered_only_where_the_organiser_does() -> None:
    """The buttons appear when the organiser allows it; the file has the shown track, and no address has the key."""
    rooms = HostedRooms(key="right")
    asked: list[str] = []
    async with serve_rooms(rooms) as port, open_page(width=375, height=700) as page:
        page.on("request", lambda request: asked.append(request.url))
        say_both(rooms, 0, "Guten Morgen.", "Good morning.")
        await page.goto(f"http://127.0.0.1:{port}/v/main#right")
        await shown(page, ["Good morning."])
        await page.locator("#settings").click()
        await expect(page.get_by_role("button", name="SRT")).to_be_hidden()
        rooms.main.set_visibility(Visibility(offers_transcript=True))
        async with page.expect_download() as started:
            await page.get_by_role("button", name="SRT").click()
        download = await started.value
        assert download.suggested_filename == "main.en.srt"
        path = await download.path()
        assert "Good morning." in path.read_text(encoding="utf-8")
        await expect(page.locator("#download-state")).to_have_text("Saved as main.en.srt.")
    assert not [address for address in asked if "right" in address.partition("#")[0]]
