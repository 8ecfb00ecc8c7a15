"""Tests for app.audio.speech_stream."""

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.silero import STEP, STEP_S
from app.audio.speech_stream import SpeechStream
from app.audio.speech_thresholds import THRESHOLDS
from app.decode import demo_files
from app.media import media_source
from tests.support.hearing import amplified, analyse, find_speech


@pytest.fixture(scope="module")
def clip() -> Samples:
    """Read a spoken sentence."""
    return media_source.load(demo_files.CLIP)


@pytest.mark.parametrize("n_chunk", [160, 640, 1600, 100_000])
def test_the_length_of_chunks_does_not_matter(clip: Samples, n_chunk: int) -> None:
    """Each step is reported once, by the chunk that completes it."""
    heard = analyse(clip, n_chunk)
    n_steps = 0
    for speech in heard:
        n_steps += len(speech.probabilities)
        assert n_steps == round(speech.chunk.end_s * SAMPLE_RATE) // STEP
    assert sum(sum(speech.probabilities) for speech in heard) * STEP_S == pytest.approx(1.9, abs=0.6)


def test_speech_is_found_where_it_is(clip: Samples) -> None:
    """Nothing is found in the silence around it."""
    second = np.zeros(SAMPLE_RATE, np.float32)
    speech = find_speech(np.concatenate([second, clip, second, second]))
    assert speech.voiced_s(0, 1) == 0
    assert speech.voiced_s(1, 1 + len(clip) / SAMPLE_RATE) > 1.5
    assert speech.silence_s >= 1.8


def test_a_gap_counts_as_silence(clip: Samples) -> None:
    """Sound that never came has steps of probability 0, and what follows keeps its place."""
    stream = SpeechStream()
    n_before = len(stream.feed(Chunk(clip[:SAMPLE_RATE], 0.0)).probabilities)
    after = stream.feed(Chunk(clip[:SAMPLE_RATE], 7.0)).probabilities
    assert n_before + len(after) == 8 * SAMPLE_RATE // STEP
    assert set(after[: int(5.9 / STEP_S)]) == {0.0}


def test_repeated_sound_is_left_out() -> None:
    """Samples that came before are not analysed again."""
    noise = np.random.default_rng(4).normal(0, 0.1, 2 * SAMPLE_RATE).astype(np.float32)
    stream = SpeechStream()
    stream.feed(Chunk(noise[:SAMPLE_RATE], 0.0))
    again = stream.feed(Chunk(noise, 0.0))
    assert again.chunk.start_s == 1.0
    assert np.array_equal(again.chunk.samples, noise[SAMPLE_RATE:])


@pytest.mark.parametrize("level_db", [0, -30, -40])
def test_quiet_speech_is_found_and_amplified(clip: Samples, level_db: int) -> None:
    """From its first word on, speech at any of these levels is loud enough to decode."""
    quiet = clip * np.float32(10 ** (level_db / 20))
    timeline = find_speech(quiet)
    assert timeline.voiced_s(0, 9) == pytest.approx(find_speech(clip).voiced_s(0, 9), abs=0.25)
    [(start_s, end_s), *_] = timeline.spans(0, 9)
    heard = amplified(analyse(quiet))
    expected = min(max(-26, -20 + level_db + THRESHOLDS.gain_max_db), -20)
    for first_s, last_s in ((start_s, start_s + 0.5), (start_s, end_s)):
        part = heard[round(first_s * SAMPLE_RATE) : round(last_s * SAMPLE_RATE)]
        assert 20 * np.log10(np.sqrt(np.mean(part**2))) == pytest.approx(expected, abs=7)
