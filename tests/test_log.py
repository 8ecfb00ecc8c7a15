"""Log lines must never be the reason why something else fails."""

import io
import sys

import pytest
import structlog

from app import log, metrics


class Full(io.StringIO):
    """A file on a full disk."""

    def write(self, text: str) -> int:
        """Refuse."""
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        """Refuse."""
        raise OSError(28, "No space left on device")


def test_a_full_disk_fails_no_one_who_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that standard error does not take is counted, and whoever logged goes on."""
    before = structlog.get_config()
    monkeypatch.setattr(sys, "stderr", Full())
    lost = metrics.LOST_LINES._value.get()
    try:
        log.setup()
        log.get(__name__).warning("log_not_saved", room="main")
    finally:
        structlog.configure(**before)
    assert metrics.LOST_LINES._value.get() > lost
