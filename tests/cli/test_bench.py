"""`surtitle bench …`: what it says without the extra, and how it prints figures."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.decode import demo_files
from tests.support.program import WITHOUT_RAPIDFUZZ, run_surtitle


@pytest.mark.parametrize("bench", ["stream", "recorded"])
def test_without_the_extra_it_says_what_to_install(bench: str, tmp_path: Path) -> None:
    """Without rapidfuzz, a bench that counts errors fails with one sentence that names the extra."""
    command = [sys.executable, "-c", WITHOUT_RAPIDFUZZ, "bench", bench, str(tmp_path / "clips.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "surtitle: Figures need the extra bench: install surtitle[bench].\n"


def test_figures_are_printed_and_progress_is_on_standard_error(tmp_path: Path) -> None:
    """`bench model` prints its table on standard output and each step on standard error."""
    words = ["--like", "demo", "--batch", "1", "--window", "512", "--device", "cpu"]
    done = run_surtitle("bench", "model", *words, "--json", str(tmp_path / "model.json"))
    assert done.returncode == 0, done.stderr
    assert "rooms that speak all the time" in done.stdout
    assert "batch 1, window 512" in done.stderr
    assert (tmp_path / "model.json").exists()


def test_wrong_numbers_are_a_sentence() -> None:
    """An option with a list of numbers says what it expects."""
    done = run_surtitle("bench", "model", "--batch", "many")
    assert done.returncode == 2
    assert (
        done.stderr
        == "surtitle: Expected whole numbers, separated by commas (such as 1,8) for --batch, but got 'many'.\n"
    )


def test_a_clip_is_measured(tmp_path: Path) -> None:
    """`bench stream` prints the clip's name and a table of figures."""
    (tmp_path / "clip.flac").symlink_to(demo_files.CLIP)
    manifest = tmp_path / "clips.jsonl"
    manifest.write_text('{"audio": "clip.flac", "language": "en", "reference": "Today I would like to talk"}\n')
    done = run_surtitle("bench", "stream", str(manifest))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("clip.flac\n")
    assert "first_shown_s" in done.stdout
