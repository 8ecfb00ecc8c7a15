"""Runs `surtitle demo`: plays the bundled meeting into a room and shows its English subtitles."""

import asyncio
import json
from pathlib import Path

from rich.console import Console

from app import config
from app.bench.shown_event import ShownEvent
from app.cli import preflight
from app.cli.links import print_links
from app.cli.serve import running_service
from app.cli.terminal_captions import TerminalCaptions
from app.config import Settings
from app.decode import demo_files
from app.errors import AddressError, SettingsError
from app.media.media_source import MediaSource
from app.service.service import Service

PAUSE_S = 3.0
"""Pause before the meeting plays again."""


async def demo(settings: Settings, *, once: bool, json_path: Path | None) -> None:
    """Play the bundled meeting into a room, show its English subtitles, and serve its pages.

    With `once` it ends after the meeting with a summary, whose figures are also written to `json_path` with the keys of
    `bench stream`; otherwise the meeting plays again and again until the program is interrupted.

    Raises:
        SettingsError: `json_path` is given but the extra `bench`, which measures, is not installed.
        SurtitleError: The service could not run.
    """
    console = Console(highlight=False)
    try:
        await _run_demo(settings, console, once=once, json_path=json_path)
    except* AddressError:  # port 8000 is often taken, and a demo should run anyway
        if "port" in settings.model_fields_set:
            raise
        await _run_demo(
            config.read(**settings.model_dump(exclude_unset=True), port=0), console, once=once, json_path=json_path
        )


async def _run_demo(settings: Settings, console: Console, *, once: bool, json_path: Path | None) -> None:
    measures = once and _can_measure(console, is_required=json_path is not None)
    if json_path is not None:
        preflight.check_folder(json_path)
    await asyncio.to_thread(preflight.check, settings)
    async with running_service(settings) as (service, addresses):
        await print_links(console, service, addresses)
        console.print(
            "Playing a meeting in German and English. Readers can choose German, English, French and Portuguese; here "
            "are its English subtitles:\n",
            soft_wrap=True,
        )
        while True:
            history = await _play_meeting(service, console)
            if once:
                break
            await asyncio.sleep(PAUSE_S)
    if not measures:
        return
    from app.bench import demo_report

    report = demo_report.measure(demo_files.MEETING, history)
    console.print("\n" + demo_report.summarize(report), soft_wrap=True)
    if json_path is not None:
        text = json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n"
        await asyncio.to_thread(json_path.write_text, text, encoding="utf-8")


def _can_measure(console: Console, *, is_required: bool) -> bool:
    """Return whether the extra `bench` is installed; where it is not, say so, or raise if figures are required."""
    try:
        import app.bench.demo_report  # noqa: F401 - tries whether the extra is there
    except SettingsError as error:
        if is_required:
            raise
        console.print(f"{error} The meeting plays without them.", markup=False, soft_wrap=True)
        return False
    return True


async def _play_meeting(service: Service, console: Console) -> list[ShownEvent]:
    """Play the meeting once and return every event with the moment at which it was shown."""
    room = service.get_room(service.settings.room)
    media = MediaSource(str(demo_files.MEETING))
    history: list[ShownEvent] = []
    async with asyncio.TaskGroup() as group:
        showing = group.create_task(TerminalCaptions(console, room.main_track).follow(room, history, media))
        await room.listen(media, waits=True)
        await asyncio.sleep(1.0)  # the last phrase is still translated and shown
        showing.cancel()
    return history
