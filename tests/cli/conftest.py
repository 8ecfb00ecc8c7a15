"""Fixtures of the tests of the command line."""

from collections.abc import Iterator

import pytest

from tests.support.room_service import RoomService, running_room_service


@pytest.fixture(scope="session")
def service() -> Iterator[RoomService]:
    """Run one service for all tests of room commands; each test makes rooms of its own."""
    with running_room_service() as running:
        yield running
