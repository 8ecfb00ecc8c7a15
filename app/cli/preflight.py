"""Checks what a command needs before something slow begins: files, devices, the GPU, addresses; cheap checks first."""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from app.audio import microphone
from app.cli.room_sentences import describe_subtitles
from app.config import Settings
from app.decode import device, glossary, models, speaker_models
from app.errors import DeviceError, MediaError, SettingsError
from app.media import address, media_source
from app.media.open_source import open_source, suggest_file
from app.outputs.subtitles import file_format
from app.redaction import redact_url
from app.service.english_route import choose_speech_task
from app.service.given_sources import GivenSource, read_channels, read_sources
from app.store.rooms import RoomSettings
from app.translate import models as translation_models

LOOKUP_S = 3.0
"""How long the lookup of a name may take; a service must start also where the name server is slow."""

NAMES_MAX = 5
"""Most missing files that are named where all are missing."""

CONNECT_S = 3.0
"""How long a stream's server may take to accept a connection."""


def check(settings: Settings) -> None:
    """Check what is quick to check: files and folders, names of models, the GPU, sound devices.

    Raises:
        SettingsError: Something is missing; the sentence says what, and what there is instead.
    """
    if settings.glossary is not None:
        glossary.read(settings.glossary)
    if settings.save is not None:
        check_target(settings.save)
    models.check_name(settings.model, choose_speech_task(settings))
    if settings.draft_model is not None:
        models.check_name(settings.draft_model, "transcribe")
    if settings.speaker_model is not None:
        speaker_models.check_speaker_model(settings.speaker_model)
    models.check_supports(settings.model, "transcribe", settings.languages)
    translation_models.check_name(settings.translation_model, accepts_licence=settings.accept_licence)
    for source in read_sources(settings):
        open_source(source.text, private=settings.private_sources)
    check_gpu(settings.device)
    for source in read_sources(settings):
        check_sound_device(source.text)


def check_reachable(settings: Settings, on_message: Callable[[str], object]) -> None:
    """Check what takes a moment: that a file is sound, and that names of servers can be looked up.

    `on_message` gets a sentence about what may be right later, such as a stream that does not answer yet.

    Raises:
        MediaError: The file is no sound that can be read, or the stream's address is wrong.
        AddressError: Nobody can look up the public address.
    """
    numbers = [channel.number for channel in read_channels(settings)]
    for source in read_sources(settings):
        if address.is_url(source.text):
            check_stream(source.text, private=settings.private_sources, on_message=on_message)
        elif Path(source.text).is_file():
            media_source.check(source.text, numbers)
    if settings.public_url is not None:
        check_public_url(settings.public_url, on_message)


def check_target(path: Path) -> None:
    """Check that a subtitle file can be made: its suffix and its folder; raises SettingsError."""
    file_format(path)
    if path.is_dir():
        raise SettingsError(f"Expected a file name for the subtitles, but {path} is a folder.")
    check_folder(path)


def check_folder(path: Path) -> None:
    """Check that the folder of a file to write exists; raises SettingsError."""
    if not path.absolute().parent.is_dir():
        raise SettingsError(
            f"Expected a folder for {path.name}, but there is no folder {path.parent}. Create it, or give another path."
        )


def find_missing(files: Sequence[Path]) -> list[str]:
    """Return a sentence for each recording that does not exist.

    Raises:
        MediaError: None of them exists.
    """
    sentences = [
        f"There is no file {file}. {suggest_file(file) or 'Check the path.'}" for file in files if not file.is_file()
    ]
    if len(sentences) == len(files):
        raise MediaError(" ".join(sentences[:NAMES_MAX]))
    return sentences


def check_gpu(wanted: str) -> None:
    """Check that there is a GPU if one is wanted; raises SettingsError."""
    if wanted == "cuda" and not device.has_gpu():
        raise SettingsError(
            "Expected an NVIDIA GPU for the device cuda, but this machine has none that can be used. "
            "Leave --device out to use the CPU; `surtitle doctor` says what is missing."
        )


def check_sound_device(source: str) -> None:
    """Check that a source that begins with microphone has its device; raises DeviceError."""
    kind, _, name = source.partition(":")
    if kind != "microphone":
        return
    devices = microphone.list_devices()
    if not devices:
        raise DeviceError(
            "Expected a sound device, but this machine has none that records. Plug one in, or leave --source out and "
            "let a browser page send the sound."
        )
    if name and name != "default":
        microphone.choose_device(name, devices)


def check_stream(url: str, *, private: bool, on_message: Callable[[str], object]) -> None:
    """Check the address of a stream: its form, the name of its server, and whether that accepts connections.

    A name that does not exist is an error; a server that does not answer may do so later.

    Raises:
        MediaError: It is no address of a stream, its server does not exist, or is in a private network.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or address.PORTS.get(parts.scheme)
    except ValueError:
        raise MediaError(
            f"Expected the address of a stream, but the host or the port in {redact_url(url)} cannot be read. "
            "A port is at most 65535; an IPv6 address is in brackets."
        ) from None
    try:
        found = look_up(parts.hostname or "", port or 0)
    except UnknownNameError:
        raise MediaError(
            f"Expected the address of a stream, but no server is called {parts.hostname}. "
            f"Check {redact_url(url)} and the network."
        ) from None
    except OSError:
        on_message(f"The name {parts.hostname} cannot be looked up now. Surtitle tries again until it can.")
        return
    if parts.scheme in address.PORTS:
        address.resolve(url, lambda host, port: found, private=private)
    if port is None or parts.scheme not in (*address.PORTS, "rtsp", "rtmp"):
        return  # not TCP, as far as we know
    try:
        socket.create_connection((found[0], port), timeout=CONNECT_S).close()
    except OSError as exc:
        why = "it does not answer" if isinstance(exc, TimeoutError) else exc.strerror or str(exc)
        on_message(
            f"The stream {redact_url(url)} cannot be opened now ({why}). Surtitle tries again every few seconds."
        )


def check_public_url(url: str, on_message: Callable[[str], object]) -> None:
    """Say if the name in the public address cannot be looked up from here; readers may have another name server."""
    host = urlsplit(url).hostname or ""
    try:
        look_up(host, 443)
    except OSError:
        on_message(
            f"The name {host} in --public-url cannot be looked up from here. If readers cannot open the links, "
            "check the name."
        )


class UnknownNameError(OSError):
    """The name server says that there is no such name."""


def look_up(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host; blocks for at most LOOKUP_S.

    Raises:
        UnknownNameError: There is no such name.
        OSError: The name cannot be looked up now.
    """
    answers: queue.Queue[list[str] | OSError] = queue.Queue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as exc:
            answers.put(exc)
        except UnicodeError:
            answers.put(UnknownNameError(host))
        else:
            answers.put([str(one[4][0]) for one in found])

    # a daemon: the lookup cannot be cancelled, and the program must be able to end
    threading.Thread(target=ask, name="lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=LOOKUP_S)
    except queue.Empty:
        raise TimeoutError(host) from None
    if isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_NONAME:
        raise UnknownNameError(host) from answer
    if isinstance(answer, OSError):
        raise answer
    return answer


def describe_start(settings: Settings, room_settings: RoomSettings) -> str:
    """Return what a service listens to, what it expects to be spoken, and what it adds."""
    room = settings.room
    sources = [_describe_source(source) for source in read_sources(settings)]
    if not sources:
        listening = f"Room {room} waits for a browser page that sends sound"
    else:
        used = "; ".join(f"channel {one.number} is {one.title}" for one in read_channels(settings))
        listed = " and ".join(filter(None, (", ".join(sources[:-1]), sources[-1])))
        listening = f"Room {room} listens to {listed}{f' ({used})' if used else ''}"
    subtitles = describe_subtitles(room_settings.languages, room_settings.task, "It", room_settings.targets)
    return f"{listening}. {subtitles}"


def _describe_source(source: GivenSource) -> str:
    named = "raw PCM on standard input" if source.text == "-" else redact_url(source.text)
    return f"{named} for {source.speaker}" if source.speaker else named
