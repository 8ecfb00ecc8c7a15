"""Fixtures of the tests of hostile clients."""

import logging
from collections.abc import Iterator

import pytest

from tests.support.raw_peer import ServiceProcess, running_service


@pytest.fixture(autouse=True)
def nothing_fails_unseen(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which uvicorn or the event loop logged an error."""
    yield
    assert [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []


@pytest.fixture(scope="module")
def service() -> Iterator[ServiceProcess]:
    """Serve a module's tests as the product does; some requests first, because they make it allocate memory once."""
    with running_service() as service:
        for _ in range(3):
            service.viewer().socket.close()
        service.get("/metrics")
        yield service
