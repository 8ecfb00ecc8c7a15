"""How a command ends: an error becomes one sentence and an exit code."""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from app.errors import SettingsError, SurtitleError, first_error

USAGE = 2
"""Exit code when a setting must be fixed: what the user asked for cannot be done."""

FAILURE = 1
"""Exit code when something failed at run time."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells report it: 128 and the number of SIGINT."""

GRACE_S = 2.0
"""How long threads may go on after Ctrl-C; a download that hangs cannot be cancelled, and nobody should wait for it."""

Result = TypeVar("Result")


@contextmanager
def guarded() -> Iterator[None]:
    """Run a command's block; on an error print its sentence and exit with 2 for settings, 1 for other errors.

    Ctrl-C exits with INTERRUPTED and prints nothing.
    """
    from app import log

    log.setup()
    try:
        try:
            yield
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
    except* SurtitleError as group:
        error = first_error(group)
        print(f"surtitle: {error}", file=sys.stderr)
        sys.exit(USAGE if isinstance(error, SettingsError) else FAILURE)


async def run_slow_start(work: Callable[[], Result]) -> Result:
    """Run what blocks at the start of a service in a thread; Ctrl-C ends the program although it still blocks."""
    running = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        done, _ = await asyncio.wait([running], timeout=GRACE_S)
        if not done:
            _leave()
        raise


def leave_after_interrupt() -> None:
    """End the program if threads that cannot be stopped would keep it alive; else return, so that it ends as usual."""
    deadline_s = time.monotonic() + GRACE_S
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(max(0.0, deadline_s - time.monotonic()))
            if thread.is_alive():
                _leave()


def _leave() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)
