"""Tests for app.audio.speech_timeline."""

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.silero import STEP, STEP_S
from app.audio.speech_stream import SpeechChunk
from app.audio.speech_thresholds import SpeechThresholds
from app.audio.speech_timeline import SpeechTimeline

EXACT = SpeechThresholds(on=0.5, off=0.35, margin_s=0.0)


def timeline(*parts: tuple[int, float, float]) -> SpeechTimeline:
    """Return a timeline of parts: number of steps, probability of speech and level of the sound."""
    built = SpeechTimeline()
    rng = np.random.default_rng(3)
    at = 0
    for n_steps, probability, rms in parts:
        for _ in range(n_steps):
            samples = rng.normal(0, rms, STEP).astype(np.float32)
            built.add(SpeechChunk(Chunk(samples, at / SAMPLE_RATE), (probability,), EXACT))
            at += STEP
    return built


def edges(spans: list[tuple[float, float]]) -> list[float]:
    """Return the starts and ends in order."""
    return [edge for span in spans for edge in span]


def test_voice_is_where_the_probability_is_high() -> None:
    """Voice begins at `on` and ends below `off`; between them it goes on."""
    speech = timeline((10, 0.0, 0.0), (5, 0.9, 0.1), (5, 0.4, 0.1), (5, 0.6, 0.1), (20, 0.2, 0.0))
    assert edges(speech.spans(0, 9)) == pytest.approx([10 * STEP_S, 25 * STEP_S])
    assert speech.voiced_s(12 * STEP_S, 14.5 * STEP_S) == pytest.approx(2.5 * STEP_S)
    assert speech.silence_s == pytest.approx(20 * STEP_S)
    assert not speech.is_speech
    assert speech.probability(10 * STEP_S, 20 * STEP_S) == pytest.approx(0.65)


def test_stretches_have_a_margin() -> None:
    """It joins stretches that come close, and never reaches beyond the sound."""
    speech, limits = SpeechTimeline(), SpeechThresholds(on=0.5, off=0.35, margin_s=STEP_S)
    silence = np.zeros(STEP, np.float32)
    for step, probability in enumerate([0.0] * 5 + [0.9] * 5 + [0.0] * 2 + [0.9] * 5 + [0.0] * 3 + [0.9] * 5):
        speech.add(SpeechChunk(Chunk(silence, step * STEP_S), (probability,), limits))
    assert edges(speech.spans(0, 9)) == pytest.approx([4 * STEP_S, 18 * STEP_S, 19 * STEP_S, 25 * STEP_S])
    assert speech.silence_s == 0


def test_a_click_is_no_voice() -> None:
    """A stretch that is too short counts for nothing, a longer one counts from its beginning."""
    speech = timeline((10, 0.0, 0.0), (2, 0.9, 0.1), (10, 0.0, 0.0))
    assert speech.spans(0, 9) == []
    assert speech.silence_s == pytest.approx(22 * STEP_S)
    assert timeline((10, 0.0, 0.0), (3, 0.9, 0.1)).is_speech


def test_the_quietest_moment_is_in_the_pause() -> None:
    """A noisy pause is taken before a quieter moment of voice."""
    speech = timeline((10, 0.9, 0.2), (2, 0.0, 0.1), (10, 0.9, 0.05))
    assert 10 * STEP_S < speech.quietest_s(0, 22 * STEP_S) < 12 * STEP_S


def test_a_gap_before_a_chunk_is_silent() -> None:
    """Its steps have no voice and no loudness, and what follows keeps its time."""
    speech = timeline((10, 0.9, 0.1))
    loud = np.full(STEP, 0.5, np.float32)
    speech.add(SpeechChunk(Chunk(loud, 100 * STEP_S), (0.0,) * 90 + (0.9,), EXACT))
    assert speech.end_s == pytest.approx(101 * STEP_S)
    assert speech.voiced_s(11 * STEP_S, 101 * STEP_S) == 0
    assert 10 * STEP_S < speech.quietest_s(9 * STEP_S, 101 * STEP_S) < 100 * STEP_S


def test_forgetting_keeps_what_comes_after() -> None:
    """Old steps are removed, and the newest keep their times."""
    speech = timeline((10, 0.9, 0.1), (2000, 0.0, 0.0), (10, 0.9, 0.1), (5, 0.0, 0.0))
    speech.forget(2000 * STEP_S)
    assert edges(speech.spans(0, 99)) == pytest.approx([2010 * STEP_S, 2020 * STEP_S])
    assert speech.end_s == pytest.approx(2025 * STEP_S)
    assert speech.silence_s == pytest.approx(5 * STEP_S)


def test_a_part_has_its_own_clock() -> None:
    """Voice and pauses of a part are where they were, counted from its beginning."""
    speech = timeline((10, 0.0, 0.0), (20, 0.9, 0.2), (3, 0.0, 0.0), (20, 0.9, 0.2), (10, 0.0, 0.0))
    start_s = 0.5
    part = speech.part(start_s, 1.5)
    assert edges(part.spans(0, 1)) == pytest.approx([edge - start_s for edge in edges(speech.spans(start_s, 1.5))])
    assert part.quietest_s(0, 1) == pytest.approx(speech.quietest_s(0.5, 1.5) - start_s)
