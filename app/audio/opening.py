"""From what a person writes to a source."""

from pathlib import Path

from app.audio.address import is_url
from app.audio.media import Media
from app.audio.microphone import Microphone
from app.audio.pcm import Pcm
from app.audio.source import Source
from app.errors import MediaError, SettingsError


def open_source(written: str, *, private: bool = False) -> Source:
    """Return the source for `microphone`, `microphone:NAME`, a file, a URL, or `-` for standard input.

    A URL may lie on a private network only if `private`; that is looked at when it is opened.

    Raises:
        SettingsError: It is none of these.
    """
    if written == "-":
        return Pcm()
    kind, _, name = written.partition(":")
    if kind == "microphone":
        return Microphone(name or "default")
    if is_url(written):
        return Media(written, private=private)
    if not written.strip():
        raise SettingsError("Expected a source: microphone, microphone:NAME, a file, a URL, or - for standard input.")
    if not Path(written).is_file():
        raise MediaError(
            f"There is no file {written}. Give microphone, microphone:NAME, a file, a URL, or - for standard input."
        )
    return Media(written)
