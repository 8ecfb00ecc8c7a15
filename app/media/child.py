"""The process that reads files and streams nobody has vouched for: a request comes in, 16-bit PCM goes out.

It is started by `reading` for one file or stream, limits itself before it looks at it, and ends with whoever asked.
"""

import os
import sys
from threading import Thread
from typing import IO

from app.errors import SurtitleError
from app.media import child_messages, container, sandbox


def main() -> None:
    """Answer the request on standard input on standard output, and end."""
    with open(0, "rb", buffering=0, closefd=False) as asking:
        request = child_messages.ReadRequest.parse(asking.readline())
    Thread(target=_end_with_asker, daemon=True).start()
    sandbox.confine()
    answer(request, sys.stdout.buffer)
    os._exit(0)  # the other thread is still listening; there is nothing to clean up


def answer(request: child_messages.ReadRequest, pipe: IO[bytes]) -> None:
    """Write `OPENED` and the `SOUND`, and then `ENDED`, or `FAILED` wherever it fails."""
    try:
        with container.opened(request.address, private=request.private) as opened:
            child_messages.send(pipe, child_messages.OPENED, child_messages.pack_length(container.length_s(opened)))
            n_extended = n_bytes = 0
            for piece in container.pieces(opened, request.address, request.rate_hz):
                child_messages.send(pipe, child_messages.SOUND, piece)
                n_bytes += len(piece)
                if n_bytes - n_extended >= 2 * request.rate_hz:
                    n_extended = n_bytes
                    sandbox.extend()
        child_messages.send(pipe, child_messages.ENDED)
    except SurtitleError as exc:
        child_messages.send(pipe, child_messages.FAILED, child_messages.ReadFailure(exc.code, str(exc)).payload())
    except BrokenPipeError:
        return
    except Exception as exc:  # a fault of ours, or no memory: the service has to say something
        text = f"Reading {request.address} failed with {type(exc).__name__}: {exc}. The file may be damaged."
        child_messages.send(pipe, child_messages.FAILED, child_messages.ReadFailure("media", text).payload())


def _end_with_asker() -> None:
    """End this process when its standard input closes, as it does when the service dies."""
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
