"""Tests for app.bench.speech_report."""

from app.bench.speech_report import SpeechClip, SpeechReport


def test_clips_are_weighed_by_their_speech() -> None:
    """Recall is over all speech, the cost over all sound, and delays are those of all ends."""
    report = SpeechReport(
        (
            SpeechClip("a", 10.0, 8.0, 8.0, 0.5, (0.6, 0.8), 0.1),
            SpeechClip("b", 30.0, 2.0, 1.0, 0.0, (1.0,), 0.1),
        )
    ).as_json()
    assert (report["speech_s"], report["recall"], report["false_s"], report["cost_ratio"]) == (10.0, 0.9, 0.5, 0.005)
    assert report["end_delay_s"] == {"p50": 0.8, "p95": 0.98}


def test_nothing_measured_has_no_figures() -> None:
    """A table is printed all the same."""
    report = SpeechReport((SpeechClip("silence.wav", 0.0, 0.0, 0.0, 0.0, (), 0.0),))
    assert report.as_json()["recall"] is None
    assert report.as_json()["cost_ratio"] is None
    assert report.table().splitlines()[1].split() == ["silence.wav", "0.000", "-", "0.000", "-", "/", "-", "-"]
