"""`surtitle transcribe`: recorded files become subtitle files."""

from pathlib import Path

from app.decode import demo_files
from tests.support.program import run_surtitle


def test_a_recording_becomes_subtitle_files(tmp_path: Path) -> None:
    """Every format is written into the folder, under the recording's name; done files are not transcribed again."""
    words = [str(demo_files.CLIP), "--model", "demo", "--language", "en", "--format", "srt,txt", "--out", str(tmp_path)]
    done = run_surtitle("transcribe", *words)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"clip.srt", "clip.txt"}
    assert "new version" in (tmp_path / "clip.txt").read_text(encoding="utf-8")
    assert "--again" in run_surtitle("transcribe", *words).stdout


def test_an_unknown_format_is_a_sentence(tmp_path: Path) -> None:
    """A format that does not exist fails before the model loads."""
    done = run_surtitle("transcribe", str(demo_files.CLIP), "--format", "pdf", "--out", str(tmp_path))
    assert done.returncode == 2
    assert "srt, vtt, txt, json or csv" in done.stderr


def test_a_failed_recording_is_exit_code_one(tmp_path: Path) -> None:
    """A file that is not a recording is named in a sentence."""
    (tmp_path / "talk.wav").write_text("no sound")
    done = run_surtitle("transcribe", str(tmp_path / "talk.wav"), "--model", "demo", "--language", "en")
    assert done.returncode == 1
    assert "talk.wav" in done.stderr
    assert "Traceback" not in done.stderr
