"""The certificate of `surtitle serve --https`."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.config import Settings
from app.errors import SettingsError
from app.web.addresses import PageAddresses
from app.web.local_name import own_name
from app.web.server_certificate import ServerCertificate

RENEW_PAUSE_S = 30.0
"""How long a certificate may lack an address that the machine has since got, such as that of another network."""

NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
"""A name with a dot. An authority that may vouch for `dev` may vouch for all of `.dev` too, and for an empty name it
may vouch for everything; a computer may also have a name that no certificate can have, such as küche."""


def open_certificate(settings: Settings, addresses: PageAddresses) -> ServerCertificate | None:
    """Return the certificate for HTTPS, None without HTTPS; `addresses` then name what it is valid for.

    Raises:
        SettingsError: Its files cannot be read or written.
    """
    if settings.https_key is not None and settings.https_cert is None:
        raise SettingsError("Expected --https-cert together with --https-key. Name the file with the certificate too.")
    if not settings.is_https:
        return None
    from app.web.tls import FOLDER, GivenCertificate, OwnCertificate  # only HTTPS needs the library for certificates

    if settings.https_cert is not None:
        given = GivenCertificate(settings.https_cert, settings.https_key)
        addresses.names = given.names
        return given
    addresses.needs_trust = True
    folder = None if settings.memory else settings.data / FOLDER
    return OwnCertificate(folder, lambda: [*addresses.networks, *_own_names()])


def _own_names() -> list[str]:
    """Return the names of this machine for which its authority may vouch."""
    return [name for name in (own_name(), socket.gethostname().lower()) if NAME.fullmatch(name)]


@asynccontextmanager
async def renewing(certificate: ServerCertificate | None) -> AsyncIterator[None]:
    """Renew a certificate as often as it is needed while the block lasts."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_renew(certificate)) if certificate is not None else None
        try:
            yield
        finally:
            if task is not None:
                task.cancel()


async def _renew(certificate: ServerCertificate) -> None:
    while True:
        await asyncio.sleep(RENEW_PAUSE_S)
        await asyncio.to_thread(certificate.renew)
