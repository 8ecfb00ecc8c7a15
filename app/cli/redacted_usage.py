"""Shortens addresses in what the command line prints when it is used wrongly or fails unexpectedly.

What is mistyped may be an address with a password, and the output of a service goes to the system's log.
"""

import sys
import traceback
from types import TracebackType
from typing import Any, cast

import typer
from typer.core import TyperGroup

from app.redaction import redact_text

UsageError = cast("type[Exception]", typer.BadParameter.__mro__[1])
"""The base of errors about options and arguments, which typer does not export."""


class RedactedGroup(TyperGroup):
    """A group of commands whose errors about options and arguments name addresses by scheme and host."""

    def make_context(self, *args: Any, **named: Any) -> Any:
        """Parse the options before the command; see `TyperGroup`."""
        try:
            return super().make_context(*args, **named)
        except UsageError as exc:
            _redact(exc)
            raise

    def invoke(self, ctx: Any) -> Any:
        """Parse the options of the command and run it; see `TyperGroup`."""
        try:
            return super().invoke(ctx)
        except UsageError as exc:
            _redact(exc)
            raise


def print_unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the traceback of an error that nothing handles; for `sys.excepthook`."""
    sys.stderr.write(redact_text("".join(traceback.format_exception(kind, error, trace))))


def _redact(error: Any) -> None:
    error.message = redact_text(error.message)
