"""The addresses of this machine's networks, the one that other devices can most likely open first.

Every system lists its addresses in its own way; ifaddr knows Linux, macOS and Windows. A machine has many that no phone
reaches: its own, those of containers and of virtual machines, and those of tunnels.
"""

import socket
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

TUNNELS = ("tun", "tap", "utun", "wg", "tailscale", "zt", "ppp", "ipsec", "wireguard", "openvpn", "vpn", "zerotier")
"""Names of interfaces, or parts of them, that lead to other networks: phones in the room are not in these."""

BRIDGES = (
    *("docker", "br-", "veth", "virbr", "lxc", "lxd", "podman", "cni", "flannel"),
    *("vboxnet", "vmnet", "vethernet", "hyper-v", "virtualbox", "vmware", "wsl"),
)
"""Names of interfaces, or parts of them, to containers and virtual machines on this machine."""

ELSEWHERE = "198.51.100.1"
"""An address of no machine (RFC 5737): the system says which network it would use for it, and nothing is sent."""


@dataclass(frozen=True, slots=True)
class NetworkAddress:
    """One address of one interface."""

    address: IPv4Address | IPv6Address
    interface: str
    """Its name in lower case, on Windows also what the card is called."""


def list_addresses() -> list[str]:
    """Return the addresses at which other devices may reach this machine, the most likely first; takes 1 ms.

    IPv6 addresses are only returned where there are no others, because a person cannot type them. Without a network, or
    where the system does not say, there are none.
    """
    import ifaddr  # only services that other devices reach need it

    try:
        adapters = list(ifaddr.get_adapters())
    except OSError:  # a sandbox forbids to ask
        return []
    found = [
        NetworkAddress(
            ip_address(one.ip if isinstance(one.ip, str) else one.ip[0]), f"{adapter.name} {adapter.nice_name}".lower()
        )
        for adapter in adapters
        for one in adapter.ips
    ]
    return sort_addresses(found, _find_routed())


def sort_addresses(found: Iterable[NetworkAddress], routed: str | None) -> list[str]:
    """Return the usable ones of all addresses of a machine, the best first; `routed` is the one that the internet sees.

    The sort is stable: among equals the system's order stays.
    """
    usable = [
        one
        for one in found
        if not (one.address.is_loopback or one.address.is_link_local or one.address.is_unspecified)
        and not one.address.is_multicast
    ]
    chosen = [one for one in usable if one.address.version == 4] or usable
    ordered = sorted(chosen, key=lambda one: (_rank(one.interface), str(one.address) != routed))
    return list(dict.fromkeys(str(one.address) for one in ordered))


def _rank(interface: str) -> int:
    """Return 0 for a network that people share, 1 for a tunnel, 2 for containers and virtual machines."""
    words = interface.split()
    if any(word.startswith(BRIDGES) for word in words):
        return 2
    return int(any(word.startswith(TUNNELS) for word in words))


def _find_routed() -> str | None:
    """Return the address with which this machine would send to the internet; None without a route there."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect((ELSEWHERE, 9))  # of a datagram socket: only a look at the routes
            return str(probe.getsockname()[0])
        except OSError:
            return None
