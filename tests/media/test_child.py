"""Tests for app.media.child."""

import asyncio
import subprocess
import sys
from pathlib import Path

from tests.support.media_children import list_children
from tests.support.sound_files import write_sound
from tests.support.waiting import wait_until


def test_the_child_ends_with_its_parent(tmp_path: Path, root: Path) -> None:
    """When the service is killed, its children end a moment later."""
    path = write_sound(tmp_path / "a.wav", "pcm_s16le", rate_hz=16_000, layout="mono", seconds=60)
    program = f"""
from app.media import media_source
import time
blocks = media_source.read({str(path)!r})
next(blocks)
print("reading", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"reading\n"
        (child,) = list_children(parent.pid)
        parent.kill()

    def has_ended() -> bool:
        process = Path(f"/proc/{child}")
        return not process.exists() or "Z" in (process / "stat").read_text()

    asyncio.run(wait_until(has_ended))
