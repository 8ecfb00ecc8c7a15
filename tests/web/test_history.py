"""Scrolling back: older captions in their newest form."""

import httpx

from app.captions.event import Event
from app.captions.room_state import Visibility
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


def say(rooms: HostedRooms, number: int, text: str, end_s: float | None = None) -> None:
    """Publish a final phrase, which ends at its number."""
    at_s = float(number) if end_s is None else end_s
    rooms.main.publish(Event("main", "", None, f"1-{number}", 1, "s", "original", "final", "en", at_s, at_s, text))


async def ask(client: httpx.AsyncClient, before: int, limit: int = 200) -> tuple[list[tuple[int, str]], bool]:
    """Return (seq, text) of the captions before a number, and whether there are no older ones."""
    answer = await client.get("/api/rooms/main/captions", params={"before": before, "limit": limit})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return [(caption["seq"], caption["committed"]) for caption in body["captions"]], body["is_all"]


async def test_pages_of_captions_lead_to_the_first() -> None:
    """Each page has the captions before the last page, oldest first; the last page says that it is the last."""
    rooms = HostedRooms()
    for number in range(1, 8):
        say(rooms, number, f"t{number}")
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert await ask(client, 7, 3) == ([(4, "t4"), (5, "t5"), (6, "t6")], False)
        assert await ask(client, 4, 3) == ([(1, "t1"), (2, "t2"), (3, "t3")], False)
        assert await ask(client, 1, 3) == ([], True)
        assert await ask(client, 4, 9) == ([(1, "t1"), (2, "t2"), (3, "t3")], True)


async def test_history_has_the_newest_form() -> None:
    """A corrected phrase appears once, as corrected; a withdrawn one does not appear."""
    rooms = HostedRooms()
    for number in range(1, 4):
        say(rooms, number, f"t{number}")
    rooms.main.correct("1-1", "original", "better")
    rooms.main.correct("1-2", "original", None)
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert await ask(client, 99) == ([(3, "t3"), (4, "better")], True)
        assert await ask(client, 4) == ([(3, "t3"), (4, "better")], True)  # a page of that time has later corrections


async def test_readers_see_one_hour_unless_the_transcript_is_offered() -> None:
    """Older phrases may belong to another meeting, so the operator decides."""
    rooms = HostedRooms()
    say(rooms, 1, "long ago", end_s=-4000.0)
    say(rooms, 2, "just now", end_s=-10.0)
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert await ask(client, 99) == ([(2, "just now")], True)
        assert (await client.get("/transcript/main.srt")).status_code == 401  # it is not offered to readers
        rooms.main.set_visibility(Visibility(offers_transcript=True))
        assert await ask(client, 99) == ([(1, "long ago"), (2, "just now")], True)


async def test_withdrawn_phrases_are_not_in_history_or_snapshots() -> None:
    """A new page does not get them in its snapshot either."""
    rooms = HostedRooms()
    say(rooms, 1, "a secret")
    rooms.main.correct("1-1", "original", None)
    assert rooms.main.snapshot(None).events == ()
    assert [event.committed for event in rooms.main.snapshot(0, "e1").events] == [""]  # who was away is told so
