"""Tests for app.media.container: which files and streams PyAV opens."""

import gc
import io
import socket
import struct
from argparse import Namespace
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE
from app.errors import MediaError, SourceError, SurtitleError
from app.media import child, child_messages, container, media_source
from tests.fakes.http_server import file_answers, reply, serve_http
from tests.fakes.signed_streams import CANARY, FAILURES, serve_signed_streams, signed_url
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


def references(secret: Path, port: int) -> dict[str, str]:
    """Return files without sound that refer to some: in the same folder, on the disk, and in the network."""
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


def test_files_cannot_refer_to_others(tmp_path: Path) -> None:
    """Playlists of all kinds read no other file and contact no server, also under misleading names."""
    requests: list[str] = []
    secret = write_sound(tmp_path / "secret.wav", "pcm_s16le", rate_hz=16_000, layout="mono")
    with serve_http(file_answers({"/secret.wav": secret.read_bytes()}, requests)) as port:
        for name, text in references(secret, port).items():
            (tmp_path / name).write_text(text)
            with pytest.raises(MediaError):
                media_source.load(tmp_path / name)
    assert requests == []


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
def test_impossible_files_are_sentences(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    """A gigahertz, 255 channels and an empty file are errors that say what was expected."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MediaError, match=complaint):
        media_source.load(tmp_path / name)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "concat://a", "data://a", "pipe://0", "subfile://a", "nonsense://a"]
)
def test_only_protocols_of_streams_are_allowed(url: str) -> None:
    """FFmpeg's URLs that are not streams are refused, with private networks allowed or not."""
    for private in (True, False):
        with pytest.raises(MediaError, match="is not one"):
            list(media_source.read(url, private=private))


@pytest.mark.parametrize("url", ["rtsp://127.0.0.1:9/a", "tcp://127.0.0.1:9"])
def test_other_streams_need_the_setting(url: str) -> None:
    """Streams that FFmpeg fetches by itself cannot be checked, so they need the setting for private networks."""
    with pytest.raises(MediaError, match="--private-sources"):
        list(media_source.read(url))
    with pytest.raises(SourceError, match="cannot be opened"):
        list(media_source.read(url, private=True))


def test_private_addresses_are_refused_by_default(tmp_path: Path) -> None:
    """Without the setting no server on this machine is contacted; with it, the film plays to its end."""
    requests: list[str] = []
    content = write_sound(tmp_path / "a.mp4", "aac", rate_hz=16_000, layout="mono").read_bytes()
    with serve_http(file_answers({"/a.mp4": content}, requests)) as port:
        url = f"http://127.0.0.1:{port}/a.mp4"
        with pytest.raises(MediaError, match="--private-sources"):
            list(media_source.read(url))
        assert requests == []
        assert sum(map(len, media_source.read(url, private=True))) == pytest.approx(2 * SAMPLE_RATE, abs=2_000)
        assert requests


def test_the_segments_of_a_playlist_are_checked(tmp_path: Path) -> None:
    """HLS is fetched segment by segment; each is checked like the first address, and files are refused."""
    tone = 0.3 * np.sin(np.arange(3 * SAMPLE_RATE) * 0.2).astype(np.float32)
    write_sound(tmp_path / "a.m3u8", "aac", rate_hz=16_000, layout="mono", samples=tone)
    requests: list[str] = []
    contents = {f"/{path.name}": path.read_bytes() for path in tmp_path.iterdir()}
    contents |= {
        f"/{name}": text.encode() for name, text in references(tmp_path / "a.m3u8", 9).items() if "beside" not in name
    }
    with serve_http(file_answers(contents, requests)) as port:
        sound = np.concatenate(list(media_source.read(f"http://127.0.0.1:{port}/a.m3u8", private=True)))
        assert len(sound) / SAMPLE_RATE == pytest.approx(3.0, abs=0.2)
        assert {path for path in contents if path.endswith(".ts")} <= set(requests)
        for name in contents:
            if name.rpartition("/")[2] in references(tmp_path, 9):
                with pytest.raises((MediaError, SourceError)):
                    list(media_source.read(f"http://127.0.0.1:{port}{name}", private=True))


# PyAV leaves open what a failing playlist has opened; the child process ends with it
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_public_playlist_cannot_refer_to_private_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments on public servers are played; those on this machine are never requested."""
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    part = write_sound(tmp_path / "a.ts", "aac", rate_hz=16_000, layout="mono", samples=noise).read_bytes()
    requested: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        requested.append(f"{request.headers['Host']}{request.path}")
        if request.path.endswith(".ts"):
            return reply(request, part)
        name = f"http://127.0.0.1:{port}/b.ts" if request.path == "/private" else "/a.ts"
        lines = ("#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:1,", name, "#EXTINF:1,", "a.ts", "#EXT-X-ENDLIST", "")
        return reply(request, "\n".join(lines).encode(), Content_Type="application/vnd.apple.mpegurl")

    def look_up(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", ("93.184.216.34" if host == "radio.example" else "127.0.0.1", 80))]

    connect = socket.create_connection

    def connect_here(place: tuple[str, int], timeout_s: float) -> socket.socket:
        return connect(("127.0.0.1", port), timeout_s)

    monkeypatch.setattr(
        "app.media.http_stream.socket", Namespace(getaddrinfo=look_up, create_connection=connect_here, SOCK_STREAM=1)
    )
    with serve_http(answer) as port:
        sounds = {}
        for path in ("/live", "/private"):
            pipe = io.BytesIO()
            child.answer(child_messages.ReadRequest(f"http://radio.example{path}", False, 16_000), pipe)
            sounds[path] = pipe.tell()
        gc.collect()
    assert sounds["/live"] > 2 * 2 * 15_000
    assert sounds["/private"] < sounds["/live"]
    assert set(requested) == {"radio.example/live", "radio.example/a.ts", "radio.example/private"}


@pytest.fixture(scope="module")
def signed_streams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve streams whose addresses contain secrets."""
    path = tmp_path_factory.mktemp("sound") / "a.mp3"
    with serve_signed_streams(write_sound(path, "libmp3lame", rate_hz=16_000, layout="mono").read_bytes()) as port:
        yield port


@pytest.mark.parametrize("kind", FAILURES)
def test_no_error_repeats_the_secrets_of_an_address(kind: str, signed_streams: int) -> None:
    """Redirects, playlists, segments and their keys fail with a sentence that names scheme and host at most."""
    url = signed_url(signed_streams, kind)
    with pytest.raises(SurtitleError) as error, container.open_sound(url, private=True) as sound:
        list(container.read_blocks(sound, url, 16_000))
    assert CANARY not in str(error.value)
    assert "http://" in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        f"http://me:{CANARY}@host.invalid/{CANARY}?token={CANARY}",
        f"http://me:{CANARY}@ho st/{CANARY}",
        f"http://me:{CANARY}@[{CANARY}",
        f"http://me:1/{CANARY}@example.org/live",
        f"http://me:{CANARY}@10.0.0.1/{CANARY}",
        f"rtsp://me:{CANARY}@127.0.0.1:1/{CANARY}?token={CANARY}",
        f"srt://127.0.0.1:1?mode=caller&passphrase={CANARY}",
        f"unknown://me:{CANARY}@127.0.0.1:1/{CANARY}",
    ],
)
@pytest.mark.parametrize("private", [False, True])
def test_no_refusal_repeats_the_secrets_of_an_address(url: str, private: bool) -> None:
    """An address that is not allowed, not valid or not reachable is named by scheme and host at most."""
    with pytest.raises(SurtitleError) as error, container.open_sound(url, private=private):
        pass
    assert CANARY not in str(error.value)
