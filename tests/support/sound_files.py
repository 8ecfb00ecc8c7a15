"""Sound files for tests."""

from pathlib import Path

import av
import numpy as np

from app.audio.chunk import Samples


def write_sound(
    path: Path, codec: str, *, rate_hz: int, layout: str, seconds: float = 2.0, samples: Samples | None = None
) -> Path:
    """Write sound, by default a tone of 440 Hz, with any of FFmpeg's encoders."""
    if samples is None:
        samples = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz).astype(np.float32)
    planes = np.repeat(samples[None], 2 if layout == "stereo" else 1, 0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
        frame.sample_rate = rate_hz
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path
