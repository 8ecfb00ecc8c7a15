"""A session that translates: whatever the pauses, English is complete, in order, and never empty."""

from itertools import pairwise

import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.speech_stream import SpeechChunk
from app.captions.event import Event
from app.captions.session import Session
from app.captions.session_settings import SessionSettings
from app.captions.translation_queue import RUNNING_WAIT_S
from tests.fakes.interpreter import STEP, Interpreter, SaidWord, sound_of, talk


def play(said: list[SaidWord], model: Interpreter) -> tuple[list[Event], list[float]]:
    """Return all events, and when they came, in seconds of the sound."""
    session = Session(
        room="main",
        source="mic",
        number=1,
        settings=SessionSettings(task="translate", language="de", languages=("de",)),
    )
    samples, probabilities = sound_of(said)
    events: list[Event] = []
    times_s: list[float] = []

    def note(new: list[Event]) -> None:
        events.extend(new)
        times_s.extend([session.end_s] * len(new))

    for number, probability in enumerate(probabilities):
        chunk = Chunk(samples[number * STEP : (number + 1) * STEP], number * STEP / SAMPLE_RATE)
        note(session.feed(SpeechChunk(chunk, (probability,))))
        while (request := session.request()) is not None:
            note(session.on_result(model.answer(request)))
    note(session.end())
    while (request := session.request()) is not None:
        note(session.on_result(model.answer(request)))
    assert session.is_idle
    return events, times_s


def finals(events: list[Event], track: str) -> dict[str, str]:
    """Return the final text of each phrase, in the order of the events."""
    found = [event for event in events if event.track == track and event.state == "final"]
    assert len({event.phrase for event in found}) == len(found)
    return {event.phrase: event.committed for event in found}


@pytest.mark.parametrize("seed", range(12))
def test_english_is_complete_and_in_order(seed: int) -> None:
    """Every phrase gets its English once; together they are the translation of everything that was said."""
    said = talk(seed)
    events, _ = play(said, Interpreter(said))
    original, english = finals(events, "original"), finals(events, "en")
    assert " ".join(original.values()) == " ".join(word.text for word in said)
    assert list(english) == list(original)
    assert all(english.values())
    assert " ".join(english.values()) == " ".join(word.english for word in said)


@pytest.mark.parametrize("seed", range(4))
def test_the_last_english_caption_of_a_phrase_comes_before_the_first_of_the_next(seed: int) -> None:
    """A sentence that goes on is shown in its first phrase until it is final."""
    said = talk(seed)
    events, _ = play(said, Interpreter(said))
    places: dict[str, list[int]] = {}
    for number, event in enumerate(events):
        if event.track == "en":
            places.setdefault(event.phrase, []).append(number)
    assert all(before[-1] < after[0] for before, after in pairwise(places.values()))


@pytest.mark.parametrize("seed", range(4))
def test_english_waits_only_seconds_for_its_sentence(seed: int) -> None:
    """Its last word is final at most six seconds after it was said, and windows stay below 30 s."""
    said = talk(seed)
    model = Interpreter(said)
    events, times_s = play(said, model)
    closed_s = [
        at_s - event.end_s
        for event, at_s in zip(events, times_s, strict=True)
        if event.track == "en" and event.state == "final"
    ]
    assert max(closed_s) <= RUNNING_WAIT_S + 1.0
    assert max(model.durations_s, default=0.0) < 30.0


@pytest.mark.parametrize("seed", range(6))
def test_rejected_translations_leave_no_phrase_empty(seed: int) -> None:
    """Nor double: every phrase has English once, in order."""
    said = talk(seed)
    events, _ = play(said, Interpreter(said, wrong=0.8))
    original, english = finals(events, "original"), finals(events, "en")
    assert list(english) == list(original)
    assert all(english.values())
