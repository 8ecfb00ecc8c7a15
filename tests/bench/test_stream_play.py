"""Clips on a simulated clock and at normal speed."""

import time
from collections.abc import Sequence

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Samples
from app.audio.speech_stream import SpeechChunk
from app.bench.stream_play import DecodeCost, PlayedClip, live, simulate
from app.captions.event import Event
from app.captions.session_settings import SessionSettings
from app.decode import self_test
from app.decode.hypothesis import DecodeResult, Hypothesis, Word
from app.decode.request import DecodeRequest
from tests.fakes.scripted_engine import ScriptedEngine

SILENCE: Samples = np.zeros(SAMPLE_RATE, np.float32)


class _Clock:
    """A clock that only decodes move."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class _Slow:
    """A decoder that takes as long as it is set to."""

    def __init__(self, clock: _Clock, takes_s: Sequence[float]) -> None:
        self._clock = clock
        self._takes_s = list(takes_s)

    def decode(self, requests: Sequence[DecodeRequest], size: int = 0) -> list[DecodeResult]:
        """Let time pass."""
        self._clock.now_s += self._takes_s.pop(0)
        return [DecodeResult("en") for _ in requests]


class _Script:
    """A session that asks at fixed moments of sound, and shows how much sound it had when the answer came."""

    def __init__(self, *asks_s: float) -> None:
        self._asks_s = list(asks_s)
        self._heard_s = 0.0
        self._is_over = False

    def feed(self, speech: SpeechChunk) -> list[Event]:
        """Take in sound."""
        assert speech.chunk.start_s == pytest.approx(self._heard_s)
        self._heard_s = speech.chunk.end_s
        return []

    def end(self) -> list[Event]:
        """Request one more decode."""
        assert not self._is_over
        self._is_over = True
        self._asks_s.append(0.0)
        return []

    def request(self) -> DecodeRequest | None:
        """Request a decode when its moment has come."""
        if not self._asks_s or self._heard_s < self._asks_s[0] - 1e-9:
            return None
        self._asks_s.pop(0)
        return DecodeRequest(SILENCE)

    def on_result(self, decoded: DecodeResult) -> list[Event]:
        """Show how much sound came so far."""
        text = f"{self._heard_s:.2f}"
        return [Event("r", "", None, "1-0", 1, "s", "original", "open", decoded.language, 0, 0, text)]


def seen(played: PlayedClip) -> list[tuple[float, str]]:
    """Return when what was shown."""
    return [(round(shown.at_s, 3), shown.event.committed) for shown in played.history]


def test_an_answer_comes_as_late_as_its_decode_took() -> None:
    """A decode asked for at 0.2 s that takes 0.1 s is shown at 0.3 s, behind the sound that came meanwhile."""
    clock = _Clock()
    played = simulate(SILENCE, _Script(0.2, 0.6), _Slow(clock, [0.1, 0.05, 0.02]), clock)
    assert seen(played) == [(0.3, "0.28"), (0.65, "0.64"), (1.02, "1.00")]
    assert played.costs is not None
    assert [(round(cost.at_s, 3), round(cost.decode_s, 3)) for cost in played.costs] == [
        (0.2, 0.1),
        (0.6, 0.05),
        (1.0, 0.02),
    ]


def test_decodes_queue_up_behind_slow_ones() -> None:
    """A request that is due during a decode waits for its end, and an answer after the sound's end is later than it."""
    clock = _Clock()
    played = simulate(SILENCE, _Script(0.2, 0.4), _Slow(clock, [0.5, 0.7, 0.1]), clock)
    assert seen(played) == [(0.7, "0.68"), (1.4, "1.00"), (1.5, "1.00")]


def test_minutes_are_charged_for_what_they_asked() -> None:
    """A decode belongs to the minute in which it was asked for; without a meter nothing is known."""
    played = PlayedClip(
        150.0,
        costs=[
            DecodeCost(0.0, 1.0),
            DecodeCost(59.9, 2.0),
            DecodeCost(60.0, 4.0),
            DecodeCost(119.0, 8.0),
            DecodeCost(121.0, 16.0),
        ],
    )
    assert (played.n_minutes, played.minute_s(0), played.minute_s(1)) == (2, 3.0, 12.0)
    assert PlayedClip(150.0).minute_s(0) is None


def parrot(request: DecodeRequest) -> DecodeResult:
    """Return the same word for everything."""
    word = Word("hello", 0.1, max(0.2, request.duration_s - 0.8), 0.9)
    return DecodeResult("en", {task: Hypothesis((word,)) for task in request.tasks}, None, 0.02)


async def test_live_takes_as_long_as_the_clip() -> None:
    """Live, a clip of speech takes its own time, and a viewer's events carry the moments they came at."""
    samples = self_test.read_clip().samples[: 2 * SAMPLE_RATE]
    started_s = time.monotonic()
    played = await live(samples, SessionSettings(language="en"), ScriptedEngine(parrot, delay_s=0.02))
    assert 2.0 <= time.monotonic() - started_s < 6.0
    assert played.history
    assert played.history[-1].event.is_logged
    assert all(0.5 < shown.at_s < 6.0 for shown in played.history)
    assert played.costs
    assert [shown.at_s for shown in played.history] == sorted(shown.at_s for shown in played.history)
