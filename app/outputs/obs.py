"""Captions in OBS Studio, over obs-websocket 5: an overlay or a text source, and captions inside the stream."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from app import log
from app.captions.event import Event
from app.captions.room import Room
from app.captions.room_state import OutputHealth
from app.errors import ObsError, ObsRefusedError, SettingsError
from app.outputs.obs_link import ObsLink, connected, require
from app.outputs.obs_scene import SceneSetup, prepare
from app.outputs.obs_screen import ObsScreen
from app.outputs.obs_stream import PACE_S, StreamCaptions
from app.outputs.settings import ObsOutput

logger = log.get(__name__)

UPDATE_S = 0.2
"""Between two texts: sources of text that change faster cost OBS frames (captions-plugin issues 125 and 148)."""

PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Between attempts to connect, one after the other; the last for ever. Each is varied by half."""

PERSON_PAUSE_S = 30.0
"""Between attempts while only a person can help, as with a wrong password."""

STEADY_S = 10.0
"""A connection that held for this long was a good one, and the pauses begin anew."""

END_S = 1.0
"""How long taking the words away may take at the end."""

NO_STREAM = 501
"""Status number: nothing is streamed now."""


class ObsCaptions:
    """Shows one track of a room in OBS Studio, and puts it into the stream while one runs.

    A text source is sent the newest words only, so that a slow OBS is late by one answer at most. What is said while
    OBS is away is not shown later.
    """

    def __init__(
        self,
        settings: ObsOutput,
        *,
        on_health: Callable[[OutputHealth], None],
    ) -> None:
        """Connect nowhere yet. `on_health` is called with every change of the health and must be quick.

        Raises:
            SettingsError: The extra `obs` is not installed.
        """
        require()
        self._settings = settings
        self._on_health = on_health
        self._health = OutputHealth("starting")
        self._screen = ObsScreen()
        self._stream = StreamCaptions()
        self._changed = asyncio.Event()
        self._shown: tuple[str, tuple[str, ...]] | None = None
        """What stands in OBS and the phrases it is made of; None if that is not known."""
        self._said: set[str] = set()
        """Sentences that were logged."""

    async def follow(self, room: Room, *, after_seq: int) -> None:
        """Show what the room says until cancelled; cancelling takes the words away. One caller at a time.

        Events up to `after_seq`, and what was said before, are not shown. Nothing that OBS does ends this.
        """
        loop = asyncio.get_running_loop()
        is_hidden, n_erasures = room.visibility.is_hidden, room.n_erasures

        def hear(event: Event) -> None:
            if event.seq is not None and event.seq <= after_seq:
                return
            if room.visibility.is_hidden:
                self._screen.pass_over(event)
            elif event.track == (self._settings.track or room.tracks[-1]):
                self._screen.take(event, loop.time())
                if event.state in ("corrected", "withdrawn"):
                    self._stream.change(event.phrase, event.committed)
                elif event.state == "final" and not self._screen.is_passed_over(event):
                    self._stream.take(event.phrase, event.committed)
                self._changed.set()

        def see() -> None:
            nonlocal is_hidden, n_erasures
            if room.n_erasures != n_erasures:
                n_erasures = room.n_erasures
                self._screen.forget()
            elif room.visibility.is_hidden == is_hidden:
                return
            elif room.visibility.is_hidden:
                self._screen.blank()
            else:
                self._screen.reveal(loop.time())
            is_hidden = room.visibility.is_hidden
            self._stream.clear()
            self._changed.set()

        with room.bus.listen(hear), room.watch(see):
            await self._connect_for_ever()

    async def _connect_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        n_failures = 0
        while True:
            began_s = loop.time()
            try:
                async with connected(self._settings.host, self._settings.port, self._settings.password) as link:
                    await self._serve(link)
            except SettingsError as exc:
                self._report("failed", f"{exc} Trying again now and then.")
                pause_s = PERSON_PAUSE_S
            except ObsError as exc:
                self._report("retrying", f"{exc} Trying again.")
                n_failures = 0 if loop.time() - began_s > STEADY_S else n_failures
                pause_s = PAUSES_S[min(n_failures, len(PAUSES_S) - 1)]
                n_failures += 1
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))

    async def _serve(self, link: ObsLink) -> None:
        """Keep OBS up to date until the connection is lost, which raises ObsError."""
        stage = await prepare(
            link,
            scene=self._settings.scene,
            overlay=self._settings.overlay,
            virtual_camera=self._settings.virtual_camera,
        )
        self._shown = None
        self._stream.clear()  # what waited is old
        self._report("working", " ".join(stage.lacks))
        link.when_lost(self._changed.set)
        try:
            await self._update_for_ever(link, stage)
        except asyncio.CancelledError:
            if stage.text is not None and not link.is_lost:
                with suppress(ObsError, SettingsError, TimeoutError):
                    async with asyncio.timeout(END_S):
                        await _write(link, stage.text, "")
            raise

    async def _update_for_ever(self, link: ObsLink, stage: SceneSetup) -> None:
        loop = asyncio.get_running_loop()
        text_due_s = stream_due_s = 0.0
        while True:
            self._changed.clear()
            now_s = loop.time()
            self._screen.pass_time(now_s)
            wanted = (self._screen.text, self._screen.phrases)
            is_behind = stage.text is not None and (self._shown is None or self._shown[0] != wanted[0])
            if stage.text is not None and is_behind and now_s >= text_due_s:
                text_due_s = now_s + UPDATE_S
                await _write(link, stage.text, wanted[0])
                n_new = len(set(wanted[1]) - set(self._shown[1] if self._shown else ()))
                self._shown = wanted
                self._count(n_new)
                continue
            if self._stream.n_waiting and now_s >= stream_due_s:
                stream_due_s = now_s + PACE_S
                self._count(await self._caption(link))
                continue
            if link.is_lost:
                await link.ask("GetVersion")  # raises what it was lost by
            dues_s = [text_due_s] if is_behind else []
            dues_s += [stream_due_s] if self._stream.n_waiting else []
            dues_s += [] if self._screen.clears_s is None else [self._screen.clears_s]
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(dues_s, default=None)):
                    await self._changed.wait()

    async def _caption(self, link: ObsLink) -> int:
        """Put the oldest waiting caption into the stream, if one runs; returns how many arrived."""
        try:
            await link.ask("SendStreamCaption", captionText=self._stream.next())
        except ObsRefusedError as exc:
            if exc.status != NO_STREAM:
                raise
            self._stream.clear()
            return 0
        return 1

    def _count(self, n_new: int) -> None:
        self._show(
            OutputHealth(self._health.status, self._health.message, self._health.n_sent + n_new, self._stream.n_dropped)
        )

    def _report(self, status: Any, message: str) -> None:
        if message and message not in self._said:
            self._said.add(message)
            logger.warning("obs_trouble", status=status, reason=message)
        self._show(OutputHealth(status, message, self._health.n_sent, self._stream.n_dropped))

    def _show(self, health: OutputHealth) -> None:
        if health != self._health:
            self._health = health
            self._on_health(health)


async def _write(link: ObsLink, source: str, text: str) -> None:
    await link.ask("SetInputSettings", inputName=source, inputSettings={"text": text}, overlay=True)
