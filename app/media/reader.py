"""A file or stream while a process of its own reads it; what happens there is a sentence here."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from math import inf
from pathlib import Path
from threading import Event, Lock, Thread

import app
from app.audio.chunk import SAMPLE_RATE, Samples, from_pcm16
from app.errors import MediaError, SourceError, SurtitleError
from app.media import child_messages
from app.media.address import is_url

STALL_S = 20.0
"""How long the process may keep us waiting: five redirects and the longest segments of streams fit."""

LOOK_S = 0.5
"""How often that is looked at; a timer for every piece would cost more than the piece."""

KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""What of the environment the process needs: libraries and certificates, none of our secrets."""


class MediaReader:
    """One file or stream, read once: open inside a `with` block, at whose end the process is gone.

    One thread reads; `kill` may be called from any other.
    """

    def __init__(self, address: str, *, private: bool = False) -> None:
        """Name a file or URL; a URL may lie on a private network only if `private`. Nothing starts yet."""
        self._address = address
        self._private = private
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()
        self._over = Event()
        self._due_s = inf
        """When the process will have kept us waiting too long, on the monotonic clock."""
        self._is_late = False
        self.length_s: float | None = None
        """How long it says it is, in seconds."""

    def __enter__(self) -> "MediaReader":
        """Open it; blocks until it is known to hold sound.

        Raises:
            MediaError: It cannot be read as sound, or must not be opened.
            SourceError: A stream cannot be reached now.
        """
        process = self._start()
        try:
            Thread(target=self._watch, name="reading", daemon=True).start()
            with suppress(BrokenPipeError):  # dead already: the sentence comes from what it leaves
                assert process.stdin is not None
                process.stdin.write(child_messages.ReadRequest(self._address, self._private, SAMPLE_RATE).line())
                process.stdin.flush()
            _, payload = self._receive(process)
            self.length_s = child_messages.parse_length(payload)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.kill()
        if self._process is not None:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()

    def pieces(self) -> Iterator[Samples]:
        """Yield the sound in pieces of 100 ms, the last one shorter; blocks while it reads.

        Raises:
            MediaError: It ends broken; all that could be read was yielded before.
            SourceError: The stream stopped.
        """
        assert self._process is not None
        while True:
            kind, payload = self._receive(self._process)
            if kind != child_messages.SOUND:
                return
            yield from_pcm16(payload)

    def kill(self) -> None:
        """End the process if it runs, or keep it from starting."""
        with self._lock:
            self._over.set()
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        found_in = [str(Path(app.__path__[0]).parent), *filter(None, sys.path)]
        environment["PYTHONPATH"] = os.pathsep.join(found_in)  # it finds what we find, however that was installed
        with self._lock:
            if self._over.is_set():
                raise SourceError(f"Reading {self._address} was called off.")
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "app.media.child"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    bufsize=child_messages.PAYLOAD_MAX,
                    env=environment,
                    start_new_session=True,  # Ctrl-C is for the service, which then ends it
                )
            except OSError as exc:
                raise SourceError(f"The process to read {self._address} cannot be started now: {exc}.") from exc
            return self._process

    def _receive(self, process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
        """Return the next message's kind and payload; a failure is raised."""
        assert process.stdout is not None
        self._due_s = time.monotonic() + STALL_S
        message = child_messages.receive(process.stdout)
        self._due_s = inf
        if message is None:
            raise self._death(process)
        kind, payload = message
        if kind == child_messages.FAILED:
            raise _error(payload)
        return kind, payload

    def _watch(self) -> None:
        while not self._over.wait(LOOK_S):
            if time.monotonic() > self._due_s:
                self._is_late = True
                self.kill()

    def _death(self, process: subprocess.Popen[bytes]) -> SurtitleError:
        """Return the sentence for a process that ended without one of its own."""
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_S)  # its pipe closes before it is gone
        self.kill()
        if self._is_late:
            why = f"no sound came for {STALL_S:.0f} s"
        else:
            why = f"the process that read it ended with {process.returncode}"
        if is_url(self._address):
            return SourceError(f"The stream {self._address} stopped: {why}. Check the address and the network.")
        return MediaError(
            f"Expected a sound or video file, but reading {self._address} was given up: {why}. "
            "It is damaged or made to do harm; convert it with a program that you trust."
        )


def _error(payload: bytes) -> SurtitleError:
    """Return the error that the process told of; it may have been taken over, so its word is only a text."""
    try:
        failure = child_messages.ReadFailure.parse(payload)
    except ValueError:
        return MediaError("Expected a sound or video file, but the process that read it spoke nonsense. Give another.")
    return (SourceError if failure.code == SourceError.code else MediaError)(failure.text)
