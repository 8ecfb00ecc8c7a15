"""The sandboxed child process that reads one untrusted file or stream: a request comes in, 16-bit PCM goes out.

`reader` starts one per file or stream. It limits itself before it opens anything, and ends when its parent ends.
"""

import os
import sys
from threading import Thread
from typing import IO

from app import hardening
from app.errors import SurtitleError
from app.media import child_messages, container, sandbox
from app.redaction import redact_url


def main() -> None:
    """Read the request from standard input, write the messages to standard output, and end."""
    hardening.protect_memory()
    with open(0, "rb", buffering=0, closefd=False) as stdin:
        request = child_messages.ReadRequest.from_line(stdin.readline())
    Thread(target=_end_with_parent, daemon=True).start()
    sandbox.confine()
    answer(request, sys.stdout.buffer)
    os._exit(0)  # skips cleanup, because the other thread still waits for input


def answer(request: child_messages.ReadRequest, pipe: IO[bytes]) -> None:
    """Write `OPENED`, the `SOUND` and `ENDED`; if anything fails, write `FAILED` instead of the rest."""
    try:
        with container.open_sound(request.address, private=request.private, channels=request.channels) as sound:
            child_messages.send(pipe, child_messages.OPENED, child_messages.pack_length(container.length_s(sound)))
            n_bytes_extended = n_bytes = 0
            for block in container.read_blocks(sound, request.address, request.rate_hz, request.channels):
                child_messages.send(pipe, child_messages.SOUND, block)
                n_bytes += len(block)
                if n_bytes - n_bytes_extended >= 2 * request.rate_hz * max(1, len(request.channels)):
                    n_bytes_extended = n_bytes
                    sandbox.extend_cpu_time()
        child_messages.send(pipe, child_messages.ENDED)
    except SurtitleError as exc:
        child_messages.send(pipe, child_messages.FAILED, child_messages.ReadFailure(exc.code, str(exc)).to_payload())
    except BrokenPipeError:
        return
    except Exception as exc:  # a bug, or no memory: the service needs a sentence for people
        name = redact_url(request.address)
        text = (
            f"Reading {name} failed with {type(exc).__name__}. The file may be damaged."  # its text may be an address
        )
        child_messages.send(pipe, child_messages.FAILED, child_messages.ReadFailure("media", text).to_payload())


def _end_with_parent() -> None:
    """End this process when its standard input closes, which happens when the service dies."""
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
