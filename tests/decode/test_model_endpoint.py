"""Whether the model hub can be reached."""

import socket

import pytest

from app.decode import model_endpoint

NOWHERE = "127.0.0.1:9"


def test_a_connection_to_the_hub_or_its_proxy_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a proxy leads to the hub, the hub itself need not be reachable; an address without sense is not."""
    for name in ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        there = f"127.0.0.1:{taken.getsockname()[1]}"
        assert model_endpoint.is_reachable(f"https://{there}")
        assert not model_endpoint.is_reachable(f"https://{NOWHERE}")
        assert not model_endpoint.is_reachable("https://127.0.0.1:port")
        monkeypatch.setenv("https_proxy", f"http://{there}")
        assert model_endpoint.is_reachable("https://hub.example")
        monkeypatch.setenv("https_proxy", f"http://{NOWHERE}")
        assert not model_endpoint.is_reachable("https://hub.example")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert model_endpoint.is_reachable(f"https://{there}")
