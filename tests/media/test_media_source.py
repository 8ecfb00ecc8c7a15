"""Files and streams of every kind, and what is no such thing."""

import asyncio
import io
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Samples
from app.audio.stdin import StdinSource
from app.errors import MediaError, SettingsError, SourceError, SurtitleError
from app.media.media_source import MediaSource, load, read
from app.media.open_source import open_source
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


async def test_playing_takes_its_time(tmp_path: Path) -> None:
    """A paced file comes at the pace of life, and no sound before it was spoken; an unpaced one at once."""
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


def test_what_is_no_sound_is_a_sentence(tmp_path: Path) -> None:
    """A text file, an empty file, a missing file and a picture without sound say what was expected."""
    (tmp_path / "a.txt").write_text("just text " * 100)
    (tmp_path / "empty.wav").write_bytes(b"")
    for name, complaint in (("a.txt", "holds none"), ("empty.wav", "neither|breaks off"), ("none.wav", "no file")):
        with pytest.raises(MediaError, match=complaint):
            load(tmp_path / name)


def test_a_truncated_file_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    """The readable sound comes first, then the sentence."""
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
    """A stream that does not answer is a matter of waiting, not of settings."""
    with pytest.raises(SourceError, match="cannot be opened"):
        list(read("http://127.0.0.1:9/live.mp3", private=True))


async def test_raw_samples_from_a_pipe() -> None:
    """Plain PCM is read to its end; a whole sound file in the pipe gets a sentence."""
    stream = io.BytesIO(bytes(2 * SAMPLE_RATE))
    chunks = [chunk async for chunk in StdinSource(stream).chunks()]
    assert chunks[-1].end_s == pytest.approx(1.0)
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(SAMPLE_RATE)
        recording.writeframes(bytes(3200))
    with pytest.raises(MediaError, match="sound file came"):
        [chunk async for chunk in StdinSource(io.BytesIO(file.getvalue())).chunks()]


@pytest.mark.parametrize("written", ["", "nothing-here.wav"])
def test_a_source_that_is_none_is_a_sentence(written: str) -> None:
    """What names no source says what would."""
    with pytest.raises(SettingsError, match="microphone"):
        open_source(written)


@pytest.mark.parametrize("written", ["microphone", "microphone:USB", "http://127.0.0.1/a.mp3", "-"])
def test_sources_by_name(written: str) -> None:
    """Microphones, addresses and standard input are known without being opened."""
    assert open_source(written).name


@pytest.mark.parametrize(("private", "complaint"), [(False, "--private-sources"), (True, "cannot be opened")])
async def test_the_setting_reaches_the_source(private: bool, complaint: str) -> None:
    """Whether private addresses are opened is decided where the source is named."""
    with pytest.raises(SurtitleError, match=complaint):
        [chunk async for chunk in open_source("http://127.0.0.1:9/a.mp3", private=private).chunks()]
