"""The addresses of a machine that are shown for other devices."""

from ipaddress import ip_address

import pytest

from app.web.networks import NetworkAddress, list_addresses, sort_addresses

LINUX = [
    ("127.0.0.1", "lo lo"),
    ("172.17.0.1", "docker0 docker0"),
    ("172.18.0.1", "br-2f1c br-2f1c"),
    ("10.8.0.2", "tun0 tun0"),
    ("192.168.1.20", "wlan0 wlan0"),
    ("10.0.0.5", "eth0 eth0"),
    ("169.254.3.4", "eth1 eth1"),
    ("fd00::2", "eth0 eth0"),
]
WINDOWS = [
    ("172.25.96.1", "{guid-1} hyper-v virtual ethernet adapter"),
    ("192.168.56.1", "{guid-2} virtualbox host-only ethernet adapter"),
    ("100.64.0.7", "{guid-3} tailscale tunnel"),
    ("192.168.0.17", "{guid-4} intel(r) wi-fi 6 ax201 160mhz"),
]


@pytest.mark.parametrize(
    ("found", "routed", "expected"),
    [
        (LINUX, "10.0.0.5", ["10.0.0.5", "192.168.1.20", "10.8.0.2", "172.17.0.1", "172.18.0.1"]),
        (LINUX, "10.8.0.2", ["192.168.1.20", "10.0.0.5", "10.8.0.2", "172.17.0.1", "172.18.0.1"]),
        (WINDOWS, None, ["192.168.0.17", "100.64.0.7", "172.25.96.1", "192.168.56.1"]),
        ([("127.0.0.1", "lo lo"), ("fe80::1", "en0 en0"), ("2001:db8::7", "en0 en0")], None, ["2001:db8::7"]),
        ([("127.0.0.1", "lo lo"), ("::1", "lo lo")], None, []),
    ],
    ids=["Linux", "a tunnel to everything", "Windows", "IPv6 alone", "no network"],
)
def test_the_network_of_the_room_comes_first(
    found: list[tuple[str, str]], routed: str | None, expected: list[str]
) -> None:
    """The network with the way to the internet is first, tunnels and containers are last, IPv6 is the last resort."""
    assert sort_addresses([NetworkAddress(ip_address(one), name) for one, name in found], routed) == expected


def test_a_system_that_does_not_say_has_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a sandbox forbids to ask, there is no address, and the service goes on."""

    def refuse() -> list[object]:
        raise PermissionError

    monkeypatch.setattr("ifaddr.get_adapters", refuse)
    assert list_addresses() == []


def test_this_machine_is_asked() -> None:
    """What this machine lists are addresses that are neither its own loopback nor link-local ones."""
    assert all(not ip_address(one).is_loopback and not ip_address(one).is_link_local for one in list_addresses())
