"""Captions in the terminal: solid words bright, words that may change dim; and the demo that shows them."""

import asyncio
import json
import time
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.text import Text

from app import config
from app.bench import demo_report
from app.bench.timeline import ShownEvent
from app.captions.event import Event
from app.captions.room import Room
from app.cli.serve import open_doors, tell
from app.config import Settings
from app.decode import demo_files
from app.errors import AddressError
from app.media.media_source import MediaSource
from app.service.service import Service

PAUSE_S = 3.0
"""Between two performances of the meeting."""


class TerminalScreen:
    """Shows one track of a room: final phrases scroll up, the open one is rewritten in place."""

    def __init__(self, console: Console, track: str) -> None:
        """Write to `console`; where that is no terminal, only final phrases are written."""
        self._console = console
        self._track = track
        self._open: dict[str, Event] = {}

    async def follow(self, room: Room, history: list[ShownEvent], media: MediaSource) -> None:
        """Show what the room says until cancelled, and keep every event with its moment since `media` began."""
        with (
            room.bus.subscribe() as subscription,
            Live(console=self._console, auto_refresh=False, transient=True) as live,
        ):
            async for event in subscription.events():
                history.append(ShownEvent(time.monotonic() - (media.began_s or time.monotonic()), event))
                if event.track != self._track:
                    continue
                if event.is_logged:
                    self._open.pop(event.phrase, None)
                    if event.committed:
                        live.console.print(Text(event.committed, "bold"))
                else:
                    self._open[event.phrase] = event
                live.update(self._render(), refresh=self._console.is_terminal)

    def _render(self) -> Text:
        text = Text()
        for event in self._open.values():
            text.append(event.committed, "bold").append(" " if event.committed else "")
            text.append(event.tentative, "dim").append(" " if event.tentative else "")
        return text


async def demo(settings: Settings, *, once: bool, json_path: Path | None) -> None:
    """Play the bundled meeting into a room, show its English subtitles, and serve its pages.

    With `once` it ends after the meeting with a summary, which `json_path` gets with the keys of `bench stream`;
    otherwise the meeting is played again and again until interrupted.

    Raises:
        SurtitleError: The service could not run.
    """
    console = Console(highlight=False)
    try:
        await _perform(settings, console, once=once, json_path=json_path)
    except* AddressError:  # a demo should just run, and port 8000 is often taken
        if "port" in settings.model_fields_set:
            raise
        await _perform(
            config.read(**settings.model_dump(exclude_unset=True), port=0), console, once=once, json_path=json_path
        )


async def _perform(settings: Settings, console: Console, *, once: bool, json_path: Path | None) -> None:
    async with open_doors(settings) as (service, address):
        await tell(console, service, address)
        console.print("Playing a meeting in German and English; its English subtitles:\n")
        while True:
            history = await _play(service, console)
            if once:
                break
            await asyncio.sleep(PAUSE_S)
    measured = demo_report.report(demo_files.MEETING, history)
    console.print("\n" + demo_report.summary(measured), soft_wrap=True)
    if json_path is not None:
        text = json.dumps(measured.as_json(), indent=1, ensure_ascii=False) + "\n"
        await asyncio.to_thread(json_path.write_text, text, encoding="utf-8")


async def _play(service: Service, console: Console) -> list[ShownEvent]:
    """Play the meeting once and return what was shown when."""
    room = service.get_room(service.settings.room)
    media = MediaSource(str(demo_files.MEETING))
    history: list[ShownEvent] = []
    async with asyncio.TaskGroup() as group:
        showing = group.create_task(TerminalScreen(console, room.tracks[-1]).follow(room, history, media))
        await room.listen(media, waits=True)
        await asyncio.sleep(0.1)  # the last phrase reaches the screen
        showing.cancel()
    return history
