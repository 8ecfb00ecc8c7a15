"""Fixtures of all tests."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the checkout's top folder."""
    return Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def no_logs_of_other_tests() -> Iterator[None]:
    """Undo the logging that a command in this process has set up, because its stream is closed after the test."""
    handlers = logging.getLogger().handlers[:]
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        logging.getLogger().handlers = handlers
        logging.captureWarnings(False)
