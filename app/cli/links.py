"""Prints the links to a service's pages, with their keys."""

from rich.console import Console

from app.service.service import Service
from app.store.access_key import KEY_LASTS_S, Role


async def print_links(console: Console, service: Service, address: str) -> None:
    """Print the model and the links of the first room, with keys that stay the same over restarts.

    Where SURTITLE_KEY is set, no key is printed: its owner can make others.
    """
    settings = service.settings
    console.print(f"Model: {service.model.name} on {service.model.device} ({service.model.compute_type}).")
    if service.model.notice:
        console.print(service.model.notice)

    async def print_link(label: str, page: str, role: Role, room: str | None) -> None:
        needs_key = role != "viewer" or not settings.local_reads
        fragment = f"#{await service.keyring.printed_key(room, role)}" if needs_key and not settings.key else ""
        console.print(f"{label:30}{address}/{page}{fragment}", soft_wrap=True)

    await print_link("Read along on phones:", f"v/{settings.room}", "viewer", settings.room)
    await print_link("Overlay for OBS and screens:", f"overlay/{settings.room}", "viewer", settings.room)
    await print_link("Speak from a browser:", f"microphone/{settings.room}", "source", settings.room)
    await print_link("Operate the room (console):", f"operator/{settings.room}", "operator", settings.room)
    await print_link("All links:", "", "admin", None)
    if settings.key:
        console.print("Each link needs a key after #. Yours opens everything; `surtitle room key` makes others.")
    else:
        console.print("The part after # is the access key of that page; the key of the last link may do everything.")
        days = round(KEY_LASTS_S / 86_400)
        lasting = "until the service ends" if settings.memory else f"for up to {days} days, also after a restart"
        console.print(f"The keys are valid {lasting}. Share the links with care.")
    console.print("Stop with Ctrl-C.")
