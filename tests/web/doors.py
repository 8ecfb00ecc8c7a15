"""A service for the tests of doors: real rooms, real server, no model."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from app.audio.browser import BrowserSource
from app.captions.event import Event
from app.captions.log import MemoryLog
from app.captions.room import Room
from app.captions.session import SessionSettings
from app.errors import BusyError, RoomError
from app.web.server import Server, bind
from tests.captions.engines import ScriptedEngine


class Rooms:
    """What the server needs of a service, with one room that translates."""

    def __init__(self, key: str | None = None, epoch: str = "e1") -> None:
        self.key = key
        self.is_ready = True
        settings = SessionSettings(task="translate")
        self.main = Room("main", engine=ScriptedEngine(), settings=settings, log=MemoryLog(epoch), model="none")
        self.sources: dict[str, BrowserSource] = {}
        self.is_full = False

    @property
    def rooms(self) -> Mapping[str, Room]:
        """The only room."""
        return {"main": self.main}

    def room(self, name: str) -> Room:
        """Return the only room."""
        if name != "main":
            raise RoomError(f"There is no room called {name} here.")
        return self.main

    def browser(self, room: str, session: str, label: str, language: str | None) -> BrowserSource:
        """Return the source of a session, if there is room."""
        if self.is_full:
            raise BusyError("There is no room for one more. Try again in 60 s.", retry_after_s=60.0)
        return self.sources.setdefault(session, BrowserSource(session, label))

    def say(
        self,
        phrase: str,
        committed: str,
        tentative: str = "",
        *,
        rev: int,
        track: str = "original",
        final: bool = False,
    ) -> None:
        """Publish one state of a phrase."""
        state = "final" if final else "open"
        self.main.publish(
            Event("main", "", None, phrase, rev, "s", track, state, "en", 0.0, 1.0, committed, tentative)  # type: ignore[arg-type]
        )


@asynccontextmanager
async def serving(rooms: Rooms, port: int = 0) -> AsyncIterator[int]:
    """Serve while the block lasts; yields the port."""
    bound = bind("127.0.0.1", port)
    server = Server(rooms, bound)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(server.run())
        while not server.is_started:  # noqa: ASYNC110 - uvicorn tells nobody when it is ready
            await asyncio.sleep(0.01)
        try:
            yield bound.getsockname()[1]
        finally:
            server.stop()
            await task
            bound.close()
