"""Captions in a terminal: final phrases stay, open ones are written with their tentative words."""

import asyncio

import pytest
from rich.console import Console

from app.bench.shown_event import ShownEvent
from app.cli.terminal_captions import TerminalCaptions
from app.media.media_source import MediaSource
from tests.support.captions import phrase_event, scripted_room


@pytest.mark.parametrize(
    ("committed", "tentative", "line"), [("Good", "morning", "Good morning"), ("今日は", "会議です", "今日は会議です")]
)
async def test_tentative_words_follow_the_committed_ones(committed: str, tentative: str, line: str) -> None:
    """With a space between them only where the script has spaces."""
    room = scripted_room()
    console = Console(force_terminal=True, width=60, record=True)
    history: list[ShownEvent] = []
    async with asyncio.TaskGroup() as group:
        captions = TerminalCaptions(console, "original")
        following = group.create_task(captions.follow(room, history, MediaSource("clip.wav")))
        await asyncio.sleep(0)
        room.publish(phrase_event("1-0", committed, state="open", tentative=tentative))
        async with asyncio.timeout(5):
            while not history:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        following.cancel()
    assert line in console.export_text()
