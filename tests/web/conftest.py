"""What the tests of hostile peers share."""

from collections.abc import Iterator

import pytest

from tests.web.peers import Service, served


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """Serve a module's tests as the product does; one that was never asked holds less memory, so it is asked."""
    with served() as service:
        for _ in range(3):
            service.viewer().socket.close()
        service.get("/metrics")
        yield service
