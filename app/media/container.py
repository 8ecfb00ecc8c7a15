"""PyAV on files and streams that nobody has vouched for; runs in a process of its own, see `demux`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from io import FileIO

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer

from app.errors import MediaError, SourceError, SurtitleError
from app.media.address import PORTS, is_url, scheme

PIECE_S = 0.1
"""Length of one piece."""

OPEN_S = 10.0
"""How long a stream that FFmpeg itself fetches may take to answer, and to go on."""

RATES_HZ = range(1_000, 768_001)
"""From worse than a telephone to the finest that is sold."""

CHANNELS_MAX = 64
"""Ambisonics of the seventh order."""

LENGTH_MAX_S = 48 * 3600.0
"""The longest file; one that claims or holds more is no recording. Streams may go on."""

POINTERS = {
    *("concat", "dash", "hls", "image2", "imf", "rtp", "rtsp", "sap", "sdp", "vobsub", "webm_dash_manifest"),
    *("alsa", "avfoundation", "dshow", "fbdev", "gdigrab", "jack", "kmsgrab", "lavfi", "openal", "oss", "pulse"),
    *("sndio", "vfwcap", "video4linux2,v4l2", "x11grab", "avisynth", "vapoursynth"),
}
"""FFmpeg's formats that are no sound, but tell where there is some: other files, addresses, devices, programs."""

NETWORK = "rtsp,rtsps,rtmp,rtmpe,rtmps,rtmpt,rtmpts,rtp,srtp,srt,rist,udp,tcp,tls,mmsh,mmst,http,https"
"""FFmpeg's own protocols for streams; none of them reads files."""

FAULTS = (av.error.FFmpegError, OSError, ValueError, MemoryError)
"""What PyAV raises on files that are damaged, or that want more memory than there is."""

READ_MAX = 1 << 20
"""Bytes read at once; damaged files ask for gigabytes, and Python would take the memory before it looks for them."""

Follow = Callable[[str, int, dict[str, str]], object]
"""Opens what a playlist names: its URL, FFmpeg's flags and options; returns something to read from."""


@contextmanager
def opened(address: str, *, private: bool) -> Iterator[InputContainer]:
    """Open a file or URL that holds sound.

    Raises:
        MediaError: It cannot be read as sound, or must not be opened.
        SourceError: A stream cannot be reached now.
    """
    with ExitStack() as held:
        try:
            container = held.enter_context(_open(address, held, private=private))
        except FAULTS as exc:
            if is_url(address):
                raise SourceError(
                    f"The stream {address} cannot be opened now; check the address and the network."
                ) from exc
            raise MediaError(
                f"Expected a sound or video file, but {address} is neither, or it is damaged. "
                "Give a file that a media player can play."
            ) from exc
        _check_sound(container, address)
        yield container


def length_s(container: InputContainer) -> float | None:
    """Return how long it says it is, in seconds."""
    return float(container.duration) / av.time_base if container.duration else None


def pieces(container: InputContainer, address: str, rate_hz: int) -> Iterator[bytes]:
    """Yield its sound as 16-bit mono PCM in pieces of PIECE_S, the last one shorter.

    Raises:
        MediaError: It ends broken; all that could be read was yielded before.
    """
    resampler = AudioResampler(format="s16", layout="mono", rate=rate_hz)
    size = 2 * round(PIECE_S * rate_hz)
    rest = bytearray()
    n_read = 0
    failure: Exception | None = None
    frames = _frames(container)
    while True:
        try:
            frame = next(frames, None)
            if frame is not None:
                _check_kind(address, frame.sample_rate, frame.layout.nb_channels)
            for part in resampler.resample(frame):
                rest += memoryview(part.planes[0])[: 2 * part.samples]
        except (*FAULTS, SurtitleError) as exc:
            failure, frame = exc, None
        while len(rest) >= size:
            yield bytes(rest[:size])
            n_read += size // 2
            del rest[:size]
        if frame is None:
            break
        if not is_url(address) and n_read / rate_hz > LENGTH_MAX_S:
            raise _too_long(address)
    if rest:
        yield bytes(rest)
        n_read += len(rest) // 2
    if isinstance(failure, SurtitleError):
        raise failure
    if failure is not None or n_read == 0 or _is_cut_short(container, n_read / rate_hz):
        raise MediaError(
            f"The sound of {address} breaks off after {n_read / rate_hz:.1f} s: the file is incomplete or damaged."
        ) from failure


def _frames(container: InputContainer) -> Iterator[AudioFrame]:
    """Yield the frames of the first audio stream, up to its end."""
    try:
        yield from container.decode(audio=0)
    except (
        IndexError
    ):  # PyAV 18 stumbles, after the end, over streams that began late, as they may in a transport stream
        return


def _open(address: str, held: ExitStack, *, private: bool) -> InputContainer:
    """Open a file or an http address so that FFmpeg itself opens nothing; other streams only where that is allowed."""
    if not is_url(address):
        return _sealed(held.enter_context(_File(address)), _refuse, POINTERS)
    if scheme(address) in PORTS:
        from app.media.http_stream import Remote

        def follow(url: str, flags: int, options: dict[str, str]) -> object:
            return Remote(url, private=private)

        remote = held.enter_context(closing(Remote(address, private=private)))
        return _sealed(remote, follow, POINTERS - {"hls"}, "hls" if remote.is_playlist else None)
    if scheme(address) not in NETWORK.split(","):
        raise MediaError(f"Expected a stream, but {address} is none. Give a path for a file, or an http address.")
    if not private:
        raise MediaError(
            f"Expected an http or https address, but got {address}: where other streams lead cannot be checked. "
            "If it is meant, start with --private-sources."
        )
    return av.open(address, timeout=OPEN_S, options={"protocol_whitelist": NETWORK}, metadata_errors="replace")


def _sealed(file: object, follow: Follow, banned: set[str], format_name: str | None = None) -> InputContainer:
    """Open what `file` yields; all that it points to goes through `follow`, and no protocol of FFmpeg's is allowed."""
    return av.open(
        file,
        "r",
        format=format_name,
        io_open=follow,
        options={
            "protocol_whitelist": "none",
            "format_whitelist": ",".join(av.formats_available - banned),
            "http_persistent": "0",  # HLS would reuse connections that it takes for FFmpeg's own
            "http_multiple": "0",
        },
        metadata_errors="replace",
        buffer_size=1 << 16,
    )


class _File(FileIO):
    """A file that is read in bounds."""

    def read(self, size: int | None = READ_MAX, /) -> bytes:
        return super().read(min(READ_MAX if size is None else size, READ_MAX))


def _refuse(url: str, flags: int, options: dict[str, str]) -> object:
    raise MediaError(f"Expected sound, but got a file that points to {url}. Give the sound itself.")


def _check_sound(container: InputContainer, address: str) -> None:
    """Raise MediaError unless there is sound of a sane kind and length."""
    if not container.streams.audio:
        raise MediaError(f"Expected sound, but {address} holds none. Give a file with an audio track.")
    context: AudioCodecContext | None = container.streams.audio[0].codec_context
    if context is None:  # which PyAV's own types do not know
        raise MediaError(f"Expected sound, but nothing here can decode that of {address}. Convert it first.")
    if context.sample_rate:  # else the first sound tells
        _check_kind(address, context.sample_rate, context.channels)
    if not is_url(address) and (length_s(container) or 0.0) > LENGTH_MAX_S:
        raise _too_long(address)


def _check_kind(address: str, rate_hz: int, n_channels: int) -> None:
    if rate_hz not in RATES_HZ or n_channels > CHANNELS_MAX:
        raise MediaError(
            f"Expected sound of 1 to 768 kHz and at most {CHANNELS_MAX} channels, but {address} claims {rate_hz} Hz "
            f"and {n_channels} channels. Convert it with a program that you trust."
        )


def _too_long(address: str) -> MediaError:
    return MediaError(
        f"Expected at most {LENGTH_MAX_S / 3600:.0f} hours of sound, but {address} holds more. Cut it into parts."
    )


def _is_cut_short(container: InputContainer, read_s: float) -> bool:
    """Return whether much less came than the file's own header promises."""
    promised_s = (length_s(container) or 0.0) if container.format.name != "mp3" else 0.0
    return promised_s - read_s > max(1.0, 0.05 * promised_s)
