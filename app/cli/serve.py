"""Runs a service with its doors until it ends or is told to stop, and the work on recorded files."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from rich.console import Console

from app import config, log
from app.captions.recorded import TranscribeOptions
from app.cli.exit_codes import FAILURE
from app.cli.transcribe_progress import TranscribeProgress
from app.config import Settings
from app.decode import glossary, models
from app.decode.device import pick_device
from app.decode.glossary import Glossary
from app.decode.request import Task
from app.errors import SettingsError
from app.outputs.file import SubtitleFile
from app.outputs.subtitles import parse_format
from app.service import recordings
from app.service.service import Service
from app.store.keyring import Role
from app.web.auth import Authenticator
from app.web.context import AppContext
from app.web.limits import ConnectionLimits, LimitSettings, raise_file_limit
from app.web.server import Server, bind

LINK_S = 7 * 86_400.0
"""How long printed links hold: a conference; whoever needs more makes a key of his own."""


@asynccontextmanager
async def open_doors(settings: Settings) -> AsyncIterator[tuple[Service, str]]:
    """Run a service and its web server while the block lasts; yields it with the address of its pages.

    Raises:
        SettingsError: Something cannot be done as asked; the port is tried before anything slow begins.
    """
    log.setup(settings.log_level)
    bound = bind(settings.host, settings.port)
    try:
        service = await asyncio.to_thread(Service, settings, partial(print, flush=True))
        async with service.running():
            server = Server(_context(service), bound, proxies=settings.proxies)
            async with server.running():
                host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "localhost") else settings.host  # noqa: S104
                own = f"http://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}"
                yield service, (settings.public_url or own).rstrip("/")
    finally:
        bound.close()


def _context(service: Service) -> AppContext:
    """Return the service with whoever watches its doors."""
    settings = service.settings
    limits = ConnectionLimits(LimitSettings(sockets=min(LimitSettings().sockets, raise_file_limit())))
    authenticator = Authenticator(
        service.keyring,
        limits,
        is_loopback_only=settings.is_loopback and not settings.require_keys,
        origins=[settings.public_url] if settings.public_url else [],
        public_rooms=lambda: service.public_rooms,
    )
    context = AppContext(service, authenticator, limits, public_url=settings.public_url)
    service.keyring.gone = context.connections.disconnect
    return context


async def serve(settings: Settings) -> None:
    """Serve until interrupted."""
    log.setup(settings.log_level)
    console = Console(stderr=False, highlight=False)
    # a name that cannot work fails before the model loads
    saving = SubtitleFile(settings.save) if settings.save else None
    async with open_doors(settings) as (service, address):
        await tell(console, service, address)
        if saving:
            console.print(f"Subtitles are written to:     {saving.path}", soft_wrap=True)
            service.add_output(settings.room, saving.path.name, "file", saving.report_to)
        await interrupted()
        await service.drain()  # the last phrases still go to the pages and into the file


async def tell(console: Console, service: Service, address: str) -> None:
    """Print where to go; where keys are needed, links with keys that were made for this."""
    settings = service.settings
    needs_keys = settings.require_keys or not settings.is_loopback or settings.public_url is not None
    console.print(f"Model: {service.model.name} on {service.model.device} ({service.model.compute_type}).")
    if service.model.notice:
        console.print(service.model.notice)

    mints = needs_keys and not settings.key  # who has a key makes others when they are needed; none is in our output

    async def link(what: str, page: str, role: Role, room: str | None) -> None:
        fragment = ""
        if mints:
            fragment = "#" + (await service.keyring.mint(room, role, "printed at the start", LINK_S))[1]
        console.print(f"{what:30}{address}/{page}{fragment}", soft_wrap=True)

    await link("Read along on phones:", f"v/{settings.room}", "viewer", settings.room)
    await link("Overlay for OBS and screens:", f"overlay/{settings.room}", "viewer", settings.room)
    await link("Speak from a browser:", f"microphone/{settings.room}", "source", settings.room)
    await link("Run the room:", f"operator/{settings.room}", "operator", settings.room)
    await link("All links:", "", "admin", None)
    if mints:
        console.print("The part behind # is a key for what the line says; the last one may do everything.")
        console.print("They hold for a week, over restarts too; pass them on with care.")
    elif needs_keys:
        console.print("Each needs a key behind #. Yours opens everything; `surtitle room key` makes links for others.")
    console.print("Stop with Ctrl-C.")


def models_known() -> None:
    """Print the models that have a name, and what auto would take here."""
    device = pick_device()
    print("demo  (bundled: a few hundred German and English words of a staff meeting)")
    for name, repository in models.REPOSITORIES.items():
        print(f"{name}  ({repository})")
    print(
        f"auto on this machine ({device}): {models.recommend(device, 'transcribe')} to transcribe, "
        f"{models.recommend(device, 'translate')} to translate"
    )


def fetch(**given: object) -> None:
    """Download a model, so that a service that may not does not have to.

    Raises:
        ModelError: It is not there and cannot be had.
    """
    settings = config.read(**given)
    name = settings.model
    if name == "auto":
        name = models.recommend(pick_device(), settings.task)
    choice = models.choose(
        name, settings.task, device=settings.device, cache=settings.model_cache, offline=settings.offline
    )
    print(f"The model {choice.name} is in {choice.path}.")


async def interrupted() -> None:
    """Return when a person or the system asks the program to stop."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask(*_: object) -> None:
        loop.call_soon_threadsafe(asked.set)

    kinds = [signal.SIGINT, signal.SIGTERM]
    before = {kind: signal.signal(kind, ask) for kind in kinds}
    try:
        await asked.wait()
    finally:
        for kind, old in before.items():
            signal.signal(kind, old)


def transcribe(
    files: Sequence[Path], *, formats: str, out: Path | None, beam: int, again: bool, **given: object
) -> None:
    """Write subtitles for recorded files; leaves with exit code 1 if one of them failed.

    Raises:
        SettingsError: Something cannot be done as asked.
    """
    settings = config.read(**given)
    log.setup(settings.log_level)
    kinds = [parse_format(kind.strip()) for kind in formats.split(",")]
    languages = settings.languages
    wanted = TranscribeOptions(
        task=settings.task,
        language=languages[0] if len(languages) == 1 else None,
        languages=languages,
        glossary=glossary.read(settings.glossary) if settings.glossary else Glossary(),
        beam_size=beam,
    )
    jobs = recordings.plan_jobs(files, kinds, out, wanted.task)
    choice = models.choose(
        settings.model,
        settings.task,
        device=settings.device,
        compute_type=settings.compute_type,
        threads=settings.threads,
        cache=settings.model_cache,
    )
    console = Console(highlight=False)
    if choice.notice:
        console.print(choice.notice, soft_wrap=True)
    with TranscribeProgress(console) as progress:
        work = recordings.run_jobs(
            jobs,
            choice,
            wanted,
            again=again,
            on_message=partial(console.print, soft_wrap=True),
            on_progress=progress.update,
        )
        failures = asyncio.run(work)
    for failure in failures:
        print(f"surtitle: {failure}", file=sys.stderr)
    if failures:
        sys.exit(FAILURE)


def task(name: str) -> Task:
    """Return the task of that name.

    Raises:
        SettingsError: There is none.
    """
    known: tuple[Task, ...] = ("transcribe", "translate")
    found = next((one for one in known if one == name), None)
    if found is None:
        raise SettingsError(f"Expected the task transcribe or translate, but got {name!r}.")
    return found


def numbers(text: str, option: str) -> tuple[int, ...]:
    """Return whole numbers that stand with commas between them.

    Raises:
        SettingsError: They are not.
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise SettingsError(f"Expected whole numbers with commas for {option}, as in 1,8, but got {text!r}.") from None
