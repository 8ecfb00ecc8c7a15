"""Measures whether one voice in two microphones is shown once, with its name: `python -m tests.crosstalk`.

Two demo voices speak in one room, one after the other and at the same time. Each microphone has the other voice at
-12 dB, later by its way through the room; the microphones have their own gains, noises and buffers. Both are decoded
for real, on a simulated clock.
"""

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from app import config
from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.speech_stream import SpeechStream
from app.captions.copied_phrases import CopiedPhrases, RoomPhrases
from app.captions.event import ORIGINAL, Event
from app.captions.session import Session
from app.captions.session_settings import SessionSettings
from app.captions.speaker_turns import OneSpeaker
from app.captions.units import fold_letters
from app.decode import models
from app.decode.worker import BatchDecoder
from app.demo.training.grammar import draw
from app.demo.training.pool import random_voice
from app.demo.training.speech import HELD_OUT_VARIANTS, Voice, speak
from app.service.engines import choose_model

LEVEL = 0.4
"""Peak of a voice in its own microphone."""

CHUNK_S = 0.1
"""Length of one message of a page."""

DECODE_S = 0.15
"""How long a decode takes on the simulated clock."""

OVERLAP_SHARE = 0.25
"""Share of the sentences that begin while the other person speaks."""


COPIED_SHARE = 0.8
"""Share of the other person's words that makes a phrase a copy although its own person speaks."""


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One sentence of one person."""

    person: int
    text: str
    start_s: float
    end_s: float


@dataclass(slots=True)
class TwoMicrophones:
    """A room with two people and two microphones."""

    lines: list[SpokenLine]
    sounds: list[Samples]
    """What each microphone records, on its own clock."""
    offsets_s: list[float]
    """How much later the clock of each microphone begins."""
    buffers_s: list[float]
    """How late the sound of each microphone arrives."""


@dataclass(slots=True)
class CrosstalkFigures:
    """What was shown."""

    n_lines: int = 0
    n_phrases: int = 0
    n_doubled: int = 0
    """Phrases of the voice of another microphone."""
    n_misnamed: int = 0
    n_words: int = 0
    n_lost: int = 0
    """Words of lines that are in no phrase of their person."""
    examples: list[str] = field(default_factory=list)

    def add(self, other: "CrosstalkFigures") -> None:
        """Add the figures of another room."""
        for name in ("n_lines", "n_phrases", "n_doubled", "n_misnamed", "n_words", "n_lost"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.examples += other.examples


def make_room(seed: int, n_lines: int, *, down_db: float = 12.0) -> TwoMicrophones:
    """Let two people say `n_lines` sentences in turns, a quarter of them at the same time."""
    chance = random.Random(seed)
    language = chance.choice(("de", "en"))
    variants = chance.sample(HELD_OUT_VARIANTS, 2)
    voices = [random_voice(chance, language, (variant,)) for variant in variants]
    lines: list[SpokenLine] = []
    placed: list[tuple[int, float, Samples]] = []
    free_s = [0.5, 0.5]
    person = chance.randrange(2)
    for _ in range(n_lines):
        person = 1 - person if chance.random() < 0.6 else person
        is_overlap = bool(lines) and chance.random() < OVERLAP_SHARE and lines[-1].person != person
        text = draw(chance).spoken(language)
        sound = _say(text, voices[person])
        start_s = max(free_s) + chance.uniform(0.2, 1.6)
        if is_overlap:
            start_s = max(free_s[person] + 0.3, lines[-1].start_s + chance.uniform(0.0, 1.0))
        free_s[person] = start_s + len(sound) / SAMPLE_RATE
        lines.append(SpokenLine(person, text, start_s, free_s[person]))
        placed.append((person, start_s, sound))
    total = round((max(free_s) + 4.0) * SAMPLE_RATE)
    own = [np.zeros(total, np.float32) for _ in range(2)]
    for number, start_s, sound in placed:
        at = round(start_s * SAMPLE_RATE)
        own[number][at : at + len(sound)] += sound
    noises = np.random.default_rng(seed)
    sounds = []
    offsets_s = [0.0, chance.choice((0.0, chance.uniform(0.0, 0.9)))]
    for number in range(2):
        later = round(chance.uniform(0.001, 0.05) * SAMPLE_RATE)
        copy = np.concatenate([np.zeros(later, np.float32), own[1 - number]])[:total]
        mixed = own[number] + np.float32(10 ** (-down_db / 20)) * copy
        mixed += np.float32(LEVEL * 10 ** (-50 / 20)) * noises.standard_normal(total).astype(np.float32)
        gain = np.float32(10 ** (chance.uniform(-5, 5) / 20))
        recorded = gain * mixed[round(offsets_s[number] * SAMPLE_RATE) :]
        sounds.append(np.clip(recorded, -1, 1).astype(np.float32))
    buffers_s = [chance.uniform(0.0, 0.1), chance.choice((0.0, chance.uniform(0.0, 0.9)))]
    return TwoMicrophones(lines, sounds, offsets_s, buffers_s)


def _say(text: str, voice: Voice) -> Samples:
    samples = speak(text, voice).samples
    return samples * np.float32(LEVEL / max(float(np.abs(samples).max()), 1e-6))


class _Microphone:
    """One microphone with its session."""

    def __init__(self, number: int, phrases: CopiedPhrases) -> None:
        self.session = Session(
            room="main",
            source=str(number),
            number=number + 1,
            settings=SessionSettings(),
            turns=OneSpeaker(str(number)),
        )
        self.phrases = phrases
        self.speech = SpeechStream()
        self.events: list[Event] = []
        self.free_s = 0.0

    def hear(self, chunks: list[Chunk]) -> None:
        """Take in sound."""
        for chunk in chunks:
            self.publish(self.session.feed(self.speech.feed(chunk)))

    def publish(self, events: list[Event]) -> None:
        """Publish events as a room does."""
        for event in events:
            self.events += self.phrases.take(event, decides=event.track == ORIGINAL)


def play(room: TwoMicrophones, decoder: BatchDecoder) -> list[list[Event]]:
    """Return what is published for each microphone."""
    together = RoomPhrases()
    microphones = [_Microphone(number, together.join(0.0)) for number in range(2)]
    for at_s, number, chunk in _arrivals(room):
        microphone = microphones[number]
        microphone.hear(microphone.phrases.lane.push(chunk))
        for each in microphones:
            _decode(each, decoder, at_s)
    for each in microphones:
        each.hear(each.phrases.lane.flush())
        each.publish(each.session.end())
    for each in microphones:
        while not each.session.is_idle:
            each.free_s = 0.0
            _decode(each, decoder, 1e9)
    return [each.events for each in microphones]


def _decode(microphone: _Microphone, decoder: BatchDecoder, at_s: float) -> None:
    if at_s < microphone.free_s:
        return
    request = microphone.session.request()
    if request is not None:
        microphone.free_s = at_s + DECODE_S
        [result] = decoder.decode([request], 1500)
        microphone.publish(microphone.session.on_result(result))


def _arrivals(room: TwoMicrophones) -> Iterator[tuple[float, int, Chunk]]:
    """Yield the moment, the microphone and the sound of each message, in the order in which they arrive."""
    size = round(CHUNK_S * SAMPLE_RATE)
    found = []
    for number, sound in enumerate(room.sounds):
        for first in range(0, len(sound), size):
            chunk = Chunk(sound[first : first + size], first / SAMPLE_RATE)
            found.append((chunk.end_s + room.offsets_s[number] + room.buffers_s[number], number, chunk))
    yield from sorted(found, key=lambda one: one[:2])


def score(room: TwoMicrophones, published: list[list[Event]]) -> CrosstalkFigures:
    """Return how the phrases compare with what was said."""
    figures = CrosstalkFigures(n_lines=len(room.lines))
    for number, events in enumerate(published):
        finals = [event for event in events if event.state == "final" and event.track == ORIGINAL]
        figures.n_phrases += len(finals)
        said: list[str] = []
        for event in finals:
            words = _words(event.text)
            said += words
            start_s, end_s = (at_s + room.offsets_s[number] for at_s in (event.start_s, event.end_s))
            near = [line for line in room.lines if line.start_s - 1 < end_s and start_s < line.end_s + 1]
            shares = [
                max((_share(words, _words(line.text)) for line in near if line.person == person), default=0.0)
                for person in range(2)
            ]
            spoken_s = sum(
                max(0.0, min(end_s, line.end_s) - max(start_s, line.start_s)) for line in near if line.person == number
            )
            # where both speak, the model may take single words from the other voice
            least = COPIED_SHARE if spoken_s > (end_s - start_s) / 2 else 0.0
            figures.n_misnamed += event.speaker != str(number)
            if shares[1 - number] > max(shares[number] + 0.2, least):
                figures.n_doubled += 1
                figures.examples.append(f"{start_s:.1f}-{end_s:.1f} s, microphone {number}: {event.text}")
        for line in room.lines:
            if line.person == number:
                words = _words(line.text)
                figures.n_words += len(words)
                figures.n_lost += round((1 - _share(words, said)) * len(words))
    return figures


def _words(text: str) -> list[str]:
    return [letters for word in text.split() if (letters := fold_letters(word))]


def _share(words: list[str], others: list[str]) -> float:
    return sum(word in others for word in words) / max(1, len(words))


def measure(
    decoder: BatchDecoder, n_phrases: int, seed: int, *, room_lines: int = 40, down_db: float = 12.0
) -> CrosstalkFigures:
    """Play rooms until that many phrases were shown."""
    figures = CrosstalkFigures()
    number = 0
    while figures.n_phrases < n_phrases:
        room = make_room(1000 * seed + number, room_lines, down_db=down_db)
        found = score(room, play(room, decoder))
        figures.add(found)
        number += 1
    return figures


def main() -> None:
    """Measure and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phrases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--down-db", type=float, default=12.0)
    given = parser.parse_args()
    decoder = models.load(choose_model(config.read(), "demo", "transcribe"))
    figures = measure(decoder, given.phrases, given.seed, down_db=given.down_db)
    print(json.dumps({name: getattr(figures, name) for name in CrosstalkFigures.__dataclass_fields__}, indent=1))


if __name__ == "__main__":
    main()
