"""Tests for app.bench.trace_speech."""

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.silero import STEP_S
from app.audio.speech_timeline import SpeechTimeline
from app.bench.trace_speech import TraceSpeech


def test_speech_is_in_the_spans_of_the_trace() -> None:
    """To the nearest step, whatever the sound is."""
    speech, timeline = TraceSpeech(((0.5, 1.7), (2.0, 3.0))), SpeechTimeline()
    for first in range(0, 4 * SAMPLE_RATE, 640):
        timeline.add(speech.feed(Chunk(np.zeros(640, np.float32), first / SAMPLE_RATE)))
    edges = [edge for span in timeline.spans(0, 4) for edge in span]
    assert edges == pytest.approx([0.5, 1.7, 2.0, 3.0], abs=STEP_S / 2 + 1e-6)
    assert timeline.silence_s == pytest.approx(1.0, abs=STEP_S)


def test_detected_speech_is_played_again_exactly() -> None:
    """Spans that come from a timeline are the same in the next one."""
    spans = tuple((round(first * STEP_S, 3), round(last * STEP_S, 3)) for first, last in ((3, 40), (45, 50), (52, 90)))
    speech, timeline = TraceSpeech(spans), SpeechTimeline()
    for first in range(0, 4 * SAMPLE_RATE, 640):
        timeline.add(speech.feed(Chunk(np.zeros(640, np.float32), first / SAMPLE_RATE)))
    assert [edge for span in timeline.spans(0, 4) for edge in span] == pytest.approx(
        [edge for span in spans for edge in span]
    )
