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
    """Check which address phones open, and whether their microphone works there."""
    addresses = PageAddresses(
        settings.host,
        settings.port,
        is_https=settings.is_https,
        public_url=settings.public_url,
        list_networks=list_networks,
    )
    if addresses.main is None:
        if settings.is_loopback:
            message = "No phone can open the pages, because the service listens on this computer alone."
            return [green(SUBJECT, f"{message} With --host 0.0.0.0 phones can.")]
        return [yellow(SUBJECT, "This computer is in no network.", "Connect it to the network of the phones.")]
    if not addresses.main.startswith("https:"):
        return [green(SUBJECT, f"Phones can read at {addresses.main}. To speak into a phone, use --https.")]
    speaking = f"Phones can read and speak at {addresses.main}."
    if not settings.https or settings.https_cert or settings.public_url:
        return [green(SUBJECT, speaking)]
    return [green(SUBJECT, f"{speaking} {_describe_authority(settings.data / AUTHORITY)}")]


def _describe_authority(path: Path) -> str:
    """Return the fingerprint of the certificate that phones install."""
    try:
        content = ssl.PEM_cert_to_DER_cert(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return "The certificate for them is made when the service starts."
    return (
        f"The SHA-256 fingerprint of the certificate that they install is {sha256(content).digest().hex(' ').upper()}."
    )
