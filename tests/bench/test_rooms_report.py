"""The figures of many rooms."""

import numpy as np

from app.bench.corpus import ContinuousSpeech
from app.bench.json_lines import TimedWord
from app.bench.rooms_report import RoomPlayed, count_doubled, count_lost
from app.bench.shown_event import ShownEvent
from app.captions.event import Event


def final(text: str, start_s: float, end_s: float, name: str = "") -> ShownEvent:
    """Return a final phrase."""
    return ShownEvent(
        end_s + 1,
        Event(
            "r",
            "e",
            1,
            name or f"1-{round(start_s * 16000)}",
            1,
            "s",
            "original",
            "final",
            "en",
            start_s,
            end_s,
            text,
            "",
        ),
    )


def test_lost_and_doubled_phrases_are_counted() -> None:
    """A sentence that was not written is lost; a phrase that is final twice or covers another's sound is doubled."""
    words = tuple(
        TimedWord(text, i, i + 1.0) for i, text in enumerate(["we", "met", "today.", "it", "was", "good", "fun."])
    )
    speech = ContinuousSpeech(np.zeros(16_000, np.float32), ("en",), words)
    whole = [final("we met today.", 0.0, 3.0), final("it was good fun.", 3.0, 7.0)]
    assert (count_lost(RoomPlayed(speech, whole)), count_doubled(RoomPlayed(speech, whole))) == (0, 0)
    assert count_lost(RoomPlayed(speech, whole[:1])) == 1
    assert count_doubled(RoomPlayed(speech, [*whole, whole[0]])) >= 1
    assert count_doubled(RoomPlayed(speech, [*whole, final("it was", 3.2, 5.0)])) == 1
