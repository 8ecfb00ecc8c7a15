"""A service in its own process, and `surtitle room` commands against it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from typer.testing import CliRunner, Result

from app.cli import main
from app.decode import demo_files
from tests.support.program import running_surtitle

KEY = "the-key-to-everything-of-this-test"


@dataclass(frozen=True)
class RoomService:
    """The address of a running service that requires keys."""

    address: str

    def run(self, *words: str, key: str = KEY) -> Result:
        """Run `surtitle room` with these words in this process, which is faster than a new one."""
        environment = {"SURTITLE_AT": self.address, "SURTITLE_KEY": key, "COLUMNS": "200"}
        return CliRunner().invoke(main.app, ["room", *words], env=environment, prog_name="surtitle")

    def output(self, *words: str, key: str = KEY) -> str:
        """Run a command that succeeds, and return its output."""
        done = self.run(*words, key=key)
        assert done.exit_code == 0, done.output
        return done.stdout

    def error(self, *words: str, key: str = KEY) -> tuple[int, str]:
        """Run a command that fails with one sentence, and return its exit code and the sentence."""
        done = self.run(*words, key=key)
        (sentence,) = done.stderr.splitlines()
        assert sentence.startswith("surtitle: ")
        return done.exit_code, sentence

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
