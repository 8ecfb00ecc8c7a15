"""When a running utterance is due again, and which sound is dropped without a decode."""

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.captions.timing import JITTER, WINDOW_TIMES, TickTiming
from app.captions.windows import LIVE_WINDOW_MAX_S, Window, find_length_scale
from app.decode import demo_files
from app.media import media_source
from tests.fakes.speaker import VoicedWords
from tests.support.hearing import HearingSchedule


@pytest.mark.parametrize("tick_s", [1.0, 1.5, 3.0])
def test_without_a_slot_ticks_follow_the_last_decode(tick_s: float) -> None:
    """About a tick of new sound is due, less is not; the moments scatter, so that no two rooms meet for ever."""
    timing = TickTiming(tick_s)
    firsts = []
    for decoded_s in np.arange(0.0, 40.0, 0.04):
        due = [fresh_s for fresh_s in np.arange(0.0, 4.0, 0.02) if timing.is_due(decoded_s, decoded_s + fresh_s)]
        firsts.append(due[0])
        assert due == [fresh_s for fresh_s in np.arange(0.0, 4.0, 0.02) if fresh_s >= due[0]]
    assert (1 - JITTER / 2) * tick_s <= min(firsts) < max(firsts) <= (1 + JITTER / 2) * tick_s + 0.02
    assert np.mean(firsts) == pytest.approx(tick_s, abs=0.03)


def test_with_a_slot_ticks_fall_on_it() -> None:
    """Steady speech is decoded once in each period, at the slot's moment."""
    timing = TickTiming(1.0, phase_s=0.25)
    decoded_s, ticks = 0.25, []
    for now_s in np.arange(0.25, 10.0, 0.05):
        if timing.is_due(decoded_s, now_s):
            ticks.append(round(float(now_s), 2))
            decoded_s = now_s
    assert ticks == [pytest.approx(1.25 + i, abs=0.05) for i in range(len(ticks))]
    assert len(ticks) == 9


def test_a_slot_is_not_waited_for_too_long_nor_taken_too_soon() -> None:
    """After a decode off the slot the next comes after half a tick at least and one and a half at most."""
    timing = TickTiming(1.0, phase_s=0.0)
    for decoded_s in np.arange(5.0, 6.0, 0.05):
        due_s = next(float(now_s) for now_s in np.arange(decoded_s, 9.0, 0.01) if timing.is_due(decoded_s, now_s))
        assert 0.49 <= due_s - decoded_s <= 1.52


@pytest.fixture(scope="module")
def clip() -> Samples:
    """Read a spoken sentence."""
    return media_source.load(demo_files.CLIP)


def fed(samples: Samples) -> HearingSchedule:
    """Return a schedule that got this sound in chunks of 40 ms."""
    schedule = HearingSchedule()
    for first in range(0, len(samples), 640):
        schedule.hear(Chunk(samples[first : first + 640], first / SAMPLE_RATE), keeps_silence=False)
    return schedule


def test_speech_is_due_once_there_is_enough_of_it(clip: Samples) -> None:
    """A running window ends with the newest sound, and is due again a tick later."""
    schedule = fed(clip[: 2 * SAMPLE_RATE])
    window = schedule.due_window(has_words=False)
    assert window is not None
    assert (window.end_s, window.is_paused) == (2.0, False)
    schedule.mark_decoded(window, is_draft=False)
    assert schedule.due_window(has_words=True) is None
    schedule.hear(Chunk(clip[2 * SAMPLE_RATE : round(3.2 * SAMPLE_RATE)], 2.0), keeps_silence=True)
    assert schedule.due_window(has_words=True) is not None
    schedule.decode_again(window.start_s)
    assert schedule.waiting_s == pytest.approx(3.2 - schedule.cut_s, abs=0.01)
    assert schedule.behind_s == pytest.approx(schedule.sound.voiced_s(schedule.cut_s, 3.2), abs=0.01)


def test_a_pause_ends_the_utterance(clip: Samples) -> None:
    """Its window is due at once, and what is left of it after the decode is a little silence."""
    schedule = fed(np.concatenate([clip, np.zeros(SAMPLE_RATE, np.float32)]))
    window = schedule.due_window(has_words=False)
    assert window is not None
    assert window.is_paused
    assert window.end_s < schedule.end_s
    assert schedule.finish_pause(window)
    assert not schedule.has_paused
    assert schedule.due_window(has_words=True) is None
    schedule.drop_pause(window.end_s)
    assert schedule.cut_s == pytest.approx(window.end_s - WINDOW_TIMES.paused_s / 2)
    assert schedule.due_window(has_words=False) is None


def hear(schedule: HearingSchedule, samples: Samples, *, keeps_silence: bool = True) -> None:
    """Give a schedule more sound in chunks of 40 ms."""
    at_s = schedule.end_s
    for first in range(0, len(samples), 640):
        schedule.hear(Chunk(samples[first : first + 640], at_s + first / SAMPLE_RATE), keeps_silence=keeps_silence)


def silence(seconds: float) -> Samples:
    """Return silence."""
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def test_only_a_long_pause_closes_the_phrase(clip: Samples) -> None:
    """Speech that goes on sooner keeps the sound of the sentence in one window."""
    schedule = fed(np.concatenate([clip, silence(0.2)]))
    window = schedule.window()
    assert window.is_paused
    schedule.mark_decoded(window, is_draft=False)
    assert not schedule.finish_pause(window)
    hear(schedule, clip)
    assert schedule.long_pause_s is None
    assert schedule.window().start_s == window.start_s
    hear(schedule, silence(2))
    later = schedule.window()
    assert later.is_paused
    schedule.mark_decoded(later, is_draft=False)
    assert schedule.finish_pause(later)


def test_a_cut_in_mid_sentence_keeps_its_context(clip: Samples) -> None:
    """The window begins before the cut until so much silence follows that the context is too old."""
    schedule = fed(np.concatenate([clip, silence(0.2)]))
    schedule.cut(3.0, 1.0)
    window = schedule.window()
    assert (window.start_s, window.cut_s, window.context_s) == (1.0, 3.0, 2.0)
    schedule.finish_pause(window)
    schedule.drop_pause(window.end_s)
    assert schedule.window().start_s == 1.0
    hear(schedule, silence(5), keeps_silence=False)
    assert schedule.window().start_s == schedule.cut_s


def test_silence_is_dropped_but_for_the_preroll() -> None:
    """Sound without voice does not pile up."""
    schedule = fed(np.zeros(10 * SAMPLE_RATE, np.float32))
    assert schedule.end_s - schedule.cut_s <= WINDOW_TIMES.preroll_s + 0.5
    assert schedule.behind_s == 0


def test_no_window_is_longer_than_a_live_decode_may_be(clip: Samples) -> None:
    """However much sound waits."""
    window = fed(np.tile(clip[SAMPLE_RATE : round(2.5 * SAMPLE_RATE)], 20)).window()
    assert window.end_s - window.start_s == LIVE_WINDOW_MAX_S


@pytest.mark.parametrize(("language", "at_most_s"), [(None, 14.0), ("de", 14.0), ("kn", 9.5), ("my", 5.0)])
def test_windows_are_as_short_as_a_script_needs(clip: Samples, language: str | None, at_most_s: float) -> None:
    """In a script of many tokens a window has no context, and is full in proportion earlier."""
    schedule = fed(np.tile(clip[SAMPLE_RATE : round(2.5 * SAMPLE_RATE)], 20))
    schedule.length_scale = find_length_scale(language)
    window = schedule.window()
    assert at_most_s - 1 < window.end_s - window.start_s <= at_most_s
    assert window.reaches(LIVE_WINDOW_MAX_S)
    schedule.cut(4.0, 2.0)
    assert (schedule.window().context_s > 0) is (at_most_s == LIVE_WINDOW_MAX_S)


def test_a_window_of_the_longest_length_counts_as_such() -> None:
    """Wherever it begins, rounding included; else it would neither grow nor be cut."""
    quiet = VoicedWords(())
    length_s = LIVE_WINDOW_MAX_S
    for start in range(0, 400_000, 7):
        start_s = start / 100
        assert Window(start_s, start_s + length_s, False, quiet).reaches(length_s)
    assert any(start / 100 + length_s - start / 100 < length_s for start in range(0, 400_000, 7))
