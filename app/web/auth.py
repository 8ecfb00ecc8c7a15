"""Who may come in: keys with a role and a room, and pages of our own origin."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import ip_address
from socket import gethostname
from urllib.parse import urlsplit

from fastapi.security import HTTPBearer
from starlette.requests import HTTPConnection

from app.errors import AccessError, RoomError
from app.store.keyring import ROLES, Keyring, Role
from app.web.limits import ConnectionLimits

REFUSAL = (
    "This link opens nothing here. Open the whole link you were given, with the part behind #, or ask for a new one."
)
"""Said of a wrong key and of a room that does not exist alike, so that nobody learns which rooms there are."""

BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="A key of the service or of one room.")
"""For OpenAPI only: says where the key goes. Whether it opens is the doorkeeper's."""

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers that a proxy adds: then whoever asks is not on this machine."""


@dataclass(frozen=True, slots=True)
class Client:
    """Whoever was let in, and what for."""

    role: Role
    room: str | None
    """The one room it may enter; None for all."""
    key: str | None = None
    """Id of its key; None where none was needed."""

    def may(self, role: Role) -> bool:
        """Return whether it may do what that role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Authenticator:
    """Asks for keys. On a service that only its own machine can reach, whoever is on that machine needs none."""

    def __init__(
        self,
        keyring: Keyring,
        crowd: ConnectionLimits,
        *,
        is_own_machine: bool,
        origins: Collection[str] = (),
        public: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """Use these keys; `origins` are those of our pages behind a proxy, `public` names rooms that all may read."""
        self._keyring, self._crowd = keyring, crowd
        self._is_own_machine = is_own_machine
        self._origins = frozenset(origin.rstrip("/").casefold() for origin in origins)
        self._public = public

    def admit(self, connection: HTTPConnection, secret: str, role: Role, room: str | None) -> Client:
        """Return the guest that may act as `role` in a room, or with None in the whole service.

        Raises:
            AccessError: The key is none, or not for this.
            BusyError: Too many wrong keys came from this address.
        """
        key = self._keyring.find(secret) if secret else None
        if key is not None and key.allows(role, room):
            return Client(key.role, key.room, key.id)
        if self.is_at_home(connection):
            return Client("admin", None)
        if role == "viewer" and room in self._public():
            return Client("viewer", room)
        if secret and key is None:
            self._crowd.failed(address(connection))
        raise AccessError(REFUSAL)

    def missing(self, guest: Client, error: RoomError) -> AccessError:
        """Return what is said of a room that does not exist: the truth only to whoever may know all rooms."""
        return error if guest.room is None and guest.may("admin") else AccessError(REFUSAL)

    def is_at_home(self, connection: HTTPConnection) -> bool:
        """Return whether it is this machine's own browser or program that asks, by an address of this machine.

        The name in the address is checked, because a page elsewhere can point a name of its own at this machine.
        """
        if not self._is_own_machine or any(name in connection.headers for name in FORWARDED):
            return False
        return _is_loopback(address(connection)) and _is_loopback(_host(connection.headers.get("host", "")))

    def is_own_origin(self, connection: HTTPConnection) -> bool:
        """Return whether one of our own pages opens this socket; programs send no origin and may pass."""
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


def address(connection: HTTPConnection) -> str:
    """Return the address that a connection comes from; behind a trusted proxy, the one it names."""
    return connection.client.host if connection.client else ""


def _host(netloc: str) -> str:
    if "@" in netloc:  # no browser says so
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
