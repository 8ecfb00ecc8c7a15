"""A voice in two microphones is silenced in the one where it is quiet."""

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.crosstalk import Crosstalk, CrosstalkLane

Stretch = tuple[float, float]


def voice(seed: int, seconds: float, *stretches: Stretch) -> Samples:
    """Return noise with the rhythm of syllables in some stretches of silence."""
    random = np.random.default_rng(seed)
    times_s = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    rhythm = np.interp(times_s, np.arange(0, seconds, 0.1), random.uniform(0.2, 1.0, len(np.arange(0, seconds, 0.1))))
    spoken = np.zeros(len(times_s))
    for start_s, end_s in stretches:
        spoken[(times_s >= start_s) & (times_s < end_s)] = 1
    return np.asarray(0.1 * rhythm * spoken * random.standard_normal(len(times_s)), np.float32)


def later(sound: Samples, by_s: float) -> Samples:
    """Return a sound that begins later."""
    return np.concatenate([np.zeros(round(by_s * SAMPLE_RATE), np.float32), sound])[: len(sound)]


def play(
    sounds: list[Samples], late_s: float = 0.0, *, yields: bool = False
) -> tuple[list[Samples], list[CrosstalkLane]]:
    """Return what is left of two sounds in chunks of 100 ms; the second arrives late."""
    crosstalk = Crosstalk()
    lanes = [crosstalk.join(10.0), crosstalk.join(10.0, yields=yields)]
    heard: list[list[Chunk]] = [[], []]
    arrivals = [
        (first / SAMPLE_RATE + late_s * number, number, Chunk(sound[first : first + 1600], first / SAMPLE_RATE))
        for number, sound in enumerate(sounds)
        for first in range(0, len(sound), 1600)
    ]
    for _, number, chunk in sorted(arrivals, key=lambda one: one[:2]):
        heard[number] += lanes[number].push(chunk)
    for number, lane in enumerate(lanes):
        heard[number] += lane.flush()
        starts = [round(chunk.start_s * SAMPLE_RATE) for chunk in heard[number]]
        assert starts == list(range(0, len(sounds[number]), 1600))
    return [np.concatenate([chunk.samples for chunk in chunks]) for chunks in heard], lanes


def rms(sound: Samples, start_s: float, end_s: float) -> float:
    """Return the loudness of a stretch."""
    part = sound[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    return float(np.sqrt(np.mean(part**2)))


@pytest.mark.parametrize("late_s", [0.0, 0.8])
@pytest.mark.parametrize("gain", [0.5, 1.0, 2.0])
def test_a_copy_becomes_silence(late_s: float, gain: float) -> None:
    """Whatever the gains and buffers; both voices at once stay in both microphones."""
    ada = voice(1, 16, (1, 4), (9, 12), (14, 15))
    grace = voice(2, 16, (5, 8), (9, 12))
    sounds = [gain * (ada + 0.25 * later(grace, 0.03)), grace + 0.25 * later(ada, 0.03)]
    heard, lanes = play(sounds, late_s)
    assert rms(heard[0], 6.3 + late_s, 7.8) == 0
    assert rms(heard[1], 2.3, 3.8) == 0
    assert rms(heard[1], 14.2, 14.9) == 0
    for number, stretches in ((0, ((1, 4), (9, 12), (14, 15))), (1, ((5, 8), (9, 12)))):
        for start_s, end_s in stretches:
            assert np.array_equal(
                heard[number][start_s * SAMPLE_RATE : end_s * SAMPLE_RATE],
                sounds[number][start_s * SAMPLE_RATE : end_s * SAMPLE_RATE],
            )
    # by then it is known that the beginning was a copy too
    assert lanes[1].is_copy(11.0, 14.0)
    assert not lanes[0].is_copy(11.0, 14.0)
    assert not lanes[0].is_copy(19.0, 22.0)


def test_a_copy_is_known_as_soon_as_its_original_arrives() -> None:
    """Also if the copy has a later time on its own clock, so that a short phrase is not shown twice."""
    ada = voice(1, 4, (1, 2.2))
    _, lanes = play([0.25 * later(ada, 0.7), ada[: 2 * SAMPLE_RATE]], 1.4)
    assert lanes[0].is_copy(11.7, 12.9)
    assert not lanes[1].paths


@pytest.mark.parametrize("late_s", [0.03, 0.589])
def test_syllables_that_begin_with_a_message_are_copies_too(late_s: float) -> None:
    """The original's next sound is waited for, because loudness is compared with what follows."""
    ada = voice(1, 8, *((0.3 * number, 0.3 * number + 0.2) for number in range(4, 24)))
    heard, _ = play([0.25 * ada, ada], late_s)
    assert rms(heard[0], 3.3, 8.0) == 0
    assert np.array_equal(heard[1], ada)


def test_two_voices_alone_are_left_as_they_are() -> None:
    """Without cross-talk nothing is changed and nothing waits, also when both speak at once."""
    sounds = [voice(1, 8, (1, 4), (5, 7)), voice(2, 8, (1, 4))]
    heard, lanes = play(sounds)
    assert all(np.array_equal(one, other) for one, other in zip(heard, sounds, strict=True))
    assert not any(lane.paths for lane in lanes)


def test_a_mix_of_all_shows_only_what_others_do_not_have() -> None:
    """The floor's voices that have their own microphone are silenced, however loud; a question from the hall stays."""
    ada = voice(1, 12, (1, 5))
    floor = 2 * ada + voice(3, 12, (7, 9))
    heard, lanes = play([ada, floor], yields=True)
    assert rms(heard[1], 2.5, 4.9) == 0
    assert np.array_equal(heard[1][7 * SAMPLE_RATE : 9 * SAMPLE_RATE], floor[7 * SAMPLE_RATE : 9 * SAMPLE_RATE])
    assert np.array_equal(heard[0], ada)
    assert lanes[1].is_copy(11.0, 15.0)


def test_a_source_alone_waits_for_nothing() -> None:
    """A source that is left alone gets its sound as it comes."""
    crosstalk = Crosstalk()
    lane, other = crosstalk.join(0.0), crosstalk.join(0.0)
    chunk = Chunk(np.zeros(1600, np.float32), 0.0)
    assert lane.push(chunk)[0] is chunk
    other.leave()
    assert lane.push(Chunk(np.zeros(1600, np.float32), 0.1))
    assert crosstalk.is_alone
