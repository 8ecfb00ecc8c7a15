"""Measures how long a new user waits: `python .ci/first_subtitle.py REPOSITORY FOLDER` clones and runs `make demo`.

It prints each line of output with its second, until the first subtitle; then the figures: when the clone was complete,
when the first subtitle came, and the longest time without a new line, with what was printed before it. FOLDER must not
exist. A command after `--` runs both, such as `-- chroot /srv/debian`.
"""

import os
import signal
import subprocess
import sys
import time

ANNOUNCED = "its English subtitles:"
"""The last line of `surtitle demo` before the subtitles."""


def main(repository: str, folder: str, prefix: list[str]) -> int:
    """Run the two commands and print the figures; returns 1 if no subtitle came."""
    began_s = newest_s = time.monotonic()
    longest, last, n_lines = (0.0, ""), "the start", 0
    for command in (
        ["git", "clone", "--progress", repository, folder],
        ["make", "--no-print-directory", "-C", folder, "demo"],
    ):
        process = subprocess.Popen(
            [*prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,  # a carriage return ends a line too, as git prints its progress
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert process.stdout is not None
        announced = False
        try:
            for line in process.stdout:
                now_s = time.monotonic()
                longest = max(longest, (now_s - newest_s, last))
                newest_s, last = now_s, line.strip() or last
                if command[0] == "make":
                    n_lines += 1
                    print(f"{now_s - began_s:6.1f} s  {line.rstrip()}", flush=True)
                if announced and line.strip():
                    print(
                        f"\nFirst subtitle after {now_s - began_s:.1f} s, in line {n_lines} of make's output. "
                        f"Longest time without output: {longest[0]:.1f} s, after: {longest[1]}"
                    )
                    return 0
                announced = announced or ANNOUNCED in line
        finally:
            if process.poll() is None and command[0] == "make":
                os.killpg(process.pid, signal.SIGINT)
            process.wait(30)
    print("No subtitle came.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    given, _, command = (" ".join(sys.argv[1:]) + " ").partition("-- ")
    sys.exit(main(*given.split(), command.split()))
