"""Tests for app.media.reader: how the child process runs and ends."""

import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Samples
from app.errors import MediaError, SourceError
from app.hardening import DEBUGGABLE
from app.media import media_source, reader
from app.media.reader import MediaReader
from tests.fakes.http_server import reply, serve_http
from tests.support.media_children import list_children
from tests.support.sound_files import write_sound


def test_a_stalled_reader_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends nothing after its headers blocks the reader no longer than STALL_S."""
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
    assert list_children(os.getpid()) == []


@pytest.mark.parametrize("crash", [signal.SIGSEGV, signal.SIGXCPU, signal.SIGKILL])
def test_a_crash_of_the_child_is_a_sentence(tmp_path: Path, crash: signal.Signals) -> None:
    """When the child crashes, the error names the file, and no process remains."""
    path = write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono", seconds=60)
    blocks = media_source.read(str(path))
    next(blocks)
    os.kill(list_children(os.getpid())[0], crash)
    with pytest.raises(MediaError, match=f"reading .*a.wav failed: .*{-crash}"):
        list(blocks)
    assert list_children(os.getpid()) == []


def test_closing_ends_the_child(tmp_path: Path) -> None:
    """A caller that stops reading, or never began, leaves no process."""
    path = write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono", seconds=60)
    blocks = iter(media_source.read(str(path)))
    next(blocks)
    assert len(list_children(os.getpid())) == 1
    del blocks
    assert list_children(os.getpid()) == []
    cancelled = MediaReader(str(path))
    cancelled.kill()
    with pytest.raises(SourceError, match="was cancelled"):
        cancelled.__enter__()
    assert list_children(os.getpid()) == []


def test_the_child_has_no_secrets_and_has_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment contains no secrets, and memory, files, cores and privileges are limited."""
    monkeypatch.setenv("SURTITLE_KEY", "a very secret key")
    monkeypatch.setenv("HF_TOKEN", "another")
    monkeypatch.setenv(DEBUGGABLE, "1")  # else only root could read its environment here
    path = write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono", seconds=60)
    blocks = media_source.read(str(path))
    next(blocks)
    (child,) = list_children(os.getpid())
    process = Path(f"/proc/{child}")
    environment = {line.partition("=")[0] for line in (process / "environ").read_text().split("\0") if line}
    assert environment <= {
        "PATH",
        "PYTHONPATH",
        "LD_LIBRARY_PATH",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "LC_CTYPE",
        DEBUGGABLE,
    }
    assert "secret" not in (process / "cmdline").read_text() + (process / "environ").read_text()
    limits = {line[:25].strip(): line[25:].split()[0] for line in (process / "limits").read_text().splitlines()}
    assert int(limits["Max address space"]) < 2 * 2**30
    assert int(limits["Max open files"]) <= 64
    assert limits["Max file size"] == limits["Max core file size"] == "0"
    assert int(limits["Max cpu time"]) < 60
    assert "NoNewPrivs:\t1" in (process / "status").read_text()
    del blocks


def test_eight_hours_of_silence_need_little_memory(tmp_path: Path) -> None:
    """A small file that expands to hours of sound is read block by block, in both processes."""
    silence: Samples = np.zeros(8 * 3600 * 1_000, np.float32)
    path = write_sound(tmp_path / "bomb.flac", "flac", rate_hz=1_000, layout="mono", samples=silence)
    assert path.stat().st_size < 3_000_000
    assert media_source.length_s(path) == pytest.approx(8 * 3600)
    blocks = media_source.read(str(path))
    n_samples = sum(len(next(blocks)) for _ in range(20_000))
    (child,) = list_children(os.getpid())
    status = Path(f"/proc/{child}/status").read_text()
    peak_kb = int(status.partition("VmHWM:")[2].split()[0])
    assert n_samples == 2_000 * SAMPLE_RATE
    assert peak_kb < 100_000
    del blocks


def test_invalid_messages_of_the_child_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child under control of a malicious file may send too much, too little or nonsense; each is an error."""
    path = write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono")
    for message in (
        b"s\xff\xff\xff\xff",
        b"s\x05\x00\x00\x00ab",
        b"f\x02\x00\x00\x00[]",
        b"f\x01\x00\x00\x00\xff",
        b"o\x03\x00\x00\x00nan",
    ):
        program = tmp_path / "python"
        printed = "".join(f"\\{byte:03o}" for byte in message)
        program.write_text(f"#!/bin/sh\nread -r asked\nprintf '{printed}'\n")
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(program))
        with pytest.raises(MediaError, match=r"failed|invalid message"):
            media_source.load(path)
    assert list_children(os.getpid()) == []
