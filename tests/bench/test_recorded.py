"""Both ways through a recording are measured on the same sound."""

import json
from pathlib import Path

from app.bench import recorded
from app.decode import demo_files


def test_both_are_timed_and_judged(tmp_path: Path) -> None:
    """The figures of both are there, over the same sound, with the same beam."""
    reference = " ".join(line["text"] for line in json.loads(demo_files.MEETING_SCRIPT.read_text())["lines"])
    (tmp_path / "meeting.flac").symlink_to(demo_files.MEETING)
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text(json.dumps({"audio": "meeting.flac", "reference": reference}) + "\n")
    target = tmp_path / "recorded.json"
    report = recorded.run(
        manifest, model="demo", minutes=1, beam_size=2, json_path=target, on_progress=lambda line: None
    )
    figures = json.loads(target.read_text())
    assert set(figures) == {"audio_s", "beam", "ours", "faster_whisper", "speed_ratio"}
    assert figures["audio_s"] > 60
    assert report.ours_s > 0 < report.theirs_s
    assert figures["ours"]["wer"] < 0.2
