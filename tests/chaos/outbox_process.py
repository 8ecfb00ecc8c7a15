"""The page's own `outbox.js` in a Node.js process: it numbers sound, keeps it until acknowledged and sends it again."""

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.support.node import find_node
from tests.support.static_files import find_static_file

SCRIPT = Path(__file__).with_suffix(".mjs")


class OutboxProcess:
    """One page's outbox. Each call waits until the script has answered, which takes less than a millisecond."""

    def __init__(self, send: Callable[[bytes], object]) -> None:
        """Start empty; `send` gets the messages that a call sends, before the call returns."""
        self.next = 0
        """Index of the next sample."""
        self.n_kept = 0
        """Messages that are not acknowledged yet."""
        self.lost_s = 0.0
        """Sound dropped because it waited too long for an acknowledgement."""
        self.is_welcome = False
        self._send = send
        self._process = subprocess.Popen(
            [find_node(), "--no-warnings", SCRIPT, find_static_file("outbox.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> "OutboxProcess":
        """Keep the process while the block lasts."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def add(self, pcm: bytes) -> None:
        """Number some 16-bit PCM, keep it, and send it if connected; beyond 30 s drop the oldest."""
        self._call("add", pcm=base64.b64encode(pcm).decode())

    def acknowledge(self, sample: int) -> None:
        """Drop everything before this sample, because the service has it."""
        self._call("acknowledge", sample=sample)

    def resume(self, sample: int) -> None:
        """Send everything from this sample on over a new connection."""
        self.is_welcome = True
        self._call("resume", sample=sample)

    def pause(self) -> None:
        """Stop sending until the next `resume`."""
        self.is_welcome = False
        self._call("pause")

    def _call(self, call: str, **given: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"call": call, **given}).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "The script with outbox.js ended; its error is on standard error."
        answer = json.loads(line)
        self.next, self.n_kept, self.lost_s = answer["next"], answer["n_kept"], answer["lost_s"]
        for message in answer["sent"]:
            self._send(base64.b64decode(message))
