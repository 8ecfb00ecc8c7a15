"""Decodes untrusted files and streams with PyAV; runs only in the sandboxed child process, see `child`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from io import FileIO

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer

from app.errors import MediaError, SurtitleError
from app.media.address import PORTS, is_url, scheme, unreachable
from app.redaction import redact_url

BLOCK_S = 0.1
"""Length of one block."""

OPEN_S = 10.0
"""Time limit for an answer, and for each read, of streams that FFmpeg itself fetches."""

RATES_HZ = range(1_000, 768_001)
"""Allowed sample rates: from below telephone quality to the highest of any equipment."""

CHANNELS_MAX = 64
"""Ambisonics of the seventh order."""

LENGTH_MAX_S = 48 * 3600.0
"""Longest allowed file; a longer one is malicious or damaged. Streams have no limit."""

REFERENCES = {
    *("concat", "dash", "hls", "image2", "imf", "rtp", "rtsp", "sap", "sdp", "vobsub", "webm_dash_manifest"),
    *("alsa", "avfoundation", "dshow", "fbdev", "gdigrab", "jack", "kmsgrab", "lavfi", "openal", "oss", "pulse"),
    *("sndio", "vfwcap", "video4linux2,v4l2", "x11grab", "avisynth", "vapoursynth"),
}
"""FFmpeg's formats that only refer to sound elsewhere: in files, at addresses, in devices or programs."""

NETWORK = "rtsp,rtsps,rtmp,rtmpe,rtmps,rtmpt,rtmpts,rtp,srtp,srt,rist,udp,tcp,tls,mmsh,mmst,http,https"
"""FFmpeg's own protocols for streams; none of them reads files."""

LIBRARY_ERRORS = (av.error.FFmpegError, OSError, ValueError, MemoryError)
"""What PyAV raises for files that are damaged or need too much memory."""

READ_MAX = 1 << 20
"""Maximum bytes per read; damaged files request gigabytes, and Python allocates the memory before it reads."""

OpenReference = Callable[[str, int, dict[str, str]], object]
"""Opens what a playlist refers to, by URL, FFmpeg's flags and options; returns a file object."""


@contextmanager
def open_sound(address: str, *, private: bool, channels: Sequence[int] = ()) -> Iterator[InputContainer]:
    """Open a file or URL that contains sound.

    Raises:
        MediaError: It cannot be read as sound, or must not be opened.
        SourceError: A stream cannot be reached now.
    """
    with ExitStack() as stack:
        try:
            container = stack.enter_context(_open(address, stack, private=private))
        except LIBRARY_ERRORS as exc:
            if is_url(address):
                raise unreachable(address) from exc
            raise MediaError(
                f"Expected a sound or video file, but {redact_url(address)} is neither, or it is damaged. "
                "Give a file that a media player can play."
            ) from exc
        _check_sound(container, address, channels)
        yield container


def length_s(container: InputContainer) -> float | None:
    """Return its length according to its header, in seconds."""
    return float(container.duration) / av.time_base if container.duration else None


def read_blocks(container: InputContainer, address: str, rate_hz: int, channels: Sequence[int] = ()) -> Iterator[bytes]:
    """Yield its sound as 16-bit mono PCM in blocks of BLOCK_S, the last one shorter.

    With `channels`, a block has the samples of the first of them, then those of the next.

    Raises:
        MediaError: It breaks off; the sound before was yielded. Or it does not have the channels.
    """
    resampler = AudioResampler(format="s16", layout=None if channels else "mono", rate=rate_hz)
    size = 2 * round(BLOCK_S * rate_hz)
    rests = [bytearray() for _ in channels or (1,)]
    n_read = 0
    failure: Exception | None = None
    frames = _frames(container)
    while True:
        try:
            frame = next(frames, None)
            if frame is not None:
                _check_kind(address, frame.sample_rate, frame.layout.nb_channels)
                _check_channels(address, channels, frame.layout.nb_channels)
            for part in resampler.resample(frame):
                n_channels = part.layout.nb_channels
                sound = memoryview(part.planes[0])[: 2 * part.samples * n_channels].cast("B").cast("h")
                for number, rest in zip(channels or (1,), rests, strict=True):
                    rest += sound[number - 1 :: n_channels].tobytes()
        except (*LIBRARY_ERRORS, SurtitleError) as exc:
            failure, frame = exc, None
        while len(rests[0]) >= size:
            yield b"".join(bytes(rest[:size]) for rest in rests)
            n_read += size // 2
            for rest in rests:
                del rest[:size]
        if frame is None:
            break
        if not is_url(address) and n_read / rate_hz > LENGTH_MAX_S:
            raise _too_long(address)
    if rests[0]:
        yield b"".join(map(bytes, rests))
        n_read += len(rests[0]) // 2
    if isinstance(failure, SurtitleError):
        raise failure
    if failure is not None or n_read == 0 or _is_cut_short(container, n_read / rate_hz):
        raise MediaError(
            f"The sound of {redact_url(address)} breaks off after {n_read / rate_hz:.1f} s: "
            "the file is incomplete or damaged."
        ) from failure


def _frames(container: InputContainer) -> Iterator[AudioFrame]:
    """Yield the frames of the first audio stream, up to its end."""
    try:
        yield from container.decode(audio=0)
    except IndexError:  # PyAV 18 raises it after the end of streams that began late, as in transport streams
        return


def _open(address: str, stack: ExitStack, *, private: bool) -> InputContainer:
    """Open a file or an http URL so that FFmpeg itself opens nothing; open other streams only if `private`."""
    if not is_url(address):
        return _open_isolated(stack.enter_context(_BoundedFile(address)), _refuse, REFERENCES)
    if scheme(address) in PORTS:
        from app.media.http_stream import HttpStream

        def open_reference(url: str, flags: int, options: dict[str, str]) -> object:
            return HttpStream(url, private=private)

        stream = stack.enter_context(closing(HttpStream(address, private=private)))
        return _open_isolated(stream, open_reference, REFERENCES - {"hls"}, "hls" if stream.is_playlist else None)
    if scheme(address) not in NETWORK.split(","):
        raise MediaError(
            f"Expected a stream, but {redact_url(address)} is not one. Give a path for a file, or an http URL."
        )
    if not private:
        raise MediaError(
            f"Expected an http or https address, but got {redact_url(address)}: the servers of other streams cannot be "
            "checked. To allow them, start with --private-sources."
        )
    return av.open(address, timeout=OPEN_S, options={"protocol_whitelist": NETWORK}, metadata_errors="replace")


def _open_isolated(
    file: object, open_reference: OpenReference, banned: set[str], format_name: str | None = None
) -> InputContainer:
    """Open a file object; `open_reference` opens all that it refers to, and FFmpeg's own protocols are disabled."""
    return av.open(
        file,
        "r",
        format=format_name,
        io_open=open_reference,
        options={
            "protocol_whitelist": "none",
            "format_whitelist": ",".join(av.formats_available - banned),
            "http_persistent": "0",  # otherwise HLS reuses connections as if they were FFmpeg's own
            "http_multiple": "0",
        },
        metadata_errors="replace",
        buffer_size=1 << 16,
    )


class _BoundedFile(FileIO):
    """A file with a limit on each read."""

    def read(self, size: int | None = READ_MAX, /) -> bytes:
        return super().read(min(READ_MAX if size is None else size, READ_MAX))


def _refuse(url: str, flags: int, options: dict[str, str]) -> object:
    raise MediaError("Expected sound, but got a file that refers to other files or addresses. Give the sound itself.")


def _check_sound(container: InputContainer, address: str, channels: Sequence[int]) -> None:
    """Raise MediaError unless there is sound of a possible kind and length."""
    if not container.streams.audio:
        raise MediaError(f"Expected sound, but {redact_url(address)} contains none. Give a file with an audio track.")
    context: AudioCodecContext | None = container.streams.audio[0].codec_context
    if context is None:  # missing in PyAV's own types
        raise MediaError(f"Expected sound, but the codec of {redact_url(address)} is unknown. Convert the file first.")
    if context.sample_rate:  # else the first frame has it
        _check_kind(address, context.sample_rate, context.channels)
        _check_channels(address, channels, context.channels)
    if not is_url(address) and (length_s(container) or 0.0) > LENGTH_MAX_S:
        raise _too_long(address)


def _check_kind(address: str, rate_hz: int, n_channels: int) -> None:
    if rate_hz not in RATES_HZ or n_channels > CHANNELS_MAX:
        raise MediaError(
            f"Expected sound of 1 to 768 kHz and at most {CHANNELS_MAX} channels, but {redact_url(address)} claims "
            f"{rate_hz} Hz and {n_channels} channels. Convert it with a program that you trust."
        )


def _check_channels(address: str, channels: Sequence[int], n_channels: int) -> None:
    """Raise MediaError if a channel that is asked for is not there."""
    missing = [number for number in channels if number > n_channels]
    if missing:
        has = "one channel" if n_channels == 1 else f"{n_channels} channels"
        raise MediaError(
            f"Expected sound with at least {max(missing)} channels, but {redact_url(address)} has {has}. "
            "Name only channels that it has."
        )


def _too_long(address: str) -> MediaError:
    return MediaError(
        f"Expected at most {LENGTH_MAX_S / 3600:.0f} hours of sound, but {redact_url(address)} contains more. "
        "Split it into parts."
    )


def _is_cut_short(container: InputContainer, read_s: float) -> bool:
    """Return whether there was much less sound than the header claims."""
    claimed_s = (length_s(container) or 0.0) if container.format.name != "mp3" else 0.0
    return claimed_s - read_s > max(1.0, 0.05 * claimed_s)
