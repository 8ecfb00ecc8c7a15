"""Tests for app.log."""

import io
import logging
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


def test_no_line_contains_more_of_an_address_than_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts, errors and tracebacks, our own and those of libraries, keep the scheme and host of a URL only."""
    before, handlers = structlog.get_config(), logging.getLogger().handlers
    lines = io.StringIO()
    monkeypatch.setattr(sys, "stderr", lines)
    failure = OSError("https://me:canary@a.example/canary?sig=canary#canary")
    try:
        log.setup("debug")
        own = log.get(__name__)
        own.debug("one", reason=str(failure), error=failure, addresses=[str(failure)], n=3)
        try:
            raise failure
        except OSError:
            own.exception("two")
            logging.getLogger("library").exception("three %s", failure)
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers = handlers
    assert lines.getvalue().count("https://a.example") >= 6
    assert "canary" not in lines.getvalue()
    assert '"n": 3' in lines.getvalue()
