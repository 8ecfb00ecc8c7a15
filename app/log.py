"""Structured log lines: events with fields, never audio, keys, or caption text above debug."""

import logging
import sys

import structlog

Logger = structlog.stdlib.BoundLogger


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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def get(name: str) -> Logger:
    """Return the logger of a module, which adds its name to each line."""
    logger: Logger = structlog.get_logger(module=name)
    return logger
