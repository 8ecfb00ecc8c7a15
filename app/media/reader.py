"""Reads one file or stream through a sandboxed child process; a crash of that process becomes an error here."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import inf
from pathlib import Path
from threading import Event, Lock, Thread

import app
from app.audio.chunk import SAMPLE_RATE, Samples, from_pcm16
from app.errors import MediaError, SourceError, SurtitleError
from app.hardening import DEBUGGABLE
from app.media import child_messages
from app.media.address import is_url
from app.redaction import redact_text, redact_url

STALL_S = 20.0
"""How long the child may take for one message; enough for five redirects and the longest segments of streams."""

CHECK_S = 0.5
"""How often STALL_S is checked; a timer for each block would cost more than the block."""

OWN_GROUP = 0
"""What Windows has instead of `start_new_session`, which does nothing there."""

if sys.platform == "win32":
    OWN_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP

ENVIRONMENT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", DEBUGGABLE)
"""Environment variables that the child gets: libraries and certificates, no secrets."""


class MediaReader:
    """One file or stream, read once; the child process runs inside a `with` block.

    One thread reads; `kill` may be called from any other.
    """

    def __init__(self, address: str, *, private: bool = False, channels: Sequence[int] = ()) -> None:
        """Set the file or URL; a URL may be on a private network only if `private`. Nothing starts yet.

        `channels` are the numbers of the channels to read apart, counted from 1; empty reads their mean.
        """
        self._address = address
        self._channels = tuple(channels)
        self._private = private
        self._name = redact_url(address)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()
        self._killed = Event()
        self._deadline_s = inf
        """Deadline of the next message, on the monotonic clock."""
        self._is_late = False
        self.length_s: float | None = None
        """Its length according to its header, in seconds."""

    def __enter__(self) -> "MediaReader":
        """Start the child; blocks until the child has opened it and found sound.

        Raises:
            MediaError: It cannot be read as sound, or must not be opened.
            SourceError: A stream cannot be reached now.
        """
        if not is_url(self._address) and not Path(self._address).is_file():
            raise MediaError(f"Expected a sound or video file, but there is no file {self._name}. Check the path.")
        process = self._start()
        try:
            Thread(target=self._watch, name="media-watch", daemon=True).start()
            request = child_messages.ReadRequest(self._address, self._private, SAMPLE_RATE, self._channels)
            with suppress(BrokenPipeError):  # the child has ended: reading its answer reports why
                assert process.stdin is not None
                process.stdin.write(request.to_line())
                process.stdin.flush()
            _, payload = self._receive(process)
            self.length_s = child_messages.parse_length(payload)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End the child."""
        self.kill()
        if self._process is not None:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()

    def blocks(self) -> Iterator[Samples]:
        """Open it, yield its sound in blocks of 100 ms, the last one shorter, and close it; blocks the thread.

        With channels, a block has the shape (n_channels, n_samples).

        Raises:
            MediaError: It cannot be read as sound, or breaks off; the sound before was yielded.
            SourceError: A stream cannot be reached, or stopped.
        """
        with self:
            assert self._process is not None
            while True:
                kind, payload = self._receive(self._process)
                if kind != child_messages.SOUND:
                    return
                samples = from_pcm16(payload)
                yield samples.reshape(len(self._channels), -1) if self._channels else samples

    def kill(self) -> None:
        """End the child if it runs, otherwise prevent its start."""
        with self._lock:
            self._killed.set()
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        folders = [str(Path(app.__path__[0]).parent), *filter(None, sys.path)]
        environment["PYTHONPATH"] = os.pathsep.join(folders)  # the child imports from the same folders as this process
        with self._lock:
            if self._killed.is_set():
                raise SourceError(f"Reading {self._name} was cancelled.")
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "app.media.child"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    bufsize=child_messages.PAYLOAD_MAX,
                    env=environment,
                    # Ctrl-C goes to the service only, which then ends the child
                    start_new_session=True,
                    creationflags=OWN_GROUP,
                )
            except OSError as exc:
                raise SourceError(f"The process to read {self._name} cannot be started now: {exc}.") from exc
            return self._process

    def _receive(self, process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
        """Return the next message's kind and payload; raise the error that it reports."""
        assert process.stdout is not None
        self._deadline_s = time.monotonic() + STALL_S
        message = child_messages.receive(process.stdout)
        self._deadline_s = inf
        if message is None:
            raise self._crash_error(process)
        kind, payload = message
        if kind == child_messages.FAILED:
            raise self._reported_error(payload)
        return kind, payload

    def _watch(self) -> None:
        """Kill the child when a message is too late."""
        while not self._killed.wait(CHECK_S):
            if time.monotonic() > self._deadline_s:
                self._is_late = True
                self.kill()

    def _crash_error(self, process: subprocess.Popen[bytes]) -> SurtitleError:
        """Return the error for a child that ended without reporting one."""
        with suppress(subprocess.TimeoutExpired):
            process.wait(CHECK_S)  # its pipe closes before it exits
        self.kill()
        if self._is_late:
            reason = f"no sound came for {STALL_S:.0f} s"
        else:
            reason = f"the process that read it ended with {process.returncode}"
        if is_url(self._address):
            return SourceError(f"The stream {self._name} stopped: {reason}. Check the address and the network.")
        return MediaError(
            f"Expected a sound or video file, but reading {self._name} failed: {reason}. "
            "The file is damaged or malicious; convert it with a program that you trust."
        )

    def _reported_error(self, payload: bytes) -> SurtitleError:
        """Return the error that the child reported; only text, because a malicious file may control the child."""
        try:
            failure = child_messages.ReadFailure.from_payload(payload)
        except ValueError:
            return MediaError(
                f"Expected a sound or video file, but the process that read {self._name} sent an invalid message. "
                "Give another file."
            )
        kind = SourceError if failure.code == SourceError.code else MediaError
        return kind(redact_text(failure.text.replace(self._address, self._name)))
