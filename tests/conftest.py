"""What many tests share."""

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
    """Undo what a test that runs a command in this process set up: its stream is closed behind it."""
    handlers = logging.getLogger().handlers[:]
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        logging.getLogger().handlers = handlers
        logging.captureWarnings(False)
