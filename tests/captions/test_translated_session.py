"""A session that translates: whatever the pauses, English is complete, in order, and never empty."""

import random
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.speech_stream import SpeechChunk
from app.captions.event import Event
from app.captions.session import Session
from app.captions.session_settings import SessionSettings
from app.captions.translation_queue import RUNNING_WAIT_S
from app.decode.hypothesis import DecodeResult, Hypothesis, Word
from app.decode.request import DecodeRequest, Task

STEP = 512
"""Samples of one probability of speech."""

WORD_S = 0.32


@dataclass(frozen=True)
class SaidWord:
    """One word of the talk."""

    text: str
    english: str
    start_s: float


def talk(seed: int, n_words: int = 60) -> list[SaidWord]:
    """Return a talk: long and short sentences, with pauses between and inside them."""
    rng = random.Random(seed)
    said: list[SaidWord] = []
    at_s, left = 0.64, rng.randint(3, 25)
    for number in range(n_words):
        left -= 1
        is_end = left == 0 or number == n_words - 1
        mark = "." if is_end else "," if rng.random() < 0.1 else ""
        said.append(SaidWord(f"wort{number}{mark}", f"word{number}{mark}", at_s))
        pause_s = rng.choice([0.32, 0.96, 1.6]) if is_end else rng.choice([0.064] * 12 + [0.64, 1.28, 2.56])
        at_s += WORD_S + pause_s
        left = left or rng.randint(3, 25)
    return said


def sound_of(said: list[SaidWord]) -> tuple[Samples, list[float]]:
    """Return samples that contain the number of the word spoken there, and the probability of speech of each step."""
    n_steps = round((said[-1].start_s + 8.0) * SAMPLE_RATE) // STEP
    samples = np.zeros(n_steps * STEP, np.float32)
    for number, word in enumerate(said):
        first = round(word.start_s * SAMPLE_RATE)
        samples[first : first + round(WORD_S * SAMPLE_RATE)] = number + 1
    return samples, [float(samples[i : i + STEP].any()) for i in range(0, len(samples), STEP)]


class Interpreter:
    """A model that hears exactly the words of the talk; `wrong` is the share of translations that it gets wrong."""

    def __init__(self, said: list[SaidWord], wrong: float = 0.0) -> None:
        self._said, self._wrong, self._rng = said, wrong, random.Random(5)
        self.durations_s: list[float] = []
        """Lengths of the windows that were decoded for a translation alone."""

    def answer(self, request: DecodeRequest) -> DecodeResult:
        """Write and translate the words that are whole in the samples."""
        samples = request.samples.astype(int)
        words, english = [], []
        for number in sorted(set(samples.tolist()) - {0}):
            places = np.flatnonzero(samples == number)
            if len(places) < 0.9 * WORD_S * SAMPLE_RATE:
                continue
            said = self._said[number - 1]
            words.append(Word(said.text, places[0] / SAMPLE_RATE, (places[-1] + 1) / SAMPLE_RATE, 0.9))
            english.append(Word(said.english, 0.0, 0.0, 0.9))
        hypotheses: dict[Task, Hypothesis] = {
            "transcribe": Hypothesis(tuple(words), -0.1),
            "translate": Hypothesis(tuple(english), -0.1),
        }
        if self._rng.random() < self._wrong:
            hypotheses["translate"] = Hypothesis((Word("wrong", 0.0, 0.0, 0.1),) * 2, -3.0)
        if request.tasks == ("translate",):
            self.durations_s.append(request.duration_s)
        return DecodeResult("de", {task: hypotheses[task] for task in request.tasks})


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
