"""Tries an installed Surtitle from an empty folder: `python .ci/smoke.py RECORDING COMMAND...`, such as `surtitle`.

The commands are those of a first meeting: version, help, doctor, demo, a recording, and a service whose first subtitle
a reader gets and which stops as its system stops programs. Needs nothing but Python; says what it does, and exits with
1 if something fails.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

LIMIT_S = 300
"""Longest time for one command; the demo plays for 92 s."""


class SmokeError(Exception):
    """A command did not do what it should; its text says which."""


def main(recording: Path, command: list[str]) -> None:
    """Run all commands."""
    for words, expected in (
        (["--version"], r"\d+\.\d+"),
        (["--help"], "transcribe"),
        (["devices"], ""),
        (["models"], "demo"),
        (["doctor"], "model"),
        (["transcribe", str(recording), "--model", "demo", "--out", "."], "srt"),
        (["demo", "--once", "--port", "0"], "Good morning"),
    ):
        said = _run([*command, *words], may_fail=words[0] in ("devices", "doctor"))
        if not re.search(expected, said):
            raise SmokeError(f"{words}: expected {expected!r} in the output, but it was: {said[-2000:]}")
    if not next(Path().glob("*.srt")).read_text(encoding="utf-8").strip():
        raise SmokeError("The subtitle file is empty.")
    _serve([*command, "serve", "--model", "demo", "--port", "0", "--source", str(recording), "--memory"])
    print("All commands work.")


def _run(command: list[str], *, may_fail: bool) -> str:
    began_s = time.monotonic()
    done = subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=False)
    said = (done.stdout + done.stderr).decode(errors="replace")
    print(f"{time.monotonic() - began_s:6.1f} s  exit code {done.returncode}  {' '.join(command[1:])}", flush=True)
    if done.returncode and (not may_fail or "Traceback" in said):
        raise SmokeError(said)
    return said


def _serve(command: list[str]) -> None:
    began_s = time.monotonic()
    flags = subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, creationflags=flags, errors="replace"
    ) as service:
        watch = threading.Timer(LIMIT_S, service.kill)
        watch.start()
        assert service.stdout is not None
        lines = []
        try:
            for line in service.stdout:
                lines.append(line)
                if found := re.search(r"(http://127\.0\.0\.1:\d+)/overlay/main", line):
                    break
            else:
                raise SmokeError("No address was printed: " + "".join(lines))
            for page in ("overlay/main", "v/main", "stage/main", "operator/main", "builder/main", "microphone/main"):
                with urllib.request.urlopen(f"{found[1]}/{page}", timeout=30) as answer:  # noqa: S310 - http
                    print(f"           {len(answer.read()):6} bytes  /{page}")
            with urllib.request.urlopen(f"{found[1]}/api/rooms/main/events", timeout=60) as events:  # noqa: S310 - http
                captions = (json.loads(line[5:]) for line in events if line.startswith(b"data:"))
                first = next(text for one in captions if (text := one.get("caption", {}).get("committed")))
            print(f"{time.monotonic() - began_s:6.1f} s  first subtitle: {first}", flush=True)
            if sys.platform == "win32":
                service.send_signal(signal.CTRL_BREAK_EVENT)
            else:
                service.send_signal(signal.SIGINT)
            rest = service.stdout.read()
            if service.wait(30) != 0 or "Traceback" in rest:
                raise SmokeError(f"The service ended with {service.returncode}: {rest}")
        finally:
            watch.cancel()
            service.kill()


if __name__ == "__main__":
    given, program = Path(sys.argv[1]).resolve(), sys.argv[2:]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as empty:
        os.chdir(empty)
        os.environ.update(SURTITLE_DATA=str(Path(empty) / "data"), PYTHONUNBUFFERED="1", COLUMNS="200")
        try:
            main(given, program)
        except SmokeError as exc:
            print(f"This does not work: {exc}", file=sys.stderr)
            sys.exit(1)
        finally:
            os.chdir(Path(empty).parent)
