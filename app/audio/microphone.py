"""The source for sound devices of this machine: a microphone, a line input, or the monitor of an output."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import choices, metrics
from app.audio import pulse
from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.resample import Resampler
from app.errors import DeviceError, SourceError

BLOCK_S = 0.04
"""Length of one block from PortAudio."""

UNREAD_MAX = 250
"""Maximum blocks in the queue, 10 s; beyond it the oldest is dropped."""

NAMES_MAX = 8
"""Most devices that a sentence names."""

DEAD_S = 3.0
"""A device that yields no block for this long was unplugged; PortAudio does not always report it."""

WASAPI = "Windows WASAPI"
"""Windows's newest sound system, as PortAudio calls it."""

PULSE = "PulseAudio"
"""Host of the devices that are recorded through the sound server and not through PortAudio."""


@dataclass(frozen=True, slots=True)
class Device:
    """One sound device that can record."""

    name: str
    host: str
    """The system's sound interface, such as ALSA, Core Audio or Windows WASAPI."""
    n_channels: int
    rate_hz: int
    is_monitor: bool = False
    """Whether it records what the machine plays."""


def list_devices() -> list[Device]:
    """Return the devices that can record, with monitors of PulseAudio and PipeWire.

    Windows offers each device through several sound systems; of these only WASAPI's are returned, because the names of
    the oldest are cut after 31 characters.

    Raises:
        DeviceError: The sound library is missing.
    """
    sounddevice = _sounddevice()
    hosts = [str(host["name"]) for host in sounddevice.query_hostapis()]
    devices = [
        Device(
            str(found["name"]),
            hosts[int(found["hostapi"])],
            int(found["max_input_channels"]),
            round(float(found["default_samplerate"])),
        )
        for found in sounddevice.query_devices()
        if int(found["max_input_channels"]) > 0
    ]
    if any(device.host == WASAPI for device in devices):
        devices = [device for device in devices if device.host == WASAPI]
    return devices + [
        Device(name, PULSE, n, SAMPLE_RATE, name.endswith(".monitor")) for name, n in pulse.list_sources()
    ]


def choose_device(name: str, devices: list[Device]) -> Device:
    """Return the device with this name, or the only one whose name contains it; upper and lower case are equal.

    Raises:
        DeviceError: No device matches, or more than one.
    """
    exact = [device for device in devices if device.name.casefold() == name.casefold()]
    matching = exact or [device for device in devices if name.casefold() in device.name.casefold()]
    listed = sorted({device.name for device in (matching or devices)})
    names = ", ".join(listed[:NAMES_MAX]) or "none"
    names += f" and {len(listed) - NAMES_MAX} more" if len(listed) > NAMES_MAX else ""
    if not matching:
        likely = _suggest(name, listed)
        raise DeviceError(
            f"There is no sound device called {name}. There are: {names}. "
            + (f"Did you mean microphone:{likely}?" if likely else "`surtitle devices` lists them.")
        )
    if len(matching) > 1 and not exact:
        raise DeviceError(f"Several sound devices are called {name}: {names}. Write the whole name.")
    return matching[0]


def _suggest(name: str, devices: Sequence[str]) -> str | None:
    """Return the device, or a word of its name, that is most alike."""
    words = [word for device in devices for word in device.replace(":", " ").replace(",", " ").split() if len(word) > 2]
    return choices.suggest(name, [*devices, *words], {})


class MicrophoneSource:
    """A sound device as a source."""

    def __init__(self, name: str = "default", channels: Sequence[int] = ()) -> None:
        """Set the device by its name or a part of it; `default` is the system's default device.

        `channels` are the numbers of the channels for `channel_chunks`, counted from 1.
        """
        self.name = f"microphone:{name}"
        self._device_name = name
        self._channels = tuple(channels)

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Open the device at its own rate and yield its sound as mono at SAMPLE_RATE.

        Raises:
            DeviceError: There is no such device, or the sound library is missing.
            SourceError: The device stopped, for example because it was unplugged.
        """
        async with aclosing(self._blocks(())) as blocks:
            async for start_s, block in blocks:
                yield Chunk(block[0], start_s)

    async def channel_chunks(self) -> AsyncGenerator[list[Chunk], None]:
        """Open the device and yield the sound of its channels; see `chunks`."""
        async with aclosing(self._blocks(self._channels)) as blocks:
            async for start_s, block in blocks:
                yield [Chunk(samples, start_s) for samples in block]

    async def _blocks(self, channels: Sequence[int]) -> AsyncGenerator[tuple[float, list[Samples]], None]:
        """Yield the sound of channels, or the mean of all, with where each block begins, in seconds."""
        sounddevice = _sounddevice()
        device = None
        if self._device_name != "default":
            device = choose_device(self._device_name, await asyncio.to_thread(list_devices))
        if device is not None and device.host == PULSE:
            _check_channels(device.name, channels, device.n_channels)
            async with aclosing(pulse.record(device.name, device.n_channels if channels else 1)) as recording:
                async for start_s, sound in recording:
                    yield start_s, [sound[:, number - 1] for number in channels or (1,)]
            return
        loop = asyncio.get_running_loop()
        blocks: asyncio.Queue[NDArray[np.float32]] = asyncio.Queue(UNREAD_MAX)

        def put(block: NDArray[np.float32]) -> None:
            if blocks.full():
                metrics.DROPPED_AUDIO.labels("microphone").inc(BLOCK_S)
                blocks.get_nowait()
            blocks.put_nowait(block)

        def on_block(block: NDArray[np.float32], _frames: int, _time: Any, _status: Any) -> None:
            loop.call_soon_threadsafe(put, block.copy())

        # with its sound system, because PortAudio's list may contain the name several times
        name = f"{device.name}, {device.host}" if device is not None else None
        stream, rate_hz = await asyncio.to_thread(self._open, sounddevice, name, channels, on_block)
        resamplers = [Resampler(rate_hz) for _ in channels or (1,)]
        n_samples = 0
        try:
            while True:
                try:
                    async with asyncio.timeout(DEAD_S):
                        block = await blocks.get()
                except TimeoutError:
                    raise SourceError(
                        f"The sound device {self._device_name} has stopped; check its plug. "
                        "Surtitle opens it again by itself."
                    ) from None
                apart = [block[:, number - 1] for number in channels] or [block.mean(axis=1)]
                sounds = [resampler.feed(one) for resampler, one in zip(resamplers, apart, strict=True)]
                yield n_samples / SAMPLE_RATE, sounds
                n_samples += len(sounds[0])
        finally:
            await asyncio.to_thread(_close, sounddevice, stream)

    def _open(
        self, sounddevice: ModuleType, name: str | None, channels: Sequence[int], on_block: Any
    ) -> tuple[Any, int]:
        """Return the running stream and its rate; blocks."""
        try:
            found = sounddevice.query_devices(name, "input")
            n_channels = int(found["max_input_channels"])
            _check_channels(self._device_name, channels, n_channels)
            rate_hz = round(float(found["default_samplerate"]))
            stream = sounddevice.InputStream(
                device=name,
                samplerate=rate_hz,
                channels=max(channels, default=min(2, n_channels)),
                dtype="float32",
                blocksize=round(BLOCK_S * rate_hz),
                callback=on_block,
            )
            stream.start()
        except (sounddevice.PortAudioError, ValueError) as exc:
            if self._device_name == "default" and not list_devices():
                raise DeviceError("This machine has no sound device that can record. Plug one in.") from exc
            raise SourceError(f"The sound device {self._device_name} cannot be opened now: {_reason(exc)}") from exc
        return stream, rate_hz


def _check_channels(device: str, channels: Sequence[int], n_channels: int) -> None:
    """Raise DeviceError if a channel that is asked for is not there."""
    if max(channels, default=0) > n_channels:
        has = "one channel" if n_channels == 1 else f"{n_channels} channels"
        raise DeviceError(
            f"Expected a sound device with at least {max(channels)} channels, but {device} has {has}. "
            "Name only channels that it has; `surtitle devices` lists them."
        )


def _close(sounddevice: ModuleType, stream: Any) -> None:
    try:
        stream.abort()
        stream.close()
    except sounddevice.PortAudioError:
        return  # an unplugged device cannot be stopped; its stream has ended already


def _sounddevice() -> ModuleType:
    try:
        import sounddevice
    except ModuleNotFoundError as exc:
        raise DeviceError("Microphones need the sounddevice package: pip install 'surtitle[mic]'.") from exc
    except OSError as exc:
        raise DeviceError(
            "Microphones need the PortAudio library, which is missing: apt-get install libportaudio2 on Debian and "
            "Ubuntu, brew install portaudio on macOS. On Windows, install surtitle[mic] again."
        ) from exc
    module: ModuleType = sounddevice
    return module


def _reason(exc: Exception) -> str:
    return str(exc).strip().rstrip(".") + "."
