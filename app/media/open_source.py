"""Creates the source for a name that a person enters, such as `microphone` or a URL."""

from pathlib import Path

from app.audio.microphone import MicrophoneSource
from app.audio.source import Source
from app.audio.stdin import StdinSource
from app.errors import MediaError, SettingsError
from app.media.address import is_url
from app.media.media_source import MediaSource
from app.redaction import redact_url


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
        raise MediaError(
            f"There is no file {name}. Give microphone, microphone:NAME, a file, a URL, or - for standard input."
        )
    return MediaSource(text)
