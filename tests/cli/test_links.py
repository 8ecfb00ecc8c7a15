"""The links that `surtitle serve` prints."""

import httpx

from tests.support.program import running_surtitle


def test_links_have_keys_beyond_this_machine() -> None:
    """On all addresses the service makes a key, prints it in the links, and rejects requests without it."""
    with running_surtitle("serve", "--model", "demo", "--host", "0.0.0.0", "--port", "0") as service:
        address, key = service.wait_for(r"All links: +(http://\S+)").split("/#")
        assert len(key) >= 20
        assert httpx.get(f"{address}/api/rooms").status_code == 401
        assert httpx.get(f"{address}/api/rooms", headers={"Authorization": f"Bearer {key}"}).status_code == 200
