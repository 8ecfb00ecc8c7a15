"""Structured log lines: events with fields, never audio, keys, or caption text above debug."""

import logging
import sys
from typing import TextIO, cast

import structlog

from app import metrics

Logger = structlog.stdlib.BoundLogger

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
"""What every line goes through, our own and the libraries'."""


class LossyStream:
    """A stream whose failures are counted, not raised: a disk too full for a log line must not end what is logged."""

    def __init__(self, stream: TextIO) -> None:
        """Write to this stream."""
        self._stream = stream

    def write(self, text: str) -> None:
        """Write, if the stream takes it."""
        try:
            self._stream.write(text)
        except (OSError, ValueError):  # full, or closed
            metrics.LOST_LINES.inc()

    def flush(self) -> None:
        """Send on what was written, if the stream takes it."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            metrics.LOST_LINES.inc()


def setup(level: str = "warning") -> None:
    """Send log lines to standard error, readable on a terminal and JSON elsewhere; called by the command line.

    Libraries are heard from warnings on, whatever the level: below that they log addresses with their queries, and
    messages with captions and keys.
    """
    shown: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*SHARED, shown],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, LossyStream(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    theirs = logging.StreamHandler(cast(TextIO, LossyStream(sys.stderr)))
    theirs.setLevel(max(logging.WARNING, getattr(logging, level.upper())))
    theirs.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_name, *SHARED],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, shown],
        )
    )
    logging.getLogger().handlers = [theirs]
    logging.captureWarnings(True)


def get(name: str) -> Logger:
    """Return the logger of a module, which adds its name to each line."""
    logger: Logger = structlog.get_logger(module=name)
    return logger


def _name(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Name the library that speaks, where our own lines name the module."""
    record: logging.LogRecord = line["_record"]
    return {**line, "module": record.name}
