"""Speakers over REST: whether people who share a source are distinguished."""

import httpx

from app import config
from app.service.voices import ServiceVoices
from app.store.room_log import RoomLog
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms

HEADERS = {"Authorization": "Bearer right"}


async def test_without_a_model_the_feature_says_so() -> None:
    """Who asks for it gets a sentence that says what to do; switching it off is always right."""
    async with (
        serve_rooms(HostedRooms(key="right")) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=HEADERS) as client,
    ):
        refused = await client.put("/api/rooms/main/voices", json={"is_on": True})
        assert refused.status_code == 422
        assert "surtitle serve --speaker-model" in refused.json()["message"]
        off = await client.put("/api/rooms/main/voices", json={"is_on": False})
        assert off.json() == {"model": None, "is_on": False, "n_people": 0}


async def test_voices_are_switched_for_one_room() -> None:
    """With a model it is on until an operator switches it off."""
    rooms = HostedRooms(key="right")
    settings = rooms.get_room_settings("main")
    log = rooms.main._log
    assert not isinstance(log, RoomLog)
    rooms.main.voices = ServiceVoices(config.read(speaker_model="demo")).open_room(log, settings)
    async with (
        serve_rooms(rooms) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=HEADERS) as client,
    ):
        shown = await client.get("/api/rooms/main/voices")
        assert shown.json() == {"model": "demo", "is_on": True, "n_people": 0}
        await client.put("/api/rooms/main/voices", json={"is_on": False})
    assert not rooms.get_room_settings("main").distinguishes_voices
