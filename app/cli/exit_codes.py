"""How a command ends: an error becomes one sentence and an exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import SettingsError, SurtitleError, first_error

USAGE = 2
"""Exit code when a setting must be fixed: what the user asked for cannot be done."""

FAILURE = 1
"""Exit code when something failed at run time."""


@contextmanager
def guarded() -> Iterator[None]:
    """Run a command's block; on an error print its sentence and exit with 2 for settings, 1 for other errors.

    Ctrl-C exits with 130.
    """
    from app import log

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
