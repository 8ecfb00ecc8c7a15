"""The sources of the command line: `microphone`, or `Ada=microphone:USB` for a source that one person uses."""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.audio.microphone import MicrophoneSource
from app.audio.source import Source
from app.audio.split_source import ChannelSource
from app.config import Settings
from app.errors import SettingsError
from app.media import channels
from app.media.channels import SoundChannel
from app.media.media_source import MediaSource
from app.media.open_source import open_source
from app.service.sources import RoomSources

SOURCE = "--source"
CHANNELS = "--channels"


@dataclass(frozen=True, slots=True)
class GivenSource:
    """One `--source`."""

    text: str
    """What to listen to, as `open_source` takes it."""
    speaker: str = ""
    """Name of the person who speaks there; empty if nobody is named."""


def read_source(text: str) -> GivenSource:
    """Return a source and the name before it, if there is one.

    A name ends at the first equals sign; what exists as a file, an address or a path has none.

    Raises:
        SettingsError: The name cannot stand before text.
    """
    name, is_named, rest = text.partition("=")
    if not is_named or Path(text).is_file() or any(mark in name for mark in "/\\:?"):
        return GivenSource(text)
    return GivenSource(rest.strip(), channels.check_name(name, SOURCE))


def read_sources(settings: Settings) -> list[GivenSource]:
    """Return the sources of the command line.

    Raises:
        SettingsError: A name is not valid, or channels are given for none or several sources.
    """
    found = [read_source(line.strip()) for line in (settings.source or "").splitlines() if line.strip()]
    if read_channels(settings):
        if len(found) != 1:
            raise SettingsError(f"Expected one {SOURCE} for {CHANNELS}, but got {len(found) or 'none'}.")
        if found[0].speaker or found[0].text == "-":
            raise SettingsError(
                f"Expected a {SOURCE} without a name for {CHANNELS}, because the channels have the names: "
                "a microphone, a file or a URL. Standard input has one channel."
            )
    return found


def read_channels(settings: Settings) -> tuple[SoundChannel, ...]:
    """Return the channels of the command line's source; none to hear all together; raises SettingsError."""
    return channels.parse(settings.channels or "", CHANNELS)


class GivenSources:
    """The sources of the command line, ready to run."""

    def __init__(self, settings: Settings) -> None:
        """Read them; nothing opens yet.

        Raises:
            SettingsError: A source, a name or a channel is not valid.
        """
        private = settings.private_sources
        self._channels = read_channels(settings)
        self._given = [(given, open_source(given.text, private=private)) for given in read_sources(settings)]
        self._private = private

    def run_in(self, sources: RoomSources) -> list[Coroutine[None, None, None]]:
        """Return what runs them in a room."""
        runs: list[Coroutine[None, None, None]] = []
        for given, source in self._given:
            if self._channels:
                device = open_channels(given.text, self._channels, private=self._private)
                runs.append(sources.run_channels(device, source.name, self._channels))
            elif given.speaker:
                named = NamedSource(source, f"{given.speaker} ({source.name})")
                runs.append(sources.run_named(named, given.speaker, waits=isinstance(source, MediaSource)))
            else:
                runs.append(sources.run(source))
        return runs


def open_channels(text: str, used: Sequence[SoundChannel], *, private: bool) -> ChannelSource:
    """Return a microphone, a file or a stream with its channels apart."""
    numbers = [channel.number for channel in used]
    kind, _, device = text.partition(":")
    if kind == "microphone":
        return MicrophoneSource(device or "default", numbers)
    return MediaSource(text, private=private, channels=numbers)


class NamedSource:
    """A source under another name."""

    def __init__(self, source: Source, name: str) -> None:
        """Set the name that people see."""
        self.name = name
        self.chunks = source.chunks
