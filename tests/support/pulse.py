"""Runs a PulseAudio server for one test, with sinks that a meeting program could play into."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.required_program import require_program


class Pulse:
    """A running PulseAudio daemon."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def control(self, *words: str) -> str:
        """Run pactl and return what it prints."""
        done = subprocess.run(["pactl", *words], env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def load_sink(self, name: str) -> str:
        """Add a sink at 44.1 kHz stereo, as sound cards have it; returns its module for `unload`."""
        return self.control("load-module", "module-null-sink", f"sink_name={name}", "rate=44100", "channels=2")

    def unload(self, module: str) -> None:
        """Remove a sink."""
        self.control("unload-module", module)

    def play(self, path: Path, sink: str) -> "subprocess.Popen[bytes]":
        """Play a file into a sink; returns at once."""
        return subprocess.Popen(["paplay", f"--device={sink}", str(path)], env=self.environment)


@contextmanager
def running(folder: Path) -> Iterator[Pulse]:
    """Run a daemon in an empty folder while the block lasts."""
    for program in ("pulseaudio", "pactl", "paplay"):
        require_program(program)
    folder.mkdir(mode=0o700, exist_ok=True)
    environment = os.environ | {
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_RUNTIME_PATH": str(folder),
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    daemon = subprocess.Popen(
        ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--load=module-native-protocol-unix"],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 15
        while subprocess.run(["pactl", "info"], env=environment, capture_output=True).returncode:
            if time.monotonic() > deadline:
                raise TimeoutError("PulseAudio did not answer within 15 s.")
            time.sleep(0.1)
        yield Pulse(environment)
    finally:
        daemon.terminate()
        daemon.wait(10)
