"""The addresses at which the pages open, for each way to start a service."""

import pytest

from app.web.addresses import PageAddresses


@pytest.mark.parametrize(
    ("given", "own", "main", "others"),
    [
        ({"host": "127.0.0.1"}, "http://127.0.0.1:8000", None, []),
        ({"host": "localhost", "is_https": True}, "http://127.0.0.1:8000", None, []),
        (
            {"host": "0.0.0.0"},
            "http://127.0.0.1:8000",
            "http://192.0.2.7:8000",
            ["http://10.0.0.5:8000", "http://laptop.local:8000"],
        ),
        (
            {"host": "0.0.0.0", "port": 80},
            "http://127.0.0.1",
            "http://192.0.2.7",
            ["http://10.0.0.5", "http://laptop.local"],
        ),
        (
            {"host": "::", "is_https": True, "port": 443},
            "http://127.0.0.1:443",
            "https://192.0.2.7",
            ["https://10.0.0.5", "https://laptop.local"],
        ),
        ({"host": "192.0.2.7"}, "http://192.0.2.7:8000", "http://192.0.2.7:8000", []),
        ({"host": "2001:db8::7"}, "http://[2001:db8::7]:8000", "http://[2001:db8::7]:8000", []),
        (
            {"host": "127.0.0.1", "public_url": "https://subtitles.example.org/"},
            "http://127.0.0.1:8000",
            "https://subtitles.example.org",
            [],
        ),
    ],
)
def test_each_way_to_listen_has_its_addresses(
    given: dict[str, object], own: str, main: str | None, others: list[str]
) -> None:
    """`own` opens on this machine, `main` on other devices; a public address comes first."""
    addresses = PageAddresses(**given, list_networks=lambda: ["192.0.2.7", "10.0.0.5"])  # type: ignore[arg-type]
    addresses.local_name = "laptop.local"
    assert (addresses.own, addresses.main, addresses.others) == (own, main, others)


def test_a_given_certificate_names_the_addresses() -> None:
    """With a certificate for names, only these are links: browsers refuse it for an address."""
    addresses = PageAddresses("0.0.0.0", is_https=True, list_networks=lambda: ["192.0.2.7"])
    addresses.names = ("hall.example.org",)
    assert (addresses.main, addresses.others) == ("https://hall.example.org:8000", [])


def test_a_new_network_is_noticed() -> None:
    """The networks are listed again after some seconds, not for every request."""
    now, networks = [0.0], ["192.0.2.7"]
    addresses = PageAddresses("0.0.0.0", list_networks=lambda: list(networks), clock=lambda: now[0])
    assert addresses.main == "http://192.0.2.7:8000"
    networks[:] = ["10.0.0.5"]
    assert addresses.main == "http://192.0.2.7:8000"
    now[0] = 6.0
    assert addresses.main == "http://10.0.0.5:8000"
