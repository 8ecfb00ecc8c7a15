"""Structured log lines: events with fields, never audio, keys, or caption text above debug."""

import logging
import sys
from typing import TextIO, cast

import structlog

from app import metrics
from app.redaction import redact_text

Logger = structlog.stdlib.BoundLogger


def _redact_line(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Shorten every URL in the line to its scheme and host, in texts, errors and tracebacks."""
    return {name: value if name.startswith("_") else _redact_value(value) for name, value in line.items()}


def _redact_value(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return redact_text(value)
        case list() | tuple():
            return [_redact_value(one) for one in value]
        case _:
            return redact_text(repr(value))


SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    _redact_line,
]
"""Processors for all lines, our own and those of libraries."""


class LossyStream:
    """A stream that counts failed writes and never raises: a full disk must not stop the code that logs."""

    def __init__(self, stream: TextIO) -> None:
        """Wrap this stream."""
        self._stream = stream

    def write(self, text: str) -> None:
        """Write if the stream allows it."""
        try:
            self._stream.write(text)
        except (OSError, ValueError):  # full, or closed
            metrics.LOST_LINES.inc()

    def flush(self) -> None:
        """Flush if the stream allows it."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            metrics.LOST_LINES.inc()


def setup(level: str = "warning") -> None:
    """Send log lines to standard error: as text on a terminal, else as JSON. The command line calls this once.

    Libraries log only from level warning on: below that they log URLs with their queries, and messages with captions
    and keys.
    """
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*SHARED, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, LossyStream(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    library_handler = logging.StreamHandler(cast(TextIO, LossyStream(sys.stderr)))
    library_handler.setLevel(max(logging.WARNING, getattr(logging, level.upper())))
    library_handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_add_module, *SHARED],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.getLogger().handlers = [library_handler]
    logging.captureWarnings(True)


def get(name: str) -> Logger:
    """Return the logger of a module; it adds the module's name to each line."""
    logger: Logger = structlog.get_logger(module=name)
    return logger


def _add_module(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Name the library that logged the line, as our own lines name their module."""
    record: logging.LogRecord = line["_record"]
    return {**line, "module": record.name}
