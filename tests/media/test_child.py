"""The process that reads: what files cannot make it do, what it may use, and how it ends."""

import asyncio
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Samples
from app.errors import MediaError, SourceError
from app.media import media_source, reader
from app.media.media_source import MediaSource
from app.media.reader import MediaReader
from tests.fakes.http_server import file_answers, reply, serve_http
from tests.support.sound_files import write_sound


def wav(rate_hz: int, n_channels: int, n_samples: int = 16_000) -> bytes:
    """Return a 16-bit file whose header claims this, true or not."""
    block = 2 * n_channels
    sound = bytes(2 * n_samples)
    head = struct.pack("<IHHIIHH", 16, 1, n_channels, rate_hz, rate_hz * block % 2**32, block % 2**16, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(sound))
        + b"WAVEfmt "
        + head
        + b"data"
        + struct.pack("<I", len(sound))
        + sound
    )


def wait_for(claim: Callable[[], bool], limit_s: float = 10.0) -> bool:
    """Return whether something becomes true in time."""
    end_s = time.monotonic() + limit_s
    while not claim():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.02)
    return True


def readers(of: int) -> list[int]:
    """Return the numbers of a process's readers, dead children that nobody waited for too."""
    found = [int(pid) for task in Path(f"/proc/{of}/task").iterdir() for pid in (task / "children").read_text().split()]
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in found}
    return [pid for pid, command in commands.items() if not command or "app.media.child" in command]


def pointers(secret: Path, port: int) -> dict[str, str]:
    """Return files that hold no sound but point to some: beside them, anywhere on the disk, and in the network."""
    url = f"http://127.0.0.1:{port}/secret.wav"
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{}\n#EXT-X-ENDLIST\n"
    return {
        "disk.m3u8": hls.format(f"file://{secret}"),
        "beside.m3u8": hls.format(secret.name),
        "passwd.m3u8": hls.format("file:///etc/passwd"),
        "network.m3u8": hls.format(url),
        "concat.m3u8": hls.format(f"concat:{secret}|{secret}"),
        "data.m3u8": hls.format("data:audio/wav;base64,UklGRg=="),
        "subfile.m3u8": hls.format(f"subfile,,start,0,end,100,,:{secret}"),
        "key.m3u8": hls.format(secret.name).replace("#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF'),
        "map.m3u8": hls.format(secret.name).replace("#EXTINF", f'#EXT-X-MAP:URI="{url}"\n#EXTINF'),
        "master.m3u8": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{url}\n",
        "beside.ffconcat": f"ffconcat version 1.0\nfile {secret.name}\n",
        "disk.ffconcat": f"ffconcat version 1.0\nfile '{secret}'\n",
        "network.ffconcat": f"ffconcat version 1.0\nfile '{url}'\n",
        "options.ffconcat": f"ffconcat version 1.0\nfile '{url}'\noption safe 0\noption protocol_whitelist http,tcp\n",
        "disguised.wav": f"ffconcat version 1.0\nfile {secret.name}\n",
        "manifest.mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="audio/wav"><Representation id="1" '
        f'bandwidth="1"><BaseURL>{url}</BaseURL></Representation></AdaptationSet></Period></MPD>',
        "list.edl": f"# mpv EDL v0\n{secret}\n",
        "list.pls": f"[playlist]\nFile1={url}\n",
        "list.asx": f'<asx version="3.0"><entry><ref href="{url}"/></entry></asx>',
        "list.xspf": f"<playlist><trackList><track><location>{url}</location></track></trackList></playlist>",
        "session.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
        "picture.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>',
        "subtitles.idx": f"# VobSub index file, v7\nid: en, index: 0\ntimestamp: 00:00:00:000, filepos: {secret}\n",
        "redirect.rtsp": f"RTSPtext\n{url}\n",
        "reference.mov": f"rtsptext\r\nrtsp://127.0.0.1:{port}/secret\r\n",
    }


def test_files_cannot_point_anywhere(tmp_path: Path) -> None:
    """Playlists of all kinds read no other file and ask no server, whatever they are called."""
    asked: list[str] = []
    secret = write_sound(tmp_path / "secret.wav", "pcm_s16le", rate_hz=16_000, layout="mono")
    with serve_http(file_answers({"/secret.wav": secret.read_bytes()}, asked)) as port:
        for name, text in pointers(secret, port).items():
            (tmp_path / name).write_text(text)
            with pytest.raises(MediaError):
                media_source.load(tmp_path / name)
    assert asked == []


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("fast.wav", wav(1_000_000_000, 1), "claims 1000000000 Hz"),
        ("slow.wav", wav(1, 1), "claims 1 Hz"),
        ("wide.wav", wav(16_000, 255), "255 channels"),
        ("wider.wav", wav(16_000, 65_535), "channels|breaks off"),
        ("none.wav", wav(16_000, 0), "channels|breaks off"),
        ("empty.wav", b"", "neither"),
        ("zeros.mp3", bytes(100_000), "neither|breaks off"),
    ],
)
def test_absurd_files_are_sentences(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    """A gigahertz, 255 channels, nothing at all: each says what was expected."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MediaError, match=complaint):
        media_source.load(tmp_path / name)


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    """A folder, a pipe that nobody writes to and an endless device do not hang; a link to a file is that file."""
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


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "concat://a", "data://a", "pipe://0", "subfile://a", "nonsense://a"]
)
def test_only_streams_are_urls(url: str) -> None:
    """A URL of FFmpeg's that is no stream is refused, private networks or not."""
    for private in (True, False):
        with pytest.raises(MediaError, match="is none"):
            list(media_source.read(url, private=private))


@pytest.mark.parametrize("url", ["rtsp://127.0.0.1:9/a", "tcp://127.0.0.1:9"])
def test_other_streams_need_the_operators_word(url: str) -> None:
    """What FFmpeg fetches by itself cannot be checked, so it is left to whoever allows private networks."""
    with pytest.raises(MediaError, match="--private-sources"):
        list(media_source.read(url))
    with pytest.raises(SourceError, match="cannot be opened"):
        list(media_source.read(url, private=True))


def test_private_addresses_are_refused_by_default(tmp_path: Path) -> None:
    """Without the operator's word nothing on this machine is asked; with it, it plays, and a film's end is found."""
    asked: list[str] = []
    content = write_sound(tmp_path / "a.mp4", "aac", rate_hz=16_000, layout="mono").read_bytes()
    with serve_http(file_answers({"/a.mp4": content}, asked)) as port:
        url = f"http://127.0.0.1:{port}/a.mp4"
        with pytest.raises(MediaError, match="--private-sources"):
            list(media_source.read(url))
        assert asked == []
        assert sum(map(len, media_source.read(url, private=True))) == pytest.approx(2 * SAMPLE_RATE, abs=2_000)
        assert asked


def test_a_playlist_plays_and_points_inside_in_vain(tmp_path: Path) -> None:
    """HLS is fetched part by part; its parts are checked as the first address, so files and others are refused."""
    tone = 0.3 * np.sin(np.arange(3 * SAMPLE_RATE) * 0.2).astype(np.float32)
    write_sound(tmp_path / "a.m3u8", "aac", rate_hz=16_000, layout="mono", samples=tone)
    asked: list[str] = []
    contents = {f"/{path.name}": path.read_bytes() for path in tmp_path.iterdir()}
    contents |= {
        f"/{name}": text.encode() for name, text in pointers(tmp_path / "a.m3u8", 9).items() if "beside" not in name
    }
    with serve_http(file_answers(contents, asked)) as port:
        sound = np.concatenate(list(media_source.read(f"http://127.0.0.1:{port}/a.m3u8", private=True)))
        assert len(sound) / SAMPLE_RATE == pytest.approx(3.0, abs=0.2)
        assert {path for path in contents if path.endswith(".ts")} <= set(asked)
        for name in contents:
            if name.rpartition("/")[2] in pointers(tmp_path, 9):
                with pytest.raises((MediaError, SourceError)):
                    list(media_source.read(f"http://127.0.0.1:{port}{name}", private=True))


def test_an_endless_reader_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that says nothing after its head keeps nobody longer than the time allowed."""
    monkeypatch.setattr(reader, "STALL_S", 1.0)
    over = threading.Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        reply(request, b"", Content_Length="1000", Content_Type="audio/mpeg")
        over.wait(20)

    with serve_http(answer) as port:
        began_s = time.monotonic()
        with pytest.raises(SourceError, match="no sound came for 1 s"):
            list(media_source.read(f"http://127.0.0.1:{port}/", private=True))
        assert time.monotonic() - began_s < 4
        over.set()
    assert readers(os.getpid()) == []


@pytest.mark.parametrize("crash", [signal.SIGSEGV, signal.SIGXCPU, signal.SIGKILL])
def test_its_death_is_a_sentence(tmp_path: Path, crash: signal.Signals) -> None:
    """When the process dies of what it reads, the file is named, and nothing of it remains."""
    path = write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono", seconds=60)
    pieces = media_source.read(str(path))
    next(pieces)
    os.kill(readers(os.getpid())[0], crash)
    with pytest.raises(MediaError, match=f"a.wav was given up: .*{-crash}"):
        list(pieces)
    assert readers(os.getpid()) == []


def test_closing_ends_it(tmp_path: Path) -> None:
    """Who stops reading, or never began, leaves no process."""
    path = write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono", seconds=60)
    pieces = iter(media_source.read(str(path)))
    next(pieces)
    assert len(readers(os.getpid())) == 1
    del pieces
    assert readers(os.getpid()) == []
    called_off = MediaReader(str(path))
    called_off.kill()
    with pytest.raises(SourceError, match="called off"):
        called_off.__enter__()
    assert readers(os.getpid()) == []


async def test_cancelling_ends_it_at_once() -> None:
    """A source that is cancelled while its stream says nothing is gone in a moment, and so is its process."""
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
        assert len(readers(os.getpid())) == 1
        began_s = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began_s < 0.5
        assert readers(os.getpid()) == []
        over.set()


def test_it_dies_with_whoever_asked(tmp_path: Path, root: Path) -> None:
    """When the service is killed, its readers are gone a moment later."""
    path = write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono", seconds=60)
    program = f"""
from app.media import media_source
import time
pieces = media_source.read({str(path)!r})
next(pieces)
print("reading", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root) as asking:
        assert asking.stdout is not None
        assert asking.stdout.readline() == b"reading\n"
        (child,) = readers(asking.pid)
        asking.kill()
    assert wait_for(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text())


def test_it_knows_no_secrets_and_has_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment holds nothing of ours, and memory, files, cores and privileges are limited."""
    monkeypatch.setenv("SURTITLE_KEY", "a very secret key")
    monkeypatch.setenv("HF_TOKEN", "another")
    path = write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono", seconds=60)
    pieces = media_source.read(str(path))
    next(pieces)
    (child,) = readers(os.getpid())
    process = Path(f"/proc/{child}")
    environment = {line.partition("=")[0] for line in (process / "environ").read_text().split("\0") if line}
    assert environment <= {"PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "LC_CTYPE"}
    assert "secret" not in (process / "cmdline").read_text() + (process / "environ").read_text()
    limits = {line[:25].strip(): line[25:].split()[0] for line in (process / "limits").read_text().splitlines()}
    assert int(limits["Max address space"]) < 2 * 2**30
    assert int(limits["Max open files"]) <= 64
    assert limits["Max file size"] == limits["Max core file size"] == "0"
    assert int(limits["Max cpu time"]) < 60
    assert "NoNewPrivs:\t1" in (process / "status").read_text()
    del pieces


def test_eight_hours_of_silence_are_read_as_they_come(tmp_path: Path) -> None:
    """A small file that unfolds into hours takes little memory, here and there, and stops when we do."""
    silence: Samples = np.zeros(8 * 3600 * 1_000, np.float32)
    path = write_sound(tmp_path / "bomb.flac", "flac", rate_hz=1_000, layout="mono", samples=silence)
    assert path.stat().st_size < 3_000_000
    assert media_source.length_s(path) == pytest.approx(8 * 3600)
    pieces = media_source.read(str(path))
    n_samples = sum(len(next(pieces)) for _ in range(20_000))
    (child,) = readers(os.getpid())
    status = Path(f"/proc/{child}/status").read_text()
    peak_kb = int(status.partition("VmHWM:")[2].split()[0])
    assert n_samples == 2_000 * SAMPLE_RATE
    assert peak_kb < 100_000
    del pieces


def test_nonsense_from_the_process_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that has been taken over can say what it likes: too much, half of it, or no sense at all."""
    path = write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono")
    for said in (
        b"s\xff\xff\xff\xff",
        b"s\x05\x00\x00\x00ab",
        b"f\x02\x00\x00\x00[]",
        b"f\x01\x00\x00\x00\xff",
        b"o\x03\x00\x00\x00nan",
    ):
        fake = tmp_path / "python"
        printed = "".join(f"\\{byte:03o}" for byte in said)
        fake.write_text(f"#!/bin/sh\nread -r asked\nprintf '{printed}'\n")
        fake.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(fake))
        with pytest.raises(MediaError, match=r"given up|nonsense"):
            media_source.load(path)
    assert readers(os.getpid()) == []
