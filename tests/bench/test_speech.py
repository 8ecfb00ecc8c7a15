"""`surtitle bench speech`: where speech is found, and how soon its end is."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Samples, to_pcm16
from app.bench import manifest, speech
from app.bench.trace import join_spans
from app.decode import demo_files
from app.errors import SettingsError
from app.media import media_source
from tests.support import noises


@pytest.fixture(scope="module")
def clip() -> Samples:
    """Read a spoken sentence."""
    return media_source.load(demo_files.CLIP)


def write_wave(path: Path, samples: Samples) -> None:
    """Write a recording."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(to_pcm16(samples))


@pytest.fixture(scope="module")
def talk() -> tuple[Samples, list[tuple[float, float]]]:
    """Return the demo meeting with pauses of two seconds between its lines, and where its words are."""
    meeting = media_source.load(demo_files.MEETING)
    script = json.loads(demo_files.MEETING_SCRIPT.read_text(encoding="utf-8"))["lines"]
    pause = np.zeros(2 * SAMPLE_RATE, np.float32)
    pieces, spans, at = [pause], [], len(pause)
    for line in script[:10]:
        part = meeting[round(line["start_s"] * SAMPLE_RATE) : round(line["end_s"] * SAMPLE_RATE)]
        shift_s = at / SAMPLE_RATE - line["start_s"]
        spans += [(word["start_s"] + shift_s, word["end_s"] + shift_s) for word in line["words"]]
        pieces += [part, pause]
        at += len(part) + len(pause)
    return np.concatenate(pieces), list(join_spans(spans, speech.WORD_GAP_S))


@pytest.mark.parametrize("kind", sorted(noises.KINDS))
def test_noise_is_not_speech(kind: str) -> None:
    """Three seconds a minute at most."""
    assert speech.measure(kind, noises.make(kind, 30.0), []).false_s <= 1.5


@pytest.mark.parametrize(
    ("snr_db", "level_db", "recall"), [(None, 0, 0.97), (10, 0, 0.95), (5, 0, 0.90), (10, -30, 0.90)]
)
@pytest.mark.parametrize("kind", ["applause", "pink"])
def test_speech_is_found_in_noise(
    talk: tuple[Samples, list[tuple[float, float]]], kind: str, snr_db: float | None, level_db: int, recall: float
) -> None:
    """Nearly all of it, also when it is quiet, and its ends too."""
    samples, spans = talk
    heard = samples if snr_db is None else noises.mix(samples, kind, snr_db, spans)
    found = speech.measure(kind, heard * np.float32(10 ** (level_db / 20)), spans)
    assert found.found_s / found.speech_s >= recall
    if snr_db != 5:
        assert np.percentile(found.end_delays_s, 95) <= 1.3


def test_a_manifest_is_measured(tmp_path: Path, clip: Samples) -> None:
    """The report has the figures of each clip and of all together."""
    second = np.zeros(SAMPLE_RATE, np.float32)
    talk = np.concatenate([second, clip, second, second])
    write_wave(tmp_path / "talk.wav", talk)
    write_wave(tmp_path / "noise.wav", np.random.default_rng(7).normal(0, 0.1, 3 * SAMPLE_RATE).astype(np.float32))
    end_s = 1 + len(clip) / SAMPLE_RATE
    lines = [
        {"audio": "talk.wav", "reference": "some words", "speech": [[1.5, end_s - 0.5]]},
        {"audio": "noise.wav", "reference": ""},
    ]
    path = tmp_path / "clips.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    names: list[str] = []
    report = speech.run(path, tmp_path / "out.json", lambda measured: names.append(measured.name))
    out = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert out == report.as_json()
    assert names == ["talk.wav", "noise.wav"]
    spoken, noise = out["clips"]
    keys = {"speech_s", "recall", "false_s", "end_delay_s", "cost_ratio"}
    assert set(out) == keys | {"clips"}
    assert set(spoken) == keys | {"audio", "duration_s"}
    assert spoken["recall"] > 0.95
    assert 0.0 <= spoken["end_delay_s"]["p50"] <= spoken["end_delay_s"]["p95"] < 1.5
    assert (noise["speech_s"], noise["recall"], noise["false_s"]) == (0, None, 0)
    assert noise["end_delay_s"] == {"p50": None, "p95": None}
    assert out["cost_ratio"] > 0
    assert out["recall"] == spoken["recall"]
    assert report.table().splitlines()[-1].startswith("all ")


def test_an_end_is_found_after_the_silence_that_tells_it(clip: Samples) -> None:
    """Half a second after what was detected, and later if there is more of it; a span that was missed has no end."""
    sound = np.concatenate([clip, np.zeros(3 * SAMPLE_RATE, np.float32), clip, np.zeros(3 * SAMPLE_RATE, np.float32)])
    clip_s = len(clip) / SAMPLE_RATE
    found = speech.measure("twice", sound, [(0.5, clip_s - 0.5), (clip_s + 3.5, 2 * clip_s + 2.5)])
    assert len(found.end_delays_s) == 2
    assert found.end_delays_s[0] == pytest.approx(found.end_delays_s[1], abs=0.2)
    assert 0.4 < found.end_delays_s[0] < 1.2
    assert speech.measure("missed", sound, [(clip_s + 1.0, clip_s + 1.4)]).end_delays_s == ()


def test_speech_that_is_joined_to_the_next_has_a_late_end(clip: Samples) -> None:
    """Where a noise is heard as speech through the pause, the end counts when it is found at last."""
    sound = np.concatenate([clip[8000:-8000]] * 3 + [np.zeros(2 * SAMPLE_RATE, np.float32)])
    n_s = (len(clip) - 16000) / SAMPLE_RATE
    found = speech.measure("joined", sound, [(0.0, n_s), (3 * n_s - 0.5, 3 * n_s)])
    assert found.end_delays_s[0] == pytest.approx(2 * n_s + 0.6, abs=0.3)
    assert found.false_s > 0.9 * (2 * n_s - 0.5)


def test_the_truth_is_in_the_line(tmp_path: Path) -> None:
    """Its speech, else its words joined over short gaps; without a text there is none."""
    (tmp_path / "a.wav").touch()
    words = [{"text": "a", "start_s": 1, "end_s": 1.4}, {"text": "b", "start_s": 1.5, "end_s": 2}]
    words.append({"text": "c", "start_s": 3, "end_s": 4})
    lines = [
        {"audio": "a.wav", "reference": "a b c", "words": words},
        {"audio": "a.wav", "reference": "a b c", "words": words, "speech": [[1, 4]]},
        {"audio": "a.wav", "reference": ""},
        {"audio": "a.wav", "reference": "who knows when"},
    ]
    path = tmp_path / "clips.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    *known, unknown = manifest.read(path)
    assert [speech.find_truth(line) for line in known] == [((1.0, 2.0), (3.0, 4.0)), ((1.0, 4.0),), ()]
    with pytest.raises(SettingsError, match="neither speech nor words"):
        speech.find_truth(unknown)
