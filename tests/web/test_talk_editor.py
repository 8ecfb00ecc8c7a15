"""Search and replace over a talk, through the REST interface."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.captions.event import Event, State
from app.store.rooms import RoomSettings
from app.web import talk_editor
from app.web.request_rates import BY_NETWORK, RequestRate
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.raw_peer import KEY
from tests.support.waiting import wait_until


@dataclass
class Talk:
    """A room whose talk is searched over HTTP."""

    rooms: HostedRooms
    client: httpx.AsyncClient

    def say(self, number: int, text: str, track: str = "original", *, rev: int = 1, state: State = "final") -> None:
        """Publish a phrase; phrases are one second apart."""
        at_s = float(number)
        self.rooms.main.publish(
            Event("main", "", None, f"1-{number}", rev, "hall", track, state, "de", at_s, at_s, text)
        )

    async def search(self, text: str, **wanted: object) -> dict[str, Any]:
        """Return what a search finds."""
        answer = await self.client.post("/api/rooms/main/search", json={"text": text, **wanted})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def replace(self, text: str, replacement: str, **wanted: object) -> dict[str, Any]:
        """Search, then replace what was found; return the answer."""
        found = await self.search(text)
        return await self.replace_found(found, text, replacement, **wanted)

    async def replace_found(
        self, found: dict[str, Any], text: str, replacement: str, **wanted: object
    ) -> dict[str, Any]:
        """Replace what a search has found; return the answer."""
        body = {"text": text, "replacement": replacement, "epoch": found["epoch"], "up_to_seq": found["up_to_seq"]}
        answer = await self.client.post("/api/rooms/main/replacements", json=body | wanted)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def undo(self, undo_id: str) -> httpx.Response:
        """Undo a replacement."""
        return await self.client.post(f"/api/rooms/main/replacements/{undo_id}/undo")

    @property
    def texts(self) -> dict[str, str]:
        """The newest text by phrase and track; withdrawn ones are empty."""
        return {f"{one.phrase} {one.track}": one.committed for one in self.rooms.main.since(0)}


@asynccontextmanager
async def running_talk() -> AsyncIterator[Talk]:
    """Serve a talk of three phrases, two of them with a translation."""
    rooms = HostedRooms()
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        serve_rooms(rooms) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client,
    ):
        talk = Talk(rooms, client)
        for number, text in enumerate(("Herr Meier kommt.", "Meier und Meier.", "Das ist alles.")):
            talk.say(number, text)
        talk.say(0, "Mr Meier comes.", "en")
        talk.say(1, "The two of them.", "en")
        yield talk


async def test_a_search_finds_every_track_and_counts() -> None:
    """The newest come first, in parts; a page has some of them, a track only its own, and open phrases are left out."""
    async with running_talk() as talk:
        talk.say(9, "Meier", state="open")
        found = await talk.search("meier", is_whole_word=True)
        assert (found["n_matches"], found["n_texts"], found["epoch"]) == (4, 3, "e1")
        assert [(one["phrase"], one["track"], one["parts"]) for one in found["texts"]] == [
            ("1-1", "original", ["", "Meier", " und ", "Meier", "."]),
            ("1-0", "en", ["Mr ", "Meier", " comes."]),
            ("1-0", "original", ["Herr ", "Meier", " kommt."]),
        ]
        [one] = (await talk.search("meier", offset=1, limit=1))["texts"]
        assert (one["phrase"], one["track"]) == ("1-0", "en")
        assert (await talk.search("meier", track="en"))["n_texts"] == 1
        refused = await talk.client.post("/api/rooms/main/search", json={"text": "  "})
        assert (refused.status_code, refused.json()["code"]) == (422, "settings")


async def test_a_replacement_changes_every_track_and_is_undone_at_once() -> None:
    """Phrases become corrected, translations outdated unless they changed too; the undo restores all of it."""
    async with running_talk() as talk:
        before = talk.texts
        result = await talk.replace("meier", "Maier")
        assert (result["n_replaced"], result["n_changed_meanwhile"]) == (3, 0)
        assert talk.texts == before | {
            "1-0 original": "Herr Maier kommt.",
            "1-0 en": "Mr Maier comes.",
            "1-1 original": "Maier und Maier.",
        }
        newest = {(one.phrase, one.track): one for one in talk.rooms.main.since(0)}
        assert [newest["1-0", track].state for track in ("original", "en")] == ["corrected", "corrected"]
        assert [newest[phrase, "en"].is_outdated for phrase in ("1-0", "1-1")] == [False, True]
        assert (await talk.undo(result["id"])).json() == {"n_restored": 3, "n_changed_meanwhile": 0}
        assert talk.texts == before
        assert not {one.phrase: one for one in talk.rooms.main.since(0) if one.track == "en"}["1-1"].is_outdated
        again = await talk.undo(result["id"])
        assert (again.status_code, again.json()["code"]) == (422, "settings")


async def test_what_changed_meanwhile_is_not_overwritten() -> None:
    """Neither by a replacement nor by its undo; what was said after the search stays too."""
    async with running_talk() as talk:
        found = await talk.search("meier")
        talk.rooms.main.correct("1-1", "original", "Herr Meier allein.")
        talk.say(3, "Noch ein Meier.")
        result = await talk.replace_found(found, "meier", "Maier")
        assert (result["n_replaced"], result["n_changed_meanwhile"]) == (2, 1)
        assert talk.texts["1-1 original"] == "Herr Meier allein."
        assert talk.texts["1-3 original"] == "Noch ein Meier."
        talk.rooms.main.correct("1-0", "en", "Mister Maier comes.")
        assert (await talk.undo(result["id"])).json() == {"n_restored": 1, "n_changed_meanwhile": 1}
        assert (talk.texts["1-0 original"], talk.texts["1-0 en"]) == ("Herr Meier kommt.", "Mister Maier comes.")
        await talk.rooms.main.erase()
        body = {"text": "m", "replacement": "n", "epoch": found["epoch"], "up_to_seq": 9}
        assert (await talk.client.post("/api/rooms/main/replacements", json=body)).status_code == 422


async def test_an_operator_chooses_which_texts_change() -> None:
    """The named ones, or all but the named ones; an emptied text is withdrawn with its translation, and comes back."""
    async with running_talk() as talk:
        await talk.replace("meier", "Maier", only=[{"phrase": "1-0", "track": "en"}])
        await talk.replace("meier", "Mayer", skip=[{"phrase": "1-1", "track": "original"}])
        assert [talk.texts[place] for place in ("1-0 original", "1-0 en", "1-1 original")] == [
            "Herr Mayer kommt.",
            "Mr Maier comes.",
            "Meier und Meier.",
        ]
        emptied = await talk.replace("Meier und Meier.", "")
        assert (talk.texts["1-1 original"], talk.texts["1-1 en"]) == ("", "")
        await talk.undo(emptied["id"])
        assert (talk.texts["1-1 original"], talk.texts["1-1 en"]) == ("Meier und Meier.", "The two of them.")


async def test_a_new_reader_gets_what_was_said_last() -> None:
    """Although the phrases that a replacement changed have later numbers; the history has them in their place."""
    async with running_talk() as talk:
        for number in range(10, 60):
            talk.say(number, "Meier." if number < 50 else "Etwas.")
        await talk.replace("meier", "Maier")
        events = talk.rooms.main.snapshot(None).events
        assert [one.phrase for one in events][-10:] == [f"1-{number}" for number in range(50, 60)]
        assert len(events) == 30
        page, _ = await talk.rooms.main.history(min(one.seq or 0 for one in events[-10:]), 10)
        assert {one.phrase for one in page} >= {f"1-{number}" for number in range(10, 50)}


async def test_searches_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many of one key, or at once, are refused with a time to wait; a viewer may not search."""
    async with running_talk() as talk:
        monkeypatch.setattr(talk_editor, "WAITING_MAX", 1)
        body = {"text": "meier"}
        answers = await asyncio.gather(*[talk.client.post("/api/rooms/main/search", json=body) for _ in range(3)])
        assert {answer.status_code for answer in answers} == {200, 429}
    async with running_talk() as talk:
        monkeypatch.setitem(BY_NETWORK, "search", RequestRate(0, 0.01, 7, "Too often. Try again."))
        refused = await talk.client.post("/api/rooms/main/search", json=body)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")


async def test_no_room_waits_for_the_replacement_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replacement in a long talk takes a minute, in which the operators of other rooms can search."""
    monkeypatch.setattr(talk_editor, "WAITING_MAX", 1)
    monkeypatch.setattr(talk_editor, "STEP_PHRASES", 1)
    async with running_talk() as talk:
        await talk.rooms.create_room("other", RoomSettings())
        replacing = asyncio.create_task(talk.replace("meier", "Maier"))
        await wait_until(lambda: talk.texts["1-0 original"] == "Herr Maier kommt.")
        answer = await talk.client.post("/api/rooms/other/search", json={"text": "meier"})
        assert (answer.status_code, replacing.done()) == (200, False)
        assert (await replacing)["n_replaced"] == 3


async def test_texts_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replacement that would make a text longer than a correction may be changes nothing; few undos are kept."""
    async with running_talk() as talk:
        talk.say(5, 20 * "Meier ")
        before, found = talk.texts, await talk.search("e")
        body = {"text": "e", "replacement": 200 * "e", "epoch": found["epoch"], "up_to_seq": found["up_to_seq"]}
        answer = await talk.client.post("/api/rooms/main/replacements", json=body)
        assert (answer.status_code, "at most 2000 characters" in answer.json()["message"]) == (422, True)
        assert talk.texts == before
        monkeypatch.setattr(talk_editor, "UNDO_TEXTS_MAX", 5)
        first, second = await talk.replace("meier", "Maier"), await talk.replace("maier", "Mayer")
        assert [(await talk.undo(one["id"])).status_code for one in (second, first)] == [200, 422]
