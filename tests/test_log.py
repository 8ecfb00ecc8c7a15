"""Tests for app.log."""

import io
import sys

import pytest
import structlog

from app import log, metrics


class FullDisk(io.StringIO):
    """A file on a full disk."""

    def write(self, text: str) -> int:
        """Fail."""
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        """Fail."""
        raise OSError(28, "No space left on device")


def test_a_full_disk_does_not_stop_the_code_that_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that cannot be written is counted, and the caller gets no error."""
    before = structlog.get_config()
    monkeypatch.setattr(sys, "stderr", FullDisk())
    lost = metrics.LOST_LINES._value.get()
    try:
        log.setup()
        log.get(__name__).warning("log_not_saved", room="main")
    finally:
        structlog.configure(**before)
    assert metrics.LOST_LINES._value.get() > lost
