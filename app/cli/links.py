"""Prints the links to a service's pages, with keys where the service asks for them."""

from rich.console import Console

from app.service.service import Service
from app.store.keyring import Role

LINK_S = 7 * 86_400.0
"""How long keys in printed links are valid: longer than a conference; `surtitle room key` makes keys for longer."""


async def print_links(console: Console, service: Service, address: str) -> None:
    """Print the model and the links of the first room; where keys are needed, make some and put them into the links."""
    settings = service.settings
    needs_keys = settings.require_keys or not settings.is_loopback or settings.public_url is not None
    console.print(f"Model: {service.model.name} on {service.model.device} ({service.model.compute_type}).")
    if service.model.notice:
        console.print(service.model.notice)

    # a user with an own admin key can make keys later, so none appears in the output
    makes_keys = needs_keys and not settings.key

    async def print_link(label: str, page: str, role: Role, room: str | None) -> None:
        fragment = ""
        if makes_keys:
            fragment = "#" + (await service.keyring.create_key(room, role, "printed at the start", LINK_S))[1]
        console.print(f"{label:30}{address}/{page}{fragment}", soft_wrap=True)

    await print_link("Read along on phones:", f"v/{settings.room}", "viewer", settings.room)
    await print_link("Overlay for OBS and screens:", f"overlay/{settings.room}", "viewer", settings.room)
    await print_link("Speak from a browser:", f"microphone/{settings.room}", "source", settings.room)
    await print_link("Operate the room (console):", f"operator/{settings.room}", "operator", settings.room)
    await print_link("All links:", "", "admin", None)
    if makes_keys:
        console.print("The part after # is the access key of that page; the key of the last link may do everything.")
        console.print("The keys are valid for a week, also after a restart. Share the links with care.")
    elif needs_keys:
        console.print("Each link needs a key after #. Yours opens everything; `surtitle room key` makes others.")
    console.print("Stop with Ctrl-C.")
