"""How a command ends: errors become a sentence and an exit code."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app import log
from app.errors import SettingsError, SurtitleError, first_error

USAGE = 2
"""Exit code when what was asked for cannot be done as asked."""

FAILURE = 1
"""Exit code when something broke."""


def guard(work: Callable[[], None]) -> None:
    """Do the work; print an error's sentence and leave with its exit code: 2 for settings to mend, 1 for the rest."""
    with guarded():
        work()


@contextmanager
def guarded() -> Iterator[None]:
    """Do as `guard` does, with the block."""
    log.setup()
    try:
        try:
            yield
        except KeyboardInterrupt:
            sys.exit(130)
    except* SurtitleError as group:
        error = first_error(group)
        print(f"surtitle: {error}", file=sys.stderr)
        sys.exit(USAGE if isinstance(error, SettingsError) else FAILURE)
