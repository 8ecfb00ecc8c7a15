"""Captions in OBS Studio, over obs-websocket 5: an overlay or a text source, and captions inside the stream."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Literal

from app import log
from app.captions.event import Event
from app.captions.room import Room
from app.captions.room_state import OutputHealth
from app.errors import ObsError, ObsRefusedError, SettingsError
from app.outputs.fallback import mark_fallback
from app.outputs.obs_link import ObsLink, connect, require_extra
from app.outputs.obs_scene import SceneSetup, prepare_scene
from app.outputs.obs_stream import PACE_S, StreamCaptions
from app.outputs.obs_text import ObsText
from app.outputs.settings import ObsOutput

logger = log.get(__name__)

UPDATE_S = 0.2
"""Between two texts: text sources that change faster cost OBS frames (captions-plugin issues 125 and 148)."""

PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Pauses between attempts to connect; the last one repeats. Each varies by half."""

PERSON_PAUSE_S = 30.0
"""Between attempts while a person must act, for example after a wrong password."""

STEADY_S = 10.0
"""After a connection of this length, the pauses start again with the first one."""

CLEAR_TIMEOUT_S = 1.0
"""How long clearing the text may take at the end."""

NO_STREAM = 501
"""Status number: no stream is running."""

_chance = Random()


class ObsCaptions:
    """Shows one track of a room in OBS Studio, and sends it as captions into the stream while one runs.

    A text source gets only the newest text, so a slow OBS is late by at most one answer. What is said while OBS is
    disconnected is never shown.
    """

    def __init__(self, settings: ObsOutput, *, on_health: Callable[[OutputHealth], None]) -> None:
        """Prepare without connecting. `on_health` is called with every change of the health and must be quick.

        Raises:
            SettingsError: The extra `obs` is not installed.
        """
        require_extra()
        self._settings = settings
        self._on_health = on_health
        self._health = OutputHealth("starting")
        self._text = ObsText()
        self._stream = StreamCaptions()
        self._changed = asyncio.Event()
        self._shown: tuple[str, tuple[str, ...]] | None = None
        """The text in OBS and its phrases; None if unknown."""
        self._logged: set[str] = set()
        """Messages that were logged."""

    async def follow(self, room: Room, *, after_seq: int) -> None:
        """Show the room's captions until cancelled; cancelling clears the text. One caller at a time.

        Events up to `after_seq`, and what was said or translated before, are not shown. No error from OBS ends this.
        """
        loop = asyncio.get_running_loop()
        is_hidden, n_erasures = room.visibility.is_hidden, room.n_erasures

        def on_event(event: Event) -> None:
            if event.is_backfilled or (event.seq is not None and event.seq <= after_seq):
                return
            event = mark_fallback(event)
            if room.visibility.is_hidden:
                self._text.hide_phrase(event)
            elif event.track == (self._settings.track or room.main_track):
                self._text.update(event, loop.time())
                if event.state in ("corrected", "withdrawn"):
                    self._stream.change(event.phrase, event.committed)
                elif event.state == "final" and not self._text.is_phrase_hidden(event):
                    self._stream.add(event.phrase, event.committed, room.naming.shown(event.speaker))
                self._changed.set()

        def on_room_change() -> None:
            nonlocal is_hidden, n_erasures
            if self._text.set_naming(room.naming):
                self._changed.set()
            if room.n_erasures != n_erasures:
                n_erasures = room.n_erasures
                self._text.forget()
            elif room.visibility.is_hidden == is_hidden:
                return
            elif room.visibility.is_hidden:
                self._text.clear()
            else:
                self._text.show(loop.time())
            is_hidden = room.visibility.is_hidden
            self._stream.clear()
            self._changed.set()

        self._text.set_naming(room.naming)
        with room.bus.listen(on_event), room.watch(on_room_change):
            await self._keep_connected()

    async def _keep_connected(self) -> None:
        loop = asyncio.get_running_loop()
        n_failures = 0
        while True:
            started_s = loop.time()
            try:
                async with connect(self._settings.host, self._settings.port, self._settings.password) as link:
                    await self._use(link)
            except SettingsError as exc:
                self._report("failed", f"{exc} Trying again from time to time.")
                pause_s = PERSON_PAUSE_S
            except ObsError as exc:
                self._report("retrying", f"{exc} Trying again.")
                n_failures = 0 if loop.time() - started_s > STEADY_S else n_failures
                pause_s = PAUSES_S[min(n_failures, len(PAUSES_S) - 1)]
                n_failures += 1
            await asyncio.sleep(pause_s * _chance.uniform(0.5, 1.5))

    async def _use(self, link: ObsLink) -> None:
        """Keep OBS up to date until the connection is lost, which raises ObsError."""
        setup = await prepare_scene(link, self._settings)
        self._shown = None
        self._stream.clear()  # the waiting captions are old
        self._report("working", " ".join(setup.missing))
        link.on_lost(self._changed.set)
        try:
            await self._keep_updated(link, setup)
        except asyncio.CancelledError:
            if setup.text is not None and not link.is_lost:
                with suppress(ObsError, SettingsError, TimeoutError):
                    async with asyncio.timeout(CLEAR_TIMEOUT_S):
                        await _write_text(link, setup.text, "")
            raise

    async def _keep_updated(self, link: ObsLink, setup: SceneSetup) -> None:
        loop = asyncio.get_running_loop()
        text_due_s = stream_due_s = 0.0
        while True:
            self._changed.clear()
            now_s = loop.time()
            self._text.clear_if_due(now_s)
            current = (self._text.text, self._text.phrases)
            is_behind = setup.text is not None and (self._shown is None or self._shown[0] != current[0])
            if setup.text is not None and is_behind and now_s >= text_due_s:
                text_due_s = now_s + UPDATE_S
                await _write_text(link, setup.text, current[0])
                n_new = len(set(current[1]) - set(self._shown[1] if self._shown else ()))
                self._shown = current
                self._count(n_new)
                continue
            if self._stream.n_waiting and now_s >= stream_due_s:
                stream_due_s = now_s + PACE_S
                self._count(await self._send_caption(link))
                continue
            if link.is_lost:
                await link.request("GetVersion")  # raises the error that ended the connection
            dues_s = [text_due_s] if is_behind else []
            dues_s += [stream_due_s] if self._stream.n_waiting else []
            dues_s += [] if self._text.clears_s is None else [self._text.clears_s]
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(dues_s, default=None)):
                    await self._changed.wait()

    async def _send_caption(self, link: ObsLink) -> int:
        """Send the oldest waiting caption into the stream, if one runs; returns how many arrived."""
        try:
            await link.request("SendStreamCaption", captionText=self._stream.pop())
        except ObsRefusedError as exc:
            if exc.status != NO_STREAM:
                raise
            self._stream.clear()
            return 0
        return 1

    def _count(self, n_new: int) -> None:
        health = self._health
        self._set_health(OutputHealth(health.status, health.message, health.n_sent + n_new, self._stream.n_dropped))

    def _report(self, status: Literal["working", "retrying", "failed"], message: str) -> None:
        if message and message not in self._logged:
            self._logged.add(message)
            logger.warning("obs_problem", status=status, reason=message)
        self._set_health(OutputHealth(status, message, self._health.n_sent, self._stream.n_dropped))

    def _set_health(self, health: OutputHealth) -> None:
        if health != self._health:
            self._health = health
            self._on_health(health)


async def _write_text(link: ObsLink, source: str, text: str) -> None:
    await link.request("SetInputSettings", inputName=source, inputSettings={"text": text}, overlay=True)
