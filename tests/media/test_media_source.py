"""Tests for app.media.media_source."""

import asyncio
import os
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Samples
from app.errors import MediaError, SourceError
from app.media import media_source
from app.media.media_source import MediaSource, load, read
from tests.fakes.http_server import reply, serve_http
from tests.support.media_children import list_children
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
    for name, complaint in (("a.txt", "contains none"), ("empty.wav", "neither|breaks off"), ("none.wav", "no file")):
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


def test_only_files_are_opened(tmp_path: Path) -> None:
    """A folder, a pipe without a writer and an endless device do not hang; a link to a file is that file."""
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "zero.wav").symlink_to("/dev/zero")
    (tmp_path / "nowhere.wav").symlink_to(tmp_path / "nothing")
    for path in (tmp_path, tmp_path / "pipe.wav", tmp_path / "zero.wav", tmp_path / "nowhere.wav", Path("/dev/zero")):
        with pytest.raises(MediaError, match="no file"):
            media_source.load(path)
        assert media_source.length_s(path) is None
    write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono")
    (tmp_path / "link.wav").symlink_to(tmp_path / "a.wav")
    assert len(media_source.load(tmp_path / "link.wav")) == 2 * SAMPLE_RATE


async def test_cancelling_ends_the_child_at_once() -> None:
    """A source that is cancelled during a stall ends at once, and so does its child."""
    over = threading.Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        reply(request, b"", Content_Length="1000", Content_Type="audio/mpeg")
        over.wait(20)

    async def listen(url: str) -> None:
        async for _ in MediaSource(url, private=True).chunks():
            pass

    with serve_http(answer) as port:
        task = asyncio.create_task(listen(f"http://127.0.0.1:{port}/"))
        await asyncio.sleep(0.6)
        assert len(list_children(os.getpid())) == 1
        began_s = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began_s < 0.5
        assert list_children(os.getpid()) == []
        over.set()
