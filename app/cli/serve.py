"""Runs `surtitle serve`: one service with its web server, until the program is asked to stop."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial

from rich.console import Console

import app
from app import log
from app.cli import preflight
from app.cli.exit_codes import run_slow_start
from app.cli.https import open_certificate, renewing
from app.cli.links import print_links
from app.cli.waiting import Waiting
from app.config import Settings
from app.outputs.file import SubtitleFile
from app.service.backup import delete_leftovers
from app.service.service import Service
from app.store.audit_files import AUDIT
from app.store.audit_log import AuditLog
from app.web.addresses import EVERYWHERE, PageAddresses
from app.web.auth import Authenticator
from app.web.context import AppContext
from app.web.fair_loop import freeze_objects
from app.web.file_limit import fit_limits, raise_file_limit
from app.web.limits import ConnectionLimits, LimitSettings, parse_networks
from app.web.local_name import find_own_name
from app.web.server import Server, bind
from app.web.server_certificate import ServerCertificate

STOP_SIGNALS = [signal.SIGINT, signal.SIGTERM]
"""The signals that end the service."""

if sys.platform == "win32":  # for Ctrl-Break, and when the window is closed or the user logs off
    STOP_SIGNALS.append(signal.SIGBREAK)


async def serve(settings: Settings) -> None:
    """Run the service until SIGINT or SIGTERM; then decode and save what was still being said."""
    log.setup(settings.log_level)
    console = Console(stderr=False, highlight=False)
    await asyncio.to_thread(preflight.check, settings)  # before the file is made
    saving = SubtitleFile(settings.save) if settings.save else None
    async with running_service(settings) as (service, addresses):
        async with stop_signals() as is_asked:  # from the first request on
            room = service.get_room_settings(settings.room)
            console.print(preflight.describe_start(settings, room), soft_wrap=True, markup=False)
            if saving:
                console.print(f"Subtitles are written to {saving.path}.", soft_wrap=True, markup=False)
                service.add_output(settings.room, saving.path.name, "file", saving.report_to)
            await print_links(console, service, addresses)
            await is_asked.wait()
        await service.drain()  # the last sentences still reach the pages and the file


@asynccontextmanager
async def running_service(settings: Settings) -> AsyncIterator[tuple[Service, PageAddresses]]:
    """Run a service and its web server while the block lasts; yields the service and the addresses of its pages.

    The port is bound first, so that a port that is taken fails before the model loads. While something slow runs, it
    says so every few seconds.

    Raises:
        SettingsError: A setting cannot be used on this machine.
    """
    log.setup(settings.log_level)
    bound = bind(settings.host, settings.port)
    waiting = Waiting(partial(print, flush=True))
    addresses = PageAddresses(
        settings.host, bound.getsockname()[1], is_https=settings.is_https, public_url=settings.public_url
    )
    with closing(bound), waiting:
        certificate = await asyncio.to_thread(open_certificate, settings, addresses)
        # asked while the model loads
        naming = asyncio.get_running_loop().run_in_executor(None, _find_local_name, addresses)
        await run_slow_start(partial(preflight.check_reachable, settings, waiting.say))
        service = await run_slow_start(partial(Service, settings, waiting.say))
        if not settings.memory:
            delete_leftovers(settings.data)
        audit = open_audit(settings)
        waiting.say(f"Loading the model {service.model.name}.")
        async with recording_life(audit), service.running():
            context = _build_context(service, audit, addresses, certificate)
            async with Server(context, bound, proxies=settings.proxies).running(), renewing(certificate):
                freeze_objects()
                addresses.local_name = await naming
                waiting.stop()
                yield service, addresses


def _find_local_name(addresses: PageAddresses) -> str | None:
    """Return the `.local` name of this machine, if other devices can open the service by it; blocks for a moment."""
    return find_own_name(addresses.networks) if addresses.host in EVERYWHERE else None


def open_audit(settings: Settings) -> AuditLog:
    """Return the audit log of a service; without a disk it records nothing."""
    folder = None if settings.memory else settings.data / AUDIT
    return AuditLog(folder, addresses=settings.audit_addresses, keep_days=settings.audit_days)


@asynccontextmanager
async def recording_life(audit: AuditLog) -> AsyncIterator[None]:
    """Record that the service starts and stops, and close the log at the end of the block."""
    audit.record("service_started", key=None, detail=app.__version__)
    try:
        yield
    finally:
        audit.record("service_stopped", key=None)
        await asyncio.to_thread(audit.close)


def _build_context(
    service: Service, audit: AuditLog, addresses: PageAddresses, certificate: ServerCertificate | None
) -> AppContext:
    """Return what the web server's routes need: the service, authentication and connection limits."""
    settings = service.settings
    wanted = LimitSettings(shared=parse_networks(settings.shared_addresses))
    limits = ConnectionLimits(fit_limits(wanted, raise_file_limit()))
    authenticator = Authenticator(
        service.keyring,
        limits,
        local_reads=settings.local_reads,
        origins=addresses.all,
        public_rooms=lambda: service.public_rooms,
    )
    context = AppContext(service, authenticator, limits, audit=audit, addresses=addresses, certificate=certificate)
    service.keyring.on_revoked = context.disconnect_key
    service.keyring.on_printed = lambda key: audit.record(
        "key_created", key=None, room=key.room, detail=f"{key.id} {key.role} printed"
    )
    return context


@asynccontextmanager
async def stop_signals() -> AsyncIterator[asyncio.Event]:
    """Yield an event that STOP_SIGNALS set during the block; after it they do again what they did before."""
    is_asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask(*_: object) -> None:
        loop.call_soon_threadsafe(is_asked.set)

    before = {kind: signal.signal(kind, ask) for kind in STOP_SIGNALS}
    try:
        yield is_asked
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
