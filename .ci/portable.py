"""Prints the test files that can run on macOS and Windows, separated by spaces.

Left out are tests of pages and of the whole system, which need Debian's programs, and files that name something that
only Linux or POSIX has. What is left needs Python, the locked packages, and threads and sockets of any system.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

FOLDERS = ("audio", "bench", "captions", "cli", "decode", "demo", "media", "obs", "outputs", "service", "store", "web")

POSIX = re.compile(
    r"\b(import (fcntl|resource|pwd|grp|termios)|chmod|st_mode|symlink_to|umask|geteuid|getuid|mkfifo|fork|killpg"
    r"|SIGKILL|SIGSTOP|SIGUSR1|SIGALRM|setrlimit|getrlimit|AF_UNIX|sched_getaffinity|start_new_session|add_reader"
    r"|require_program|qr_codes|make_certificate|raw_peer|rooms_process|talk_process|obs_studio|ffmpeg_subtitles|proxies|pulse)\b|/proc/|/dev/|/bin/"
)
"""Names and paths of Linux or POSIX, programs of Debian, and helpers of the tests that need them."""


def main() -> None:
    """Print the names, relative to the checkout."""
    tests = [path for folder in FOLDERS for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))]
    portable = [path for path in tests if not POSIX.search(path.read_text(encoding="utf-8"))]
    print(" ".join(path.relative_to(ROOT).as_posix() for path in portable))


if __name__ == "__main__":
    main()
