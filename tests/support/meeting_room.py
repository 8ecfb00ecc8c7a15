"""A room whose captions go to the fake meeting server, on a fast clock."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, ParamSpec

from app.captions.caption_log import MemoryLog
from app.captions.event import Event
from app.captions.room import Room
from app.captions.room_state import OutputHealth, Visibility
from app.captions.session_settings import SessionSettings
from app.decode.request import Task
from app.outputs.meeting_captions import MeetingCaptions
from app.outputs.meeting_numbering import SequenceCounter
from app.outputs.meeting_retry import RetryTimes
from app.outputs.teams import TeamsCaptions
from app.outputs.youtube import YouTubeCaptions
from app.outputs.zoom import ZoomCaptions
from tests.fakes.meeting_server import ADDRESSES, MeetingServer, Vendor, serve_meeting
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.fast_loop import FastLoop

OUTPUTS: dict[Vendor, type[MeetingCaptions]] = {
    "zoom": ZoomCaptions,
    "teams": TeamsCaptions,
    "youtube": YouTubeCaptions,
}
SPEED = 20.0
"""How much faster the clock runs."""

RETRY_TIMES = RetryTimes(answer_s=4.5)
"""An answer may take 225 ms of real time."""

Arguments = ParamSpec("Arguments")


def on_fast_clock(test: Callable[Arguments, Coroutine[Any, Any, None]]) -> Callable[Arguments, None]:
    """Run a test on a fast clock."""

    @functools.wraps(test)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        with asyncio.Runner(loop_factory=lambda: FastLoop(SPEED)) as runner:
            runner.run(test(*args, **kwargs))

    return run


def open_room(task: Task = "transcribe") -> Room:
    """Open a room without speakers."""
    return Room("main", engine=ScriptedEngine(), settings=SessionSettings(task=task), log=MemoryLog("e"), model="none")


def phrase(name: str, text: str, track: str = "original", **changes: object) -> Event:
    """Make the event of a final phrase as a session does."""
    event = {"state": "final", "language": "en", "start_s": 0.0, "end_s": 1.0, "rev": 1, **changes}
    return Event(room="main", epoch="", seq=None, phrase=name, source="clip", track=track, committed=text, **event)  # type: ignore[arg-type]


class Meeting:
    """A room, the fake server, and the health that the output reports."""

    def __init__(self, vendor: Vendor, task: Task = "transcribe") -> None:
        """Begin with an empty room."""
        self.room = open_room(task)
        self.server = MeetingServer(vendor)
        self.healths: list[OutputHealth] = []
        self._n_phrases = 0

    @property
    def health(self) -> OutputHealth:
        """The newest health."""
        return self.healths[-1]

    @property
    def texts(self) -> list[str]:
        """The captions that the meeting shows."""
        return [shown.text for shown in self.server.shown]

    def say(self, *texts: str, **changes: object) -> None:
        """Publish final phrases."""
        for text in texts:
            self._n_phrases += 1
            self.room.publish(phrase(f"9-{self._n_phrases}", text, **changes))  # type: ignore[arg-type]

    def show(self, *, is_hidden: bool) -> None:
        """Show or hide, as an operator does."""
        self.room.set_visibility(Visibility(is_hidden=is_hidden))

    @asynccontextmanager
    async def follow(
        self,
        *,
        after_seq: int = 0,
        address: str | None = None,
        track: str | None = None,
        language: str | None = None,
        counter: SequenceCounter | None = None,
    ) -> AsyncIterator[MeetingCaptions]:
        """Send what the room says while the block lasts."""
        vendor = self.server.vendor
        async with serve_meeting(self.server) as transport:
            output = OUTPUTS[vendor](
                address or ADDRESSES[vendor],
                on_health=self.healths.append,
                track=track,
                language=language,
                counter=counter,
                transport=transport,
                retry_times=RETRY_TIMES,
                seed=1,
            )
            task = asyncio.create_task(output.follow(self.room, after_seq=after_seq))
            await asyncio.sleep(0)
            try:
                yield output
            finally:
                task.cancel()
                (ended,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError), ended
        assert self.server.mistakes == []


async def wait_until(is_so: Callable[[], bool], within_s: float = 400.0) -> None:
    """Wait until the server has seen something, in seconds of the loop's clock."""
    async with asyncio.timeout(within_s):
        while not is_so():  # noqa: ASYNC110  # the fake server has no callback
            await asyncio.sleep(0.02)
