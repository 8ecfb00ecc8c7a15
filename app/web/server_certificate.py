"""What the web server needs of a certificate; `app.web.tls` has the two kinds."""

import ssl
from typing import Protocol


class ServerCertificate(Protocol):
    """What the web server needs of a certificate."""

    @property
    def context(self) -> ssl.SSLContext:
        """The settings of TLS for the next connection."""

    @property
    def authority(self) -> bytes | None:
        """The certificate that phones install, as PEM; None if they need none."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the service must be opened by; empty if every address of the machine will do."""

    def renew(self) -> None:
        """Replace the certificate if it ends soon, or names other addresses than the machine has; blocks for 10 ms."""
