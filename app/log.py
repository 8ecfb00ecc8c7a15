"""Structured log lines: events with fields, never audio, keys, or caption text above debug."""

import logging
import sys
from typing import TextIO, cast

import structlog

from app import metrics

Logger = structlog.stdlib.BoundLogger


class Patient:
    """A stream whose failures are counted, not raised: a disk too full for a log line must not end what is logged."""

    def __init__(self, stream: TextIO) -> None:
        """Write to this stream."""
        self._stream = stream

    def write(self, text: str) -> None:
        """Write, if the stream takes it."""
        try:
            self._stream.write(text)
        except OSError:
            metrics.LOST_LINES.inc()

    def flush(self) -> None:
        """Send on what was written, if the stream takes it."""
        try:
            self._stream.flush()
        except OSError:
            metrics.LOST_LINES.inc()


def setup(level: str = "info") -> None:
    """Send log lines to standard error, readable on a terminal and JSON elsewhere; called once by the command line."""
    readable = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, Patient(sys.stderr))),
        cache_logger_on_first_use=False,
    )


def get(name: str) -> Logger:
    """Return the logger of a module, which adds its name to each line."""
    logger: Logger = structlog.get_logger(module=name)
    return logger
