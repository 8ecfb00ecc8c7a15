"""`surtitle bench stream` with the bundled model."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Samples, to_pcm16
from app.bench import replay, stream
from app.decode import self_test
from app.errors import MediaError, ModelError, SettingsError

FIGURES = {
    "wer",
    "wer_normalized",
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
    """Speech has lags above zero, noise stays empty, and figures and plot are written."""
    names: list[str] = []
    target, plot = tmp_path / "out.json", tmp_path / "lags.png"
    report = stream.run(
        manifest, "demo", target, plot=plot, on_clip=lambda clip: names.append(clip.line.audio.name), offsets=2
    )
    out = json.loads(target.read_text(encoding="utf-8"))
    assert out == report.as_json()
    assert set(out) == FIGURES | {"by_task", "clips", "plays", "spread"}
    assert out["plays"] == 2
    assert out["spread"]["wer"]["min"] <= out["wer"] <= out["spread"]["wer"]["max"]
    assert out["spread"]["commit_lag_s"]["p95"]["min"] <= out["spread"]["commit_lag_s"]["p95"]["max"]
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
    assert 0 < speech["n_matched"] <= 2 * (speech["n_words"] - speech["n_untimed"])
    assert [play["phase_s"] for play in speech["plays"]] == [0.0, 0.5]
    assert speech["plays"][0]["text"] == speech["text"]
    assert (noise["wer"], noise["text"], noise["first_shown_s"]) == (None, "", {"p50": None, "p95": None})
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("realtime", [False, True])
def test_a_trace_replays_what_was_shown(manifest: Path, tmp_path: Path, *, realtime: bool) -> None:
    """The trace of a play has its decodes, and its replay writes the same text without the model."""
    first = manifest.read_text(encoding="utf-8").splitlines()[0]
    manifest.write_text(first, encoding="utf-8")
    trace = tmp_path / "trace.jsonl"
    report = stream.run(manifest, "demo", realtime=realtime, offsets=1, trace=trace)
    clip, *decodes = [json.loads(line) for line in trace.read_text(encoding="utf-8").splitlines()]
    assert (clip["type"], clip["name"], clip["language"]) == ("clip", "speech.wav", "en")
    assert clip["speech"]
    assert len(decodes) >= 2
    assert all(decode["words"][-1]["end_s"] > decode["start_s"] for decode in decodes if decode["words"])
    assert [decode["is_final"] for decode in decodes][-1]
    [replayed] = replay.run(trace).clips
    assert " ".join(phrase.text for phrase in replayed.phrases) == report.clips[0].text


def test_live_goes_through_engine_room_and_bus(manifest: Path) -> None:
    """At normal speed a clip is written too, and its decodes are timed."""
    first = manifest.read_text(encoding="utf-8").splitlines()[0]
    manifest.write_text(first, encoding="utf-8")
    [clip] = stream.run(manifest, "demo", realtime=True).clips
    assert clip.word_errors.rate is not None
    assert clip.word_errors.rate <= 0.25
    assert clip.decode_s
    assert clip.words
    assert all(word.first_shown_s > 0 for word in clip.words)


def test_bad_input_gets_a_sentence(manifest: Path, tmp_path: Path) -> None:
    """A missing folder, a text file as sound, and a missing model are each a sentence."""
    with pytest.raises(SettingsError, match=r"Expected a folder to write out\.json to"):
        stream.run(manifest, "demo", tmp_path / "nowhere" / "out.json")
    with pytest.raises(SettingsError, match="is a folder"):
        stream.run(manifest, "demo", tmp_path)
    with pytest.raises(SettingsError, match=r"ends in \.png, \.svg or \.pdf, but got lags\.doc"):
        stream.run(manifest, "demo", plot=tmp_path / "lags.doc")
    with pytest.raises(ModelError, match="is not a folder"):
        stream.run(manifest, "./no-model")
    (tmp_path / "speech.wav").write_text("no sound")
    with pytest.raises(MediaError, match="Expected a sound"):
        stream.run(manifest, "demo", offsets=1)
