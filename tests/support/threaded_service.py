"""The real service in a thread, for clients that block; it collects its errors."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field

from app import config
from app.service.service import Service
from app.web.auth import Authenticator
from app.web.context import AppContext
from app.web.limits import ConnectionLimits, LimitSettings
from tests.fakes.hosted_rooms import serve_app

ADMIN = "an-admin-key-for-the-tests-only"


@dataclass(frozen=True, slots=True)
class ThreadedService:
    """The service's address and its errors."""

    address: str
    faults: list[str] = field(default_factory=list)
    """Errors of the web server, and uncaught exceptions."""

    @property
    def sockets(self) -> str:
        """Base address of its WebSockets."""
        return "ws" + self.address.removeprefix("http")


class _Listener(logging.Handler):
    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        """Add an error."""
        self._faults.append(self.format(record))


@contextmanager
def threaded_service() -> Iterator[ThreadedService]:
    """Run the service with the demo model and one admin key, in memory only, while the block lasts.

    Wrong keys are not limited, since a client of these tests sends many.
    """
    ready: Future[ThreadedService] = Future()
    over: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        settings = config.read(model="demo", port=0, memory=True, require_keys=True, key=ADMIN)
        faults: list[str] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: faults.append(str(context)))
        stop = asyncio.Event()
        over.set_result((loop, stop))
        listener = _Listener(faults)
        loggers = [logging.getLogger(name) for name in ("uvicorn.error", "asyncio")]
        service = Service(settings)
        limits = ConnectionLimits(LimitSettings(attempts=1_000_000_000))
        authenticator = Authenticator(
            service.keyring, limits, local_reads=False, public_rooms=lambda: service.public_rooms
        )
        context = AppContext(service, authenticator, limits)
        service.keyring.on_revoked = context.disconnect_key
        async with service.running(), serve_app(context) as port:
            for logger in loggers:
                logger.addHandler(listener)
            ready.set_result(ThreadedService(f"http://127.0.0.1:{port}", faults))
            try:
                await stop.wait()
            finally:
                for logger in loggers:
                    logger.removeHandler(listener)

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as exc:
            if ready.done():
                raise
            ready.set_exception(exc)

    thread = threading.Thread(target=work, name="live")
    thread.start()
    service = ready.result(60)
    try:
        yield service
    finally:
        loop, stop = over.result(60)
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
