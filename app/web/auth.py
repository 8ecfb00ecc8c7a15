"""Authentication: keys with a role and a room, and the origins that may open sockets."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import ip_address
from socket import gethostname
from urllib.parse import urlsplit

from fastapi.security import HTTPBearer
from starlette.requests import HTTPConnection

from app.errors import AccessError
from app.store.access_key import Role, includes
from app.store.keyring import Keyring
from app.web.limits import ConnectionLimits
from app.web.local_name import own_name
from app.web.peer_user import has_same_user

REFUSAL = (
    "This link is not valid here. Open the whole link you were given, with the part after #, or ask for a new one."
)
"""The same message for a wrong key and for a room that does not exist, so that clients cannot probe for rooms."""

BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="A key of the service or of one room.")
"""For OpenAPI only: documents the header. `Authenticator` checks the key."""

PROXY_HEADERS = ("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cdn-loop")
"""Headers that proxies add, besides all that begin with `x-forwarded-` or `cf-`; they show that the client is not on
this machine."""


OnRefused = Callable[[HTTPConnection, str | None, str | None, str], None]
"""Called with a connection that is refused, the id of its key if it has a valid one, the room that it asks for, and the
reason."""


@dataclass(frozen=True, slots=True)
class Client:
    """An authenticated client and its role."""

    role: Role
    room: str | None
    """The one room it has access to; None for all."""
    key: str | None = None
    """Id of its key; None if it needed none."""
    is_local: bool = False
    """Whether it needs no key because it only reads, on this machine; otherwise a client without a key reads a public
    room."""

    def may(self, role: Role) -> bool:
        """Return whether the client has the rights of that role."""
        return includes(self.role, role)


class Authenticator:
    """Checks keys and origins; if only this machine can reach the service, local readers need no key."""

    def __init__(
        self,
        keyring: Keyring,
        limits: ConnectionLimits,
        *,
        local_reads: bool,
        origins: Collection[str] = (),
        public_rooms: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """Check against a keyring; wrong keys count in `limits`.

        `local_reads` lets readers on this machine in without a key; `origins` are those of the pages behind a proxy;
        `public_rooms` returns the rooms that need no key to read.
        """
        self._keyring, self._limits = keyring, limits
        self._local_reads = local_reads
        self._origins = frozenset(origin.rstrip("/").casefold() for origin in origins)
        self._public_rooms = public_rooms
        self.on_refused: OnRefused = lambda connection, key, room, reason: None

    def authorize(self, connection: HTTPConnection, secret: str, role: Role, room: str | None) -> Client:
        """Return the client that may act as `role` in a room, or in the whole service if `room` is None.

        Raises:
            AccessError: The key is wrong, missing or does not allow this.
            BusyError: Too many wrong keys came from this address.
        """
        key = self._keyring.find(secret) if secret else None
        if key is not None and key.allows(role, room):
            return Client(key.role, key.room, key.id)
        if role == "viewer" and room is not None:
            if self.is_local(connection):
                return Client("viewer", room, is_local=True)
            if room in self._public_rooms():
                return Client("viewer", room)
        raise self._refuse(connection, secret, room)

    def identify(self, connection: HTTPConnection, secret: str) -> Client:
        """Return the client of a key, whatever the key opens.

        Raises:
            AccessError: The key is wrong or missing.
            BusyError: Too many wrong keys came from this address.
        """
        key = self._keyring.find(secret) if secret else None
        if key is None:
            raise self._refuse(connection, secret, None)
        return Client(key.role, key.room, key.id)

    def _refuse(self, connection: HTTPConnection, secret: str, room: str | None) -> AccessError:
        """Record a refusal, count a wrong key, and return the error to raise; raises BusyError."""
        key = self._keyring.find(secret) if secret else None
        reason = "key does not allow this" if key is not None else "wrong key" if secret else "no key"
        self.on_refused(connection, key.id if key else None, room, reason)
        if secret and key is None:
            self._limits.count_wrong_key(client_address(connection))
        return AccessError(REFUSAL)

    def is_local(self, connection: HTTPConnection) -> bool:
        """Return whether the client is on this machine, used a local address, and shows no sign of a proxy.

        The Host header is checked because a page of another site can resolve its own name to this machine (DNS
        rebinding). HTTP/1.0 is a sign because nginx speaks it to the services behind it. A relay of bytes leaves none,
        but only one that the service's own user runs passes for local on Linux; behind that one, and behind any on
        other systems, a service needs `--public-url` or `--require-keys`.
        """
        headers = connection.headers
        return (
            self._local_reads
            and connection.scope.get("http_version", "1.1") == "1.1"
            and not any(_is_proxy_header(name) for name in headers)
            and _is_loopback(client_address(connection))
            and _is_loopback(_host(headers.get("host", "")))
            and headers.get("sec-fetch-site", "none") in ("none", "same-origin")
            and self.is_allowed_origin(connection)
            and has_same_user(connection.scope["server"], connection.scope["client"])
        )

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
        return _is_loopback(name) or _is_address(name) or name in (gethostname().casefold(), own_name())


def _is_proxy_header(name: str) -> bool:
    return name in PROXY_HEADERS or name.startswith(("x-forwarded-", "cf-"))


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
