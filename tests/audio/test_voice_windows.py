"""Sound is cut into windows of voice, none of which goes across a pause."""

from itertools import pairwise

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.silero import STEP, STEP_S
from app.audio.speech_stream import SpeechChunk
from app.audio.voice_windows import VoiceWindow, VoiceWindows


def _feed(windows: VoiceWindows, *parts: tuple[float, bool]) -> list[VoiceWindow]:
    """Feed stretches of (seconds, whether there is voice), step by step; a sample is its own number."""
    flags = [is_voice for seconds, is_voice in parts for _ in range(round(seconds / STEP_S))]
    found: list[VoiceWindow] = []
    for number, is_voice in enumerate(flags):
        samples = np.arange(number * STEP, (number + 1) * STEP, dtype=np.float32)
        found += windows.feed(SpeechChunk(Chunk(samples, number * STEP_S), (0.9 if is_voice else 0.0,)))
    return found


def test_a_long_utterance_has_overlapping_windows() -> None:
    """One window of 1.5 s each half second, and the sound is that of its times."""
    found = _feed(VoiceWindows(), (0.5, False), (3.2, True), (0.6, False))
    assert [round(window.end_s - window.start_s, 1) for window in found] == [1.5] * len(found)
    assert [round(b.end_s - a.end_s, 1) for a, b in pairwise(found)][:3] == [0.5] * 3
    assert len({window.utterance for window in found}) == 1
    assert [window.is_last for window in found] == [False] * (len(found) - 1) + [True]
    for window in found:
        assert window.samples[0] == round(window.start_s * SAMPLE_RATE)
        assert len(window.samples) == round((window.end_s - window.start_s) * SAMPLE_RATE)


def test_no_window_goes_across_a_pause() -> None:
    """After a pause begins another utterance with windows of its own."""
    found = _feed(VoiceWindows(), (1.0, True), (0.4, False), (1.0, True), (0.4, False))
    assert [window.utterance for window in found] == [1, 2]
    assert found[0].end_s < 1.1 < found[1].start_s


def test_short_sounds_are_left_out() -> None:
    """A third of a second says too little about a voice."""
    assert _feed(VoiceWindows(), (0.3, True), (1.0, False)) == []


def test_a_short_silence_is_part_of_speech() -> None:
    """A gap between two words ends no utterance."""
    found = _feed(VoiceWindows(), (0.8, True), (0.15, False), (0.8, True), (0.5, False))
    assert {window.utterance for window in found} == {1}


def test_the_end_of_the_sound_ends_the_utterance() -> None:
    """When no sound arrives, what was said last is a window."""
    windows = VoiceWindows()
    assert _feed(windows, (0.9, True)) == []
    assert [window.is_last for window in windows.end()] == [True]
    assert windows.end() == []


def test_a_gap_in_the_sound_counts_as_silence() -> None:
    """A page that was away goes on in another utterance."""
    windows = VoiceWindows()
    _feed(windows, (1.0, True))
    gap = round(5.0 / STEP_S)
    late = Chunk(np.zeros(STEP, np.float32), (round(1.0 / STEP_S) + gap) * STEP_S)
    found = windows.feed(SpeechChunk(late, (*(0.0,) * gap, 0.9)))
    assert [window.is_last for window in found] == [True]
    assert len(found[0].samples) == round((found[0].end_s - found[0].start_s) * SAMPLE_RATE)
