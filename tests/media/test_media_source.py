"""Tests for app.media.media_source."""

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Samples
from app.errors import MediaError, SourceError
from app.media.media_source import MediaSource, load, read
from tests.support.sound_files import write_sound


def pitch_hz(samples: Samples) -> float:
    """Return the strongest frequency."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * SAMPLE_RATE / len(samples))


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz", "layout"),
    [
        ("a.wav", "pcm_s16le", 8_000, "stereo"),
        ("a.flac", "flac", 44_100, "stereo"),
        ("a.mp3", "libmp3lame", 48_000, "mono"),
        ("a.ogg", "libopus", 48_000, "stereo"),
    ],
)
def test_any_format_becomes_16_khz_mono(tmp_path: Path, name: str, codec: str, rate_hz: int, layout: str) -> None:
    """Rate, channels and container do not matter: the tone keeps its pitch and its length."""
    samples = load(write_sound(tmp_path / name, codec, rate_hz=rate_hz, layout=layout))
    assert samples.dtype == np.float32
    assert len(samples) / SAMPLE_RATE == pytest.approx(2.0, abs=0.1)
    assert pitch_hz(samples[4000:28000]) == pytest.approx(440, abs=2)


async def test_a_paced_file_plays_in_real_time(tmp_path: Path) -> None:
    """A paced file yields sound in real time, never early; an unpaced one yields it at once."""
    path = str(write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono", seconds=1.2))
    for paced in (True, False):
        began = time.monotonic()
        media = MediaSource(path, paced=paced)
        ends = [(chunk.end_s, time.monotonic() - (media.began_s or began)) async for chunk in media.chunks()]
        assert ends[-1][0] == pytest.approx(1.2, abs=0.01)
        if paced:
            assert all(at_s >= end_s - 0.02 for end_s, at_s in ends)
        else:
            assert time.monotonic() - began < 1.0  # a busy machine takes half of that to begin


def test_a_file_without_sound_is_a_sentence(tmp_path: Path) -> None:
    """A text file, an empty file and a missing file are errors that say what was expected."""
    (tmp_path / "a.txt").write_text("just text " * 100)
    (tmp_path / "empty.wav").write_bytes(b"")
    for name, complaint in (("a.txt", "holds none"), ("empty.wav", "neither|breaks off"), ("none.wav", "no file")):
        with pytest.raises(MediaError, match=complaint):
            load(tmp_path / name)


def test_a_truncated_file_yields_its_sound_and_an_error(tmp_path: Path) -> None:
    """The readable sound comes first, then the error."""
    noise = np.random.default_rng(0).normal(0, 0.1, 8 * SAMPLE_RATE).astype(np.float32)
    whole = write_sound(tmp_path / "a.flac", "flac", rate_hz=16_000, layout="mono", samples=noise).read_bytes()
    cut = tmp_path / "cut.flac"
    cut.write_bytes(whole[: len(whole) // 2])
    heard = 0.0

    async def play() -> None:
        nonlocal heard
        async for chunk in MediaSource(str(cut), paced=False).chunks():
            heard = chunk.end_s

    with pytest.raises(MediaError, match=r"breaks off after [34]"):
        asyncio.run(play())
    assert heard == pytest.approx(4.0, abs=0.5)


def test_an_unreachable_stream_may_come_back() -> None:
    """A stream that does not answer is a SourceError, which means: try again."""
    with pytest.raises(SourceError, match="cannot be opened"):
        list(read("http://127.0.0.1:9/live.mp3", private=True))
