"""The task that translates a room: with its targets, through errors, until the room closes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.captions.room import Room
from app.service import room_translation
from app.service.room_translation import RoomTranslation
from app.store.rooms import RoomSettings
from app.translate.lane import Lane
from tests.fakes.text_translator import MarkedWords
from tests.support.captions import phrase_event, scripted_room
from tests.support.waiting import wait_until

SETTINGS = RoomSettings(targets=("en",), translates_always=True)


def _say(room: Room, phrase: str, text: str) -> None:
    now_s = room.now_s()
    room.publish(phrase_event(phrase, text, language="de", start_s=now_s, end_s=now_s))


def _texts(room: Room) -> list[str]:
    return [event.committed for event in room.since(0) if event.track == "en"]


@asynccontextmanager
async def _translating(model: MarkedWords) -> AsyncIterator[tuple[Room, RoomTranslation]]:
    """Yield a room with its translation, which has the settings."""
    room = scripted_room()
    room.set_targets(SETTINGS.targets)
    async with asyncio.TaskGroup() as group:
        translation = RoomTranslation(room, group, model)
        translation.apply(SETTINGS)
        await asyncio.sleep(0)
        yield room, translation
        translation.cancel()


async def test_a_room_without_targets_has_no_task() -> None:
    """It costs nothing, and a room that loses its targets is left alone."""
    model = MarkedWords()
    async with _translating(model) as (room, translation):
        translation.apply(RoomSettings())
        await asyncio.sleep(0.01)
        _say(room, "1-0", "Eins.")
        await asyncio.sleep(0.01)
        assert (model.requests, model.joined) == ([], [])


async def test_closing_translates_the_last_phrases() -> None:
    """Then nothing runs any more."""
    model = MarkedWords()
    async with _translating(model) as (room, translation):
        _say(room, "1-0", "Und dann")
        await translation.close()
        assert _texts(room) == ["Und_en dann_en"]
        await wait_until(lambda: model.joined == [])


async def test_an_unexpected_error_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The translation starts again with what the log has."""
    monkeypatch.setattr(room_translation, "RESTART_S", 0.01)
    advance, failures = Lane.advance, [ValueError("a bug")]

    def fail_once(lane: Lane, now_s: float) -> object:
        if failures and not lane.is_idle:
            raise failures.pop()
        return advance(lane, now_s)

    monkeypatch.setattr(Lane, "advance", fail_once)
    async with _translating(MarkedWords()) as (room, _):
        _say(room, "1-0", "Eins.")
        await wait_until(lambda: _texts(room) == ["Eins_en."])
        assert failures == []
