"""Makes thousands of damaged sound files and reads them one after the other in a child process.

`python -m tests.support.damaged_files FOLDER` is that process. It has the limits of the real one and answers as it
does, but for every file of a folder, because starting a process costs more than reading most files.
"""

import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import IO

from app.media import child, child_messages, sandbox

TOOK = b"t"
"""The message after each file: how many seconds it took."""

EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one file."""

    path: Path
    said: str
    """The error message; empty if the file was read to its end, `died` if the process crashed."""
    n_bytes: int
    """Bytes of sound."""
    took_s: float


def damaged(seeds: Sequence[bytes], number: int) -> bytes:
    """Return one of the files with the damage of this number, one to four times."""
    random = Random(number)
    content = bytearray(random.choice(seeds))
    for _ in range(random.randint(1, 4)):
        at = random.randrange(max(1, len(content)) if random.random() < 0.5 else max(1, min(len(content), 300)))
        match random.randrange(7):
            case 0:
                for _ in range(random.randint(1, 64)):
                    if content:
                        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
            case 1:
                del content[at:]
            case 2:
                other = random.choice(seeds)
                start = random.randrange(len(other))
                content[at:at] = other[start : start + random.randint(1, 5000)]
            case 3:
                content[at : at + 4] = struct.pack(random.choice("<>") + "I", random.choice(EXTREMES))
            case 4:
                content[at : at + random.randint(1, 200)] = bytes([random.choice((0, 255))]) * random.randint(0, 200)
            case 5:
                content[at:at] = content[at : at + random.randint(1, 2000)]
            case _:
                if at < len(content):
                    content[at] ^= 1 << random.randrange(8)
    return bytes(content)


def read_all(folder: Path) -> list[Outcome]:
    """Return the result of each file of a folder; when the process dies, a new one continues."""
    outcomes: list[Outcome] = []
    waiting = sorted(folder.iterdir())
    while waiting:
        command = [sys.executable, "-m", "tests.support.damaged_files", str(folder), waiting[0].name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            while waiting:
                outcome = _outcome(process.stdout, waiting[0])
                outcomes.append(outcome)
                waiting.pop(0)
                if outcome.said == "died":
                    break
            process.kill()
    return outcomes


def _outcome(pipe: IO[bytes], path: Path) -> Outcome:
    said, n_bytes = "", 0
    while True:
        match child_messages.receive(pipe):
            case (child_messages.SOUND, payload):
                n_bytes += len(payload)
            case (child_messages.FAILED, payload):
                said = child_messages.ReadFailure.from_payload(payload).text
            case (b"t", payload):
                return Outcome(path, said, n_bytes, float(payload))
            case None:
                return Outcome(path, "died", n_bytes, 0.0)


def main(folder: str, first: str) -> None:
    """Read the files of a folder, beginning with one."""
    sandbox.confine()
    for path in sorted(Path(folder).iterdir()):
        if path.name >= first:
            began_s = time.monotonic()
            child.answer(child_messages.ReadRequest(str(path), False, 16_000), sys.stdout.buffer)
            child_messages.send(sys.stdout.buffer, TOOK, str(time.monotonic() - began_s).encode())
            sandbox.extend_cpu_time()


if __name__ == "__main__":
    main(*sys.argv[1:])
