"""Prints the links to a service's pages, with their keys."""

from rich.console import Console

from app.cli.terminal_qr import print_code
from app.service.service import Service
from app.store.access_key import KEY_LASTS_S, Role
from app.web.addresses import PageAddresses

ONLY_HERE = (
    "Only this computer can open these links. To let phones in, run `surtitle serve --host 0.0.0.0`, or give the "
    "address of your proxy with --public-url."
)
"""Printed in place of the QR code where no other device can open the pages."""

NO_NETWORK = (
    "This computer is not connected to a network, so no phone can open these links yet. Connect it, and open the "
    "console."
)
"""Printed instead where the service listens on all addresses, but there is none yet."""

TRUST = """\
Phones warn until they trust this computer: open {} on each one and install what it offers.
iPhone: then Settings > General > About > Certificate Trust Settings. Android: Settings > Security > CA certificate."""
"""How phones trust the certificate of the service's own authority."""


async def print_links(console: Console, service: Service, addresses: PageAddresses) -> None:
    """Print the model, the links of the first room, and the audience's link as a QR code.

    The links begin with an address that other devices can open, if there is one. Their keys stay the same over
    restarts. Where SURTITLE_KEY is set, no key is printed: its owner can make others.
    """
    settings = service.settings
    console.print(f"Model: {service.model.name} on {service.model.device} ({service.model.compute_type}).")
    if service.model.notice:
        console.print(service.model.notice)
    address = addresses.main or addresses.own
    # without HTTPS a browser opens the microphone on this computer alone
    speaking = address if address.startswith("https:") else addresses.own

    async def build_link(base: str, page: str, role: Role, room: str | None) -> str:
        needs_key = role != "viewer" or not settings.local_reads
        fragment = f"#{await service.keyring.printed_key(room, role)}" if needs_key and not settings.key else ""
        return f"{base}/{page}{fragment}"

    def print_link(label: str, link: str) -> None:
        console.print(f"{label:30}{link}", soft_wrap=True)

    name, room = settings.room, service.get_room_settings(settings.room)
    reading = f"{address}/c/{room.code}" if room.is_public else await build_link(address, f"v/{name}", "viewer", name)
    print_link("Read along on phones:", reading)
    # OBS trusts no certificate of ours
    overlay = addresses.own if addresses.needs_trust else address
    print_link("Overlay for OBS and screens:", await build_link(overlay, f"overlay/{name}", "viewer", name))
    print_link("Speak from a browser:", await build_link(speaking, f"microphone/{name}", "source", name))
    print_link("Operate the room (console):", await build_link(address, f"operator/{name}", "operator", name))
    print_link("All links:", await build_link(address, "", "admin", None))
    if addresses.own != address:
        print_link("All links, on this computer:", await build_link(addresses.own, "", "admin", None))
    _print_notes(console, service, addresses)
    if addresses.main is None:
        console.print(ONLY_HERE if settings.is_loopback else NO_NETWORK, soft_wrap=True)
    elif not settings.key or room.is_public:
        print_code(console, reading)
    console.print("Stop with Ctrl-C.")


def _print_notes(console: Console, service: Service, addresses: PageAddresses) -> None:
    """Print what the links do not say: other addresses, who can read, what phones cannot do, and how long keys last."""
    settings = service.settings
    if addresses.others:
        console.print(f"The same pages open at {' and '.join(addresses.others)}.", soft_wrap=True)
    if addresses.certificate_page:
        console.print(TRUST.format(addresses.certificate_page), soft_wrap=True)
    elif addresses.networks and not addresses.is_https and not addresses.public_url:
        console.print("Phones can read along. To speak into a phone, add --https to `surtitle serve`.", soft_wrap=True)
    if service.get_room_settings(settings.room).is_public:
        console.print(f"Everybody can read the room {settings.room} without a key: it is public.", soft_wrap=True)
    if settings.key:
        console.print(
            "Add a key after # to each link. Your own key opens everything; `surtitle room key` makes others."
        )
        return
    console.print("The part after # is the access key of that page; the key of the last link opens everything.")
    days = round(KEY_LASTS_S / 86_400)
    lasting = "until the service ends" if settings.memory else f"for up to {days} days, also after a restart"
    console.print(f"The keys are valid {lasting}. Share the links with care.")
