"""The check for `surtitle doctor` of what phones can do: whether they reach the pages, and whether they can speak."""

import ssl
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from app.cli.finding import Finding, green, yellow
from app.cli.terminal import AUTHORITY
from app.config import Settings
from app.web.addresses import PageAddresses
from app.web.networks import list_addresses

SUBJECT = "phones"


def check_phones(settings: Settings, list_networks: Callable[[], list[str]] = list_addresses) -> list[Finding]:
    """Check which address phones open, whether their microphone works there, and which certificate they install."""
    return [_check_address(settings, list_networks), *_describe_authority(settings.data / AUTHORITY)]


def _check_address(settings: Settings, list_networks: Callable[[], list[str]]) -> Finding:
    addresses = PageAddresses(
        settings.host,
        settings.port,
        is_https=settings.is_https,
        public_url=settings.public_url,
        list_networks=list_networks,
    )
    if addresses.main is None and settings.is_loopback:
        message = "No phone can open the pages, because the service listens on this computer alone."
        return green(SUBJECT, f"{message} With --host 0.0.0.0 phones can.")
    if addresses.main is None:
        return yellow(
            SUBJECT, "This computer is not connected to a network.", "Connect it to the network of the phones."
        )
    if not addresses.main.startswith("https:"):
        return green(SUBJECT, f"Phones can read at {addresses.main}. To speak into a phone, use --https.")
    return green(SUBJECT, f"Phones can read and speak at {addresses.main}.")


def _describe_authority(path: Path) -> list[Finding]:
    """Return the fingerprint of the certificate that phones install; nothing before `serve --https` has made one."""
    try:
        content = ssl.PEM_cert_to_DER_cert(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return []
    fingerprint = sha256(content).digest().hex(" ").upper()
    return [green("certificate", f"Phones install the one with the SHA-256 fingerprint {fingerprint}.")]
