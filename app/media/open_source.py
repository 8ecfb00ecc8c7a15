"""From what a person writes to a source."""

from pathlib import Path

from app.audio.microphone import MicrophoneSource
from app.audio.source import Source
from app.audio.stdin import StdinSource
from app.errors import MediaError, SettingsError
from app.media.address import is_url
from app.media.media_source import MediaSource


def open_source(written: str, *, private: bool = False) -> Source:
    """Return the source for `microphone`, `microphone:NAME`, a file, a URL, or `-` for standard input.

    A URL may lie on a private network only if `private`; that is looked at when it is opened.

    Raises:
        SettingsError: It is none of these.
    """
    if written == "-":
        return StdinSource()
    kind, _, name = written.partition(":")
    if kind == "microphone":
        return MicrophoneSource(name or "default")
    if is_url(written):
        return MediaSource(written, private=private)
    if not written.strip():
        raise SettingsError("Expected a source: microphone, microphone:NAME, a file, a URL, or - for standard input.")
    if not Path(written).is_file():
        raise MediaError(
            f"There is no file {written}. Give microphone, microphone:NAME, a file, a URL, or - for standard input."
        )
    return MediaSource(written)
