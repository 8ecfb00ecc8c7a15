"""A service in its own process, and `surtitle room` commands against it."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from app.decode import demo_files
from tests.support.program import run_surtitle, running_surtitle

KEY = "the-key-to-everything-of-this-test"


@dataclass(frozen=True)
class RoomService:
    """The address of a running service that requires keys."""

    address: str

    def run(self, *words: str, key: str = KEY) -> "subprocess.CompletedProcess[str]":
        """Run `surtitle room` with these words."""
        return run_surtitle("room", *words, timeout_s=60, SURTITLE_AT=self.address, SURTITLE_KEY=key)

    def output(self, *words: str, key: str = KEY) -> str:
        """Run a command that succeeds, and return its output."""
        done = self.run(*words, key=key)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def error(self, *words: str, key: str = KEY) -> tuple[int, str]:
        """Run a command that fails with one sentence, and return its exit code and the sentence."""
        done = self.run(*words, key=key)
        (sentence,) = done.stderr.splitlines()
        assert sentence.startswith("surtitle: ")
        return done.returncode, sentence

    def get(self, path: str, key: str = KEY) -> httpx.Response:
        """Send a GET request to the service."""
        return httpx.get(self.address + path, headers={"Authorization": f"Bearer {key}"})


@contextmanager
def running_room_service() -> Iterator[RoomService]:
    """Run a service that requires keys; its room `main` has heard one sentence."""
    clip = str(demo_files.CLIP)
    words = ["--model", "demo", "--source", clip, "--language", "en", "--require-keys", "--port", "0"]
    with running_surtitle("serve", *words, SURTITLE_KEY=KEY) as program:
        service = RoomService(program.wait_for(r"All links: +(http://127\.0\.0\.1:\d+)/"))
        poll(lambda: "version" in service.get("/transcript/main.txt").text)
        yield service
        assert KEY not in "".join(program.said)


def poll(is_so: Callable[[], bool]) -> None:
    """Wait up to 15 s until it is true."""
    for _ in range(150):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("It did not become true within 15 s.")
