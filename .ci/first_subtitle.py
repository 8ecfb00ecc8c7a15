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
    began_s = time.monotonic()
    subprocess.run([*prefix, "git", "clone", "--quiet", repository, folder], check=True)
    cloned_s = time.monotonic() - began_s
    process = subprocess.Popen(
        [*prefix, "make", "--no-print-directory", "-C", folder, "demo"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    announced = False
    newest_s, longest, last = cloned_s, (cloned_s, "git clone"), "git clone"
    n_lines = 0
    try:
        for line in map(bytes.decode, process.stdout):
            now_s = time.monotonic() - began_s
            print(f"{now_s:6.1f} s  {line.rstrip()}", flush=True)
            longest = max(longest, (now_s - newest_s, last))
            newest_s, last = now_s, line.strip() or last
            n_lines += 1
            if announced and line.strip():
                print(
                    f"\nCloned after {cloned_s:.1f} s; first subtitle after {now_s:.1f} s, in line {n_lines}. "
                    f"Longest time without a line: {longest[0]:.1f} s, after: {longest[1]}"
                )
                return 0
            announced = announced or ANNOUNCED in line
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)
    print("No subtitle came.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    given, _, command = (" ".join(sys.argv[1:]) + " ").partition("-- ")
    sys.exit(main(*given.split(), command.split()))
