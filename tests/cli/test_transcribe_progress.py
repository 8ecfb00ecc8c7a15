"""The progress bar of `surtitle transcribe`."""

import io
from pathlib import Path

from rich.console import Console

from app.cli.transcribe_progress import TranscribeProgress
from app.service.recordings import FileProgress


def test_the_bar_shows_the_file_and_its_minutes() -> None:
    """On a terminal the bar names the file and says how many minutes are done, and of how many if that is known."""
    screen = io.StringIO()
    with TranscribeProgress(Console(file=screen, force_terminal=True, width=100)) as bar:
        bar.update(FileProgress(Path("talk.flac"), 120.0, 600.0))
        bar.update(FileProgress(Path("notes.ts"), 60.0, None))
    assert "talk.flac" in screen.getvalue()
    assert "2 of 10 min" in screen.getvalue()
    assert "notes.ts" in screen.getvalue()
    assert "1 min" in screen.getvalue()


def test_nothing_is_drawn_without_a_terminal() -> None:
    """In a file or a pipe there is no bar."""
    out = io.StringIO()
    with TranscribeProgress(Console(file=out)) as bar:
        bar.update(FileProgress(Path("talk.flac"), 120.0, 600.0))
    assert out.getvalue().strip() == ""
