"""`surtitle bench replay`: today's policy on recorded decodes."""

import json
from pathlib import Path

import pytest

from app.bench import replay
from app.errors import SettingsError

CLIP: dict[str, object] = {
    "type": "clip",
    "name": "greeting",
    "duration_s": 6.0,
    "language": "de",
    "speech": [[0.5, 3.0]],
    "reference": "Guten Morgen liebe Sofia",
}


def decode_line(text: str, start_s: float = 0.0, end_s: float = 6.0, **fields: object) -> dict[str, object]:
    """Make the line of a decode; its words take from 0.5 s to 3 s."""
    parts = text.split()
    step_s = 2.5 / max(1, len(parts))
    words = [
        {"text": part, "start_s": 0.5 + i * step_s, "end_s": 0.5 + (i + 1) * step_s, "probability": 0.9}
        for i, part in enumerate(parts)
    ]
    return {"type": "decode", "start_s": start_s, "end_s": end_s, "language": "de", "words": words, **fields}


def written(folder: Path, *lines: dict[str, object]) -> Path:
    """Write a trace."""
    path = folder / "trace.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_a_single_decode_is_a_trace(tmp_path: Path) -> None:
    """One decode line over the whole clip is played as it grows, and everything in it is written once."""
    trace = written(tmp_path, CLIP, decode_line("Guten Morgen liebe Sofia."))
    names: list[str] = []
    report = replay.run(trace, tmp_path / "out.json", on_clip=lambda clip: names.append(clip.name))
    out = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert out == report.as_json()
    assert names == ["greeting"]
    [clip] = out["clips"]
    [phrase] = clip["phrases"]
    assert set(phrase) == {"text", "start_s", "end_s", "final_s"}
    assert phrase["text"] == "Guten Morgen liebe Sofia."
    assert (phrase["start_s"], phrase["end_s"]) == (pytest.approx(0.5, abs=0.1), pytest.approx(3.0, abs=0.1))
    assert 3.0 < phrase["final_s"] < 5.0
    assert clip["name"] == "greeting"
    for figures in (clip, out):
        assert (figures["words_lost"], figures["words_doubled"], figures["vanished_words"]) == (0, 0, 0)
        assert figures["wer"] == 0
        assert 0 < figures["commit_lag_s"]["p50"] <= figures["commit_lag_s"]["p95"]
    assert out["phrases"] == [{"clip": "greeting", **phrase}]


def test_a_clip_needs_nothing_but_decodes(tmp_path: Path) -> None:
    """Speech and word times come from the decodes, and figures that need a reference are None."""
    decode = decode_line("Guten Morgen liebe Sofia.")
    del decode["language"]
    played = replay.run(written(tmp_path, {"type": "clip"}, decode))
    report = played.as_json()
    assert [phrase.text for phrase in played.clips[0].phrases] == ["Guten Morgen liebe Sofia."]
    assert (report["words_lost"], report["words_doubled"], report["wer"]) == (None, None, None)
    assert report["vanished_words"] == 0


def test_a_clip_without_decodes_has_no_phrases(tmp_path: Path) -> None:
    """All of its words are lost."""
    report = replay.run(written(tmp_path, CLIP)).as_json()
    assert (report["phrases"], report["words_lost"], report["wer"]) == ([], 4, 1.0)


def test_a_missing_trace_gets_a_sentence(tmp_path: Path) -> None:
    """A file that cannot be read is named."""
    with pytest.raises(SettingsError, match="Expected a trace with one JSON object per line"):
        replay.run(tmp_path / "none.jsonl")
