"""Says how far the download of a model is, in sentences that a log and a terminal can show alike."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

EVERY_S = 5.0
"""Pause between two sentences; a person who waits for 10 s without a word asks whether something hangs."""


@contextmanager
def reporting(folder: Path, total_bytes: int | None, on_message: Callable[[str], object] | None) -> Iterator[None]:
    """While the block lasts, call `on_message` every EVERY_S with what has arrived in a repository's folder."""
    if on_message is None:
        yield
        return
    is_done = threading.Event()

    def report() -> None:
        while not is_done.wait(EVERY_S):
            on_message(describe(count_bytes(folder), total_bytes))

    thread = threading.Thread(target=report, name="download-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()


def describe(n_bytes: int, total_bytes: int | None) -> str:
    """Return how much has arrived, as a sentence."""
    of = f" of about {total_bytes / 1e6:,.0f}" if total_bytes else ""
    return f"Downloaded {n_bytes / 1e6:,.0f}{of} MB so far."


def count_bytes(folder: Path) -> int:
    """Return the size of the files that have arrived, and of the parts of those that are on their way."""
    total = 0
    for path in (folder / "blobs").glob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # a part that has just become a file
            continue
    return total
