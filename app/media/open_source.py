"""Creates the source for a name that a person enters, such as `microphone` or a URL."""

from itertools import islice
from pathlib import Path

from app import choices
from app.audio.microphone import MicrophoneSource
from app.audio.source import Source
from app.audio.stdin import StdinSource
from app.errors import MediaError, SettingsError
from app.media.address import is_url
from app.media.media_source import MediaSource
from app.redaction import redact_url

NAMES_MAX = 1_000
"""Most files of a folder among which a similar name is looked for."""


def open_source(text: str, *, private: bool = False) -> Source:
    """Return the source for `microphone`, `microphone:NAME`, a file, a URL, or `-` for standard input.

    A URL may be on a private network only if `private`; that is checked when the source opens.

    Raises:
        SettingsError: The text is none of these.
    """
    if text == "-":
        return StdinSource()
    kind, _, name = text.partition(":")
    if kind == "microphone":
        return MicrophoneSource(name or "default")
    if is_url(text):
        return MediaSource(text, private=private)
    if not text.strip():
        raise SettingsError("Expected a source: microphone, microphone:NAME, a file, a URL, or - for standard input.")
    if not Path(text).is_file():
        name = redact_url(text).partition("?")[0]  # it may be an address without https://
        if Path(text).is_dir():
            raise MediaError(f"Expected a sound or video file, but {name} is a folder. Give a file in it.")
        likely = suggest_file(Path(text), "microphone")
        raise MediaError(
            f"There is no file {name}. {likely}{' ' if likely else ''}"
            "Give microphone, microphone:NAME, a file, a URL, or - for standard input."
        )
    return MediaSource(text)


def suggest_file(missing: Path, *others: str) -> str:
    """Return the question whether a file of a similar name in the same folder, or another word, was meant; or empty."""
    similar = choices.suggest(missing.name, [*others, *_list_names(missing.parent)], {})
    if similar is None:
        return ""
    return f"Did you mean {similar if similar in others else missing.with_name(similar)}?"


def _list_names(folder: Path) -> list[str]:
    """Return the names of the files in a folder; none if it cannot be read."""
    try:
        return [path.name for path in islice(folder.iterdir(), NAMES_MAX)]
    except OSError:
        return []
