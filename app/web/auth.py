"""Authentication: keys with a role and a room, and the origins that may open sockets."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import ip_address
from socket import gethostname
from urllib.parse import urlsplit

from fastapi.security import HTTPBearer
from starlette.requests import HTTPConnection

from app.errors import AccessError
from app.store.keyring import ROLES, Keyring, Role
from app.web.limits import ConnectionLimits

REFUSAL = (
    "This link is not valid here. Open the whole link you were given, with the part after #, or ask for a new one."
)
"""The same message for a wrong key and for a room that does not exist, so that clients cannot probe for rooms."""

BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="A key of the service or of one room.")
"""For OpenAPI only: documents the header. `Authenticator` checks the key."""

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers that proxies add; they show that the client is not on this machine."""


@dataclass(frozen=True, slots=True)
class Client:
    """An authenticated client and its role."""

    role: Role
    room: str | None
    """The one room it has access to; None for all."""
    key: str | None = None
    """Id of its key; None if it needed none."""

    def may(self, role: Role) -> bool:
        """Return whether the client has the rights of that role."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Authenticator:
    """Checks keys and origins; if only this machine can reach the service, local clients need no key."""

    def __init__(
        self,
        keyring: Keyring,
        limits: ConnectionLimits,
        *,
        is_loopback_only: bool,
        origins: Collection[str] = (),
        public_rooms: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """Check against a keyring; wrong keys count in `limits`.

        `origins` are those of the pages behind a proxy; `public_rooms` returns the rooms that need no key to read.
        """
        self._keyring, self._limits = keyring, limits
        self._is_loopback_only = is_loopback_only
        self._origins = frozenset(origin.rstrip("/").casefold() for origin in origins)
        self._public_rooms = public_rooms

    def authorize(self, connection: HTTPConnection, secret: str, role: Role, room: str | None) -> Client:
        """Return the client that may act as `role` in a room, or in the whole service if `room` is None.

        Raises:
            AccessError: The key is wrong, missing or does not allow this.
            BusyError: Too many wrong keys came from this address.
        """
        key = self._keyring.find(secret) if secret else None
        if key is not None and key.allows(role, room):
            return Client(key.role, key.room, key.id)
        if self.is_local(connection):
            return Client("admin", None)
        if role == "viewer" and room in self._public_rooms():
            return Client("viewer", room)
        if secret and key is None:
            self._limits.count_wrong_key(client_address(connection))
        raise AccessError(REFUSAL)

    def is_local(self, connection: HTTPConnection) -> bool:
        """Return whether the client is on this machine and used a local address.

        The Host header is checked because a page of another site can resolve its own name to this machine (DNS
        rebinding).
        """
        if not self._is_loopback_only or any(name in connection.headers for name in FORWARDED):
            return False
        return _is_loopback(client_address(connection)) and _is_loopback(_host(connection.headers.get("host", "")))

    def is_allowed_origin(self, connection: HTTPConnection) -> bool:
        """Return whether one of our own pages opens this socket; programs send no origin, and are allowed."""
        origin = connection.headers.get("origin")
        if origin is None or origin.casefold() in self._origins:
            return True
        host = connection.headers.get("host", "")
        scheme = "https" if connection.scope["scheme"] in ("https", "wss") else "http"
        if origin.casefold() != f"{scheme}://{host}".casefold():
            return False
        name = _host(host)
        return _is_loopback(name) or _is_address(name) or name == gethostname().casefold()


def bearer(connection: HTTPConnection) -> str:
    """Return the key in the Authorization header, empty without one."""
    kind, _, secret = connection.headers.get("authorization", "").partition(" ")
    return secret.strip() if kind.casefold() == "bearer" else ""


def client_address(connection: HTTPConnection) -> str:
    """Return the address of the client; behind a trusted proxy, the one that the proxy names."""
    return connection.client.host if connection.client else ""


def _host(netloc: str) -> str:
    if "@" in netloc:  # no browser sends this
        return ""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").casefold()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return name == "localhost" or (_is_address(name) and ip_address(name).is_loopback)
