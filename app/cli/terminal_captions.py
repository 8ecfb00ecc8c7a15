"""Captions in the terminal: solid words bright, words that may still change dim."""

import time

from rich.console import Console
from rich.live import Live
from rich.text import Text

from app.bench.shown_event import ShownEvent
from app.captions.event import Event, space_between
from app.captions.room import Room
from app.captions.speaker_names import mark_change
from app.captions.track_reading import reading_track
from app.media.media_source import MediaSource


class TerminalCaptions:
    """Shows one track of a room: final phrases scroll up, the open phrase is rewritten in place."""

    def __init__(self, console: Console, track: str) -> None:
        """Print to `console`; where it is not a terminal, only final phrases are printed."""
        self._console = console
        self._track = track
        self._open: dict[str, Event] = {}
        self._speaker: str | None = None
        """Name of who said the last printed phrase."""

    async def follow(self, room: Room, history: list[ShownEvent], media: MediaSource) -> None:
        """Show the room's captions until cancelled, and append every event to `history`.

        An event's moment counts in seconds since `media` began.
        """
        with (
            room.bus.subscribe() as subscription,
            reading_track(room, self._track),
            Live(console=self._console, auto_refresh=False, transient=True) as live,
        ):
            async for event in subscription.events():
                history.append(ShownEvent(time.monotonic() - (media.began_s or time.monotonic()), event))
                if event.track != self._track:
                    continue
                if event.is_logged:
                    self._open.pop(event.phrase, None)
                    if event.committed:
                        speaker = room.naming.shown(event.speaker)
                        live.console.print(Text(mark_change(self._speaker, speaker) + event.committed, "bold"))
                        self._speaker = speaker
                else:
                    self._open[event.phrase] = event
                live.update(self._render(), refresh=self._console.is_terminal)

    def _render(self) -> Text:
        text = Text()
        for event in self._open.values():
            text.append(event.committed, "bold").append(space_between(event.committed, event.tentative))
            text.append(event.tentative, "dim").append(" " if event.text else "")
        return text
