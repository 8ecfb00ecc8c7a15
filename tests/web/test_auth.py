"""Authentication: keys, local clients and origins."""

import pytest
from starlette.requests import HTTPConnection

from app.errors import AccessError, BusyError
from app.store.access_key import Role
from app.store.clock import Clock
from app.store.database import Database
from app.store.keyring import Keyring
from app.web.auth import Authenticator, Client, bearer, client_address
from app.web.limits import ConnectionLimits, LimitSettings

SERVER = ("127.0.0.1", 8000)


@pytest.fixture(autouse=True)
def users(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Stand for the kernel: the last item says whether the clients, which do not exist, run as the service's user."""
    answers = [True]
    monkeypatch.setattr("app.web.auth.has_same_user", lambda own, _: own == SERVER and answers[-1])
    return answers


def connection(address: str = "127.0.0.1", scheme: str = "http", **headers: str) -> HTTPConnection:
    """Return a connection from an address, with headers."""
    names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection(
        {"type": "http", "scheme": scheme, "headers": names, "client": (address, 5), "server": SERVER}
    )


def authenticator(*, local_reads: bool = False, attempts: int = 30) -> Authenticator:
    """Return an authenticator with one admin key and one public room."""
    keyring = Keyring(Database(None), Clock())
    keyring.add_master_key("right" * 5)
    return Authenticator(
        keyring,
        ConnectionLimits(LimitSettings(attempts=attempts)),
        local_reads=local_reads,
        origins=["https://Subtitles.example.org/"],
        public_rooms=lambda: ["hall"],
    )


def test_a_role_includes_the_roles_before() -> None:
    """An operator may read and speak; a viewer only reads."""
    assert Client("operator", "main").may("source")
    assert not Client("viewer", "main").may("source")


def test_keys_and_public_rooms_give_access() -> None:
    """An admin key opens every room; without a key only public rooms can be read."""
    checks = authenticator()
    assert checks.authorize(connection(), "right" * 5, "operator", "main").role == "admin"
    assert checks.authorize(connection(), "", "viewer", "hall") == Client("viewer", "hall")
    forbidden: list[tuple[Role, str | None]] = [("viewer", "main"), ("source", "hall"), ("admin", None)]
    for role, room in forbidden:
        with pytest.raises(AccessError):
            checks.authorize(connection(), "", role, room)


def test_wrong_keys_are_limited_and_missing_ones_are_not() -> None:
    """Each wrong key counts; a request without a key does not."""
    checks = authenticator(attempts=2)
    for _ in range(9):
        with pytest.raises(AccessError):
            checks.authorize(connection(), "", "viewer", "main")
    for error in (AccessError, AccessError, BusyError):
        with pytest.raises(error):
            checks.authorize(connection(), "wrong", "viewer", "main")


@pytest.mark.parametrize(
    ("client", "is_local"),
    [
        (connection(host="127.0.0.1:8000"), True),
        (connection(host="localhost"), True),
        (connection("::1", host="[::1]:8000"), True),
        (connection(host="evil.example"), False),
        (connection(host="user@localhost"), False),
        (connection(host="localhost", x_forwarded_for="192.0.2.1"), False),
        (connection("192.0.2.1", host="localhost"), False),
        (connection(), False),
    ],
)
def test_local_clients_need_no_key(client: HTTPConnection, is_local: bool) -> None:
    """A client is local if its address and the Host header are, and no proxy is between."""
    assert authenticator(local_reads=True).is_local(client) is is_local
    assert not authenticator().is_local(client)


def test_programs_of_other_users_are_not_local(users: list[bool]) -> None:
    """What a proxy with a user of its own passes on is not local, although nothing in it shows that."""
    users.append(False)
    assert not authenticator(local_reads=True).is_local(connection(host="localhost"))


@pytest.mark.parametrize(
    ("client", "is_allowed"),
    [
        (connection(host="127.0.0.1:8000"), True),
        (connection(host="127.0.0.1:8000", origin="http://127.0.0.1:8000"), True),
        (connection(host="127.0.0.1:8000", origin="https://127.0.0.1:8000"), False),
        (connection(host="127.0.0.1:8000", origin="http://127.0.0.1:9000"), False),
        (connection(host="evil.example", origin="http://evil.example"), False),
        (connection(host="inner", origin="https://subtitles.example.org"), True),
        (connection(host="127.0.0.1", origin="null"), False),
    ],
)
def test_only_our_own_origins_are_allowed(client: HTTPConnection, is_allowed: bool) -> None:
    """An origin must be an address of this service or one of the settings; programs send none."""
    assert authenticator().is_allowed_origin(client) is is_allowed


def test_the_key_is_read_from_the_authorization_header() -> None:
    """Only the Bearer scheme is accepted, in any case."""
    assert bearer(connection(authorization="bearer  word ")) == "word"
    assert bearer(connection(authorization="Basic word")) == ""
    assert bearer(connection()) == ""
    assert client_address(HTTPConnection({"type": "http", "headers": [], "client": None})) == ""
