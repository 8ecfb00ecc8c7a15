"""The bench measures the real path with the bundled model."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Samples, to_pcm16
from app.bench import stream
from app.bench.manifest import ManifestLine, TimedWord
from app.bench.stream_play import DecodeCost, PlayedClip
from app.bench.stream_report import StreamReport
from app.decode import self_test
from app.errors import MediaError, ModelError, SettingsError
from tests.support.caption_history import HISTORY, shown_event

FIGURES = {
    "wer",
    "cer",
    "offline_wer",
    "first_shown_s",
    "commit_lag_s",
    "phrase_closed_s",
    "normalized_erasure",
    "final_revisions",
    "invented_words",
    "minute_cost_ratio",
    "rtf",
}


def write_wav(path: Path, samples: Samples) -> None:
    """Write 16 kHz mono PCM."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(to_pcm16(samples))


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Make a manifest of speech, speech to translate, and noise."""
    known = self_test.read_clip()
    silence = np.zeros(SAMPLE_RATE, np.float32)
    write_wav(tmp_path / "speech.wav", np.concatenate([silence, known.samples, silence]))
    noise = np.random.default_rng(1).normal(0, 0.03, 4 * SAMPLE_RATE).astype(np.float32)
    write_wav(tmp_path / "noise.wav", noise)
    speech = {"audio": "speech.wav", "language": "en", "reference": known.text}
    lines = [
        speech | {"task": "transcribe"},
        speech | {"task": "translate"},
        {"audio": "noise.wav", "language": "de", "task": "transcribe", "reference": ""},
    ]
    path = tmp_path / "clips.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_the_bundled_model_is_measured(manifest: Path, tmp_path: Path) -> None:
    """Speech is written with lags above nothing, noise stays empty, and file, figures and plot are there."""
    names: list[str] = []
    target, plot = tmp_path / "out.json", tmp_path / "lags.png"
    report = stream.run(manifest, "demo", target, plot=plot, on_clip=lambda clip: names.append(clip.line.audio.name))
    out = json.loads(target.read_text(encoding="utf-8"))
    assert out == report.as_json()
    assert set(out) == FIGURES | {"by_task", "clips"}
    assert set(out["by_task"]) == {"transcribe", "translate"}
    assert all(set(figures) == FIGURES for figures in out["by_task"].values())
    assert names == ["speech.wav", "speech.wav", "noise.wav"]
    assert out["wer"] <= 0.25
    assert out["offline_wer"] is not None
    assert 0 < out["first_shown_s"]["p50"] <= out["commit_lag_s"]["p50"]
    assert (out["final_revisions"], out["invented_words"], out["minute_cost_ratio"]) == (0, 0, None)
    assert 0 < out["rtf"] < 5
    speech, _, noise = out["clips"]
    assert set(speech) > FIGURES
    assert 0 < speech["n_matched"] <= speech["n_words"] - speech["n_untimed"]
    assert (noise["wer"], noise["text"], noise["first_shown_s"]) == (None, "", {"p50": None, "p95": None})
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_live_goes_through_engine_room_and_bus(manifest: Path) -> None:
    """Played at its own pace a clip is written as well, and its decodes are metered."""
    first = manifest.read_text(encoding="utf-8").splitlines()[0]
    manifest.write_text(first, encoding="utf-8")
    [clip] = stream.run(manifest, "demo", realtime=True).clips
    assert clip.word_errors.rate is not None
    assert clip.word_errors.rate <= 0.25
    assert clip.decode_s
    assert clip.words
    assert all(word.first_shown_s > 0 for word in clip.words)


def test_figures_by_hand() -> None:
    """Four words shown as in the timeline's example, and a wrong one: each figure as computed by hand."""
    words = tuple(TimedWord(word, i - 1.0, float(i)) for i, word in enumerate(["the", "bug", "was", "fixed"], start=1))
    line = ManifestLine(Path("clip.wav"), "en", "transcribe", "the bug was fixed", words)
    noise = ManifestLine(Path("noise.wav"), "en", "transcribe", "")
    costs = [DecodeCost(1.0, 0.5), DecodeCost(61.0, 0.6), DecodeCost(125.0, 3.0)]
    speech = stream.measure_clip(line, PlayedClip(130.0, HISTORY, costs), offline="the bag was fixed")
    invented = stream.measure_clip(
        noise, PlayedClip(10.0, [shown_event(3.0, "Thank you.", state="final")], []), offline=""
    )
    out = StreamReport((speech, invented)).as_json()
    assert {name: out[name] for name in FIGURES} == {
        "wer": 0.0,
        "cer": 0.0,
        "offline_wer": 0.25,
        "first_shown_s": {"p50": 0.5, "p95": 1.35},
        "commit_lag_s": {"p50": 2.0, "p95": 2.5},
        "phrase_closed_s": {"p50": 1.5, "p95": 1.5},
        "normalized_erasure": 0.1667,  # "bag" of 4 + 2 final words
        "final_revisions": 2,  # "the bug" became "The bug": no word of it stands behind an unchanged start
        "invented_words": 2,
        "minute_cost_ratio": 1.2,
        "rtf": 0.0293,
    }


def test_translations_alone_give_the_lags_at_the_top() -> None:
    """Where no line transcribes, the lags at the top are those of the translations; unwatched decodes cost None."""
    history = [shown_event(3.0, "good day", state="final", track="en")]
    words = (TimedWord("Guten", 0.0, 1.0), TimedWord("Tag", 1.0, 2.0))
    report = stream.measure_clip(
        ManifestLine(Path("clip.wav"), "de", "translate", "Good day", words), PlayedClip(4.0, history)
    )
    out = StreamReport((report,)).as_json()
    assert (out["commit_lag_s"], out["rtf"], out["offline_wer"]) == ({"p50": 1.5, "p95": 1.95}, None, None)


def test_the_table_shows_each_task() -> None:
    """The terminal shows a column for each task and a dash for what was not measured."""
    report = stream.measure_clip(
        ManifestLine(Path("noise.wav"), "en", "transcribe", ""), PlayedClip(4.0, [], [DecodeCost(1.0, 0.5)])
    )
    rows = StreamReport((report,)).table().splitlines()
    assert rows[0].split() == ["transcribe"]
    assert [row.split(maxsplit=1) for row in rows if row.split()[0] in ("wer", "first_shown_s", "rtf")] == [
        ["wer", "-"],
        ["first_shown_s", "- / -"],
        ["rtf", "0.125"],
    ]


def test_bad_input_gets_a_sentence(manifest: Path, tmp_path: Path) -> None:
    """A folder that is not there, a text as sound, and a model that is none are refused in a sentence."""
    with pytest.raises(SettingsError, match=r"Expected a folder to write out\.json to"):
        stream.run(manifest, "demo", tmp_path / "nowhere" / "out.json")
    with pytest.raises(SettingsError, match="is a folder"):
        stream.run(manifest, "demo", tmp_path)
    with pytest.raises(SettingsError, match=r"ends in \.png, \.svg or \.pdf, but got lags\.doc"):
        stream.run(manifest, "demo", plot=tmp_path / "lags.doc")
    with pytest.raises(ModelError, match="not a directory"):
        stream.run(manifest, "./no-model")
    (tmp_path / "speech.wav").write_text("no sound")
    with pytest.raises(MediaError, match="Expected a sound"):
        stream.run(manifest, "demo")
