"""Draws the progress bar of `surtitle transcribe`."""

from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from app.service.recordings import FileProgress


class TranscribeProgress:
    """One bar for the file that is transcribed now; drawn on terminals only."""

    def __init__(self, console: Console) -> None:
        """Draw on this console."""
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[minutes]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._file: tuple[Path, TaskID] | None = None

    def __enter__(self) -> Self:
        """Draw until the block ends; nothing shows before the first update."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove the bar."""
        self._remove()
        self._bar.stop()

    def update(self, progress: FileProgress) -> None:
        """Show how far a file is, in place of the file before."""
        if self._file is None or self._file[0] != progress.source:
            self._remove()
            self._bar.start()
            task = self._bar.add_task(progress.source.name, total=progress.length_s, minutes="")
            self._file = progress.source, task
        of = f" of {progress.length_s / 60:.0f}" if progress.length_s else ""
        minutes = f"{progress.done_s / 60:.0f}{of} min"
        self._bar.update(self._file[1], completed=progress.done_s, minutes=minutes, refresh=True)

    def _remove(self) -> None:
        if self._file is not None:
            self._bar.remove_task(self._file[1])
            self._file = None
