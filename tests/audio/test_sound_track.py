"""The small shape of a sound, and what is the same in two of them."""

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.sound_track import FRAME_S, SMALL_RATE, SoundTrack, find_copy


def noise(seed: int, seconds: float) -> Samples:
    """Return noise at -20 dBFS."""
    return 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE)).astype(np.float32)


def track(sound: Samples, start_s: float = 0.0) -> SoundTrack:
    """Return the track of a sound that comes in uneven chunks."""
    made = SoundTrack()
    for first in range(0, len(sound), 700):
        made.add(Chunk(sound[first : first + 700], first / SAMPLE_RATE), start_s)
    return made


def test_loudness_is_known_on_the_clock_of_the_room() -> None:
    """Also after a gap; outside of what was heard it is silent."""
    made = track(noise(1, 1.0), start_s=2.0)
    made.add(Chunk(noise(2, 1.0), 1.5), 2.0)
    assert abs(made.end_s - 4.5) <= FRAME_S
    loudness = made.loudness(0, 250)
    for at_s, expected in ((1.0, -120.0), (2.5, -20.0), (3.2, -120.0), (4.0, -20.0), (4.8, -120.0)):
        assert abs(loudness[round(at_s / FRAME_S)] - expected) < 2


def test_a_copy_is_found_by_its_shape() -> None:
    """Later, 12 dB quieter and in other noise; another noise is nothing like it."""
    own = noise(1, 3.0)
    later = np.concatenate([np.zeros(4_800, np.float32), own])[: len(own)]
    copy = track(0.25 * later + 0.02 * noise(2, 3.0))
    shapes = [one.shape(one.end, 2.0) for one in (copy, track(own), track(noise(3, 3.0)))]
    pattern = shapes[0][-SMALL_RATE:]
    likeness, first, ratio_db = find_copy(pattern, shapes[1])
    assert likeness > 0.9
    assert abs((SMALL_RATE - first) / SMALL_RATE - 0.3) < 0.002
    assert abs(ratio_db + 12) < 1
    assert find_copy(pattern, shapes[2])[0] < 0.2
