"""`surtitle obs setup` sets up an OBS that has a browser source and a virtual camera."""

import asyncio
from pathlib import Path

import pytest

from app.outputs.obs_scene import OVERLAY
from app.outputs.settings import OBS_SCENE
from tests.fakes.obs_server import FakeObs, serve_obs
from tests.support.program import run_surtitle


async def test_it_says_what_it_did(tmp_path: Path) -> None:
    """Each step is a line, then what to do next; the key in the overlay's address is not printed."""
    obs = FakeObs()
    (tmp_path / "password").write_text(obs.password + "\n")
    page = "http://127.0.0.1:8000/overlay/main#a-secret-key"
    async with serve_obs(obs):
        words = ["--port", str(obs.port), "--password-file", str(tmp_path / "password"), "--overlay", page]
        done = await asyncio.to_thread(run_surtitle, "obs", "setup", *words, timeout_s=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Found OBS 30.2.0.\n"
        f"Made the scene “{OBS_SCENE}”.\n"
        "Made “Subtitles”, a browser source with the overlay page.\n"
        "The virtual camera runs.\n"
        "\n"
        f"Next: choose the scene “{OBS_SCENE}” in OBS, and add your own sources below the subtitles.\n"
        "The subtitles appear while `surtitle serve` runs.\n"
        "In the meeting, choose “OBS Virtual Camera” as the camera.\n"
    )
    assert obs.inputs[OVERLAY][1]["url"] == page


async def test_the_camera_is_left_alone() -> None:
    """With --no-virtual-camera it is neither started nor mentioned."""
    obs = FakeObs()
    async with serve_obs(obs):
        words = ["--port", str(obs.port), "--no-virtual-camera"]
        done = await asyncio.to_thread(
            run_surtitle, "obs", "setup", *words, timeout_s=60, SURTITLE_OBS_PASSWORD=obs.password
        )
    assert done.returncode == 0
    assert not obs.is_camera_on
    assert "camera" not in done.stdout.lower()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_password_file_that_cannot_be_read(content: bytes | None, tmp_path: Path) -> None:
    """The sentence names the file."""
    if content is not None:
        (tmp_path / "password").write_bytes(content)
    done = run_surtitle("obs", "setup", "--password-file", str(tmp_path / "password"), timeout_s=60)
    assert done.returncode == 2
    assert "Expected a file with the password of OBS" in done.stderr


def test_the_key_of_the_overlay_does_not_cross_the_network() -> None:
    """OBS's WebSocket is not encrypted, so a page with a key is sent to another machine only with --insecure."""
    words = ["--host", "192.0.2.7", "--overlay", "https://captions.example/overlay/main#a-secret-key"]
    done = run_surtitle("obs", "setup", *words, timeout_s=60)
    assert done.returncode == 2
    assert "--insecure" in done.stderr
    assert "a-secret-key" not in done.stderr
