"""Whether the model hub can be reached; the hub's own library tries for 23 s before it says that it cannot."""

import socket
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

CONNECT_S = 5.0
"""How long a connection may take: three seconds of lost packets are tried again by the system within it."""

PORTS = {"http": 80, "https": 443}


def is_reachable(endpoint: str) -> bool:
    """Return whether a connection to the address of the hub can be made, or to the proxy that leads there."""
    address = urlsplit(endpoint)
    proxy = getproxies().get(address.scheme, "")
    if proxy and not proxy_bypass(address.hostname or ""):
        address = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    try:
        port = address.port or PORTS.get(address.scheme, 443)
        socket.create_connection((address.hostname or "", port), timeout=CONNECT_S).close()
    except (OSError, ValueError):
        return False
    return True
