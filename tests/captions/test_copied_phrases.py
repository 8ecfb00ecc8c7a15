"""A phrase that another source has too is left out."""

from dataclasses import replace

import numpy as np

from app import config
from app.audio.chunk import SAMPLE_RATE, Chunk
from app.captions.copied_phrases import CopiedPhrases, RoomPhrases
from app.captions.event import Event
from app.decode import models
from app.service.engines import choose_model
from tests.crosstalk import make_room, play, score

SENTENCE = "we go on with the budget"


def event(source: str, text: str, start_s: float, state: str = "final", rev: int = 1, track: str = "original") -> Event:
    """Return an event of a phrase of two seconds."""
    committed, tentative = (text, "") if state == "final" else ("", text)
    made = Event(
        "main", "", None, f"{source}-{start_s:.0f}", rev, source, track, "final", "en", start_s, start_s + 2, ""
    )
    return replace(made, state=state, committed=committed, tentative=tentative)  # type: ignore[arg-type]  # a test


def two(loudness: tuple[float, float], seconds: int = 20) -> list[CopiedPhrases]:
    """Return two sources with unlike noise of this loudness."""
    room = RoomPhrases()
    sources = [room.join(0.0), room.join(0.0)]
    random = np.random.default_rng(1)
    for number in range(seconds):
        for source, level in zip(sources, loudness, strict=True):
            samples = level * random.standard_normal(SAMPLE_RATE).astype(np.float32)
            source.lane.push(Chunk(np.asarray(samples, np.float32), float(number)))
    return sources


def test_a_quiet_copy_is_left_out_by_its_text() -> None:
    """Also with a wrong word, on every track, and after readers have seen its beginning."""
    loud, quiet = two((0.1, 0.02))
    assert quiet.take(event("b", "we go on", 1, "open"), decides=True)
    assert quiet.take(event("b", "weiter", 1, "open", track="en"), decides=False)
    assert loud.take(event("a", SENTENCE, 1, "open"), decides=True)
    cleared = quiet.take(event("b", "we go on with a budget", 1, rev=2), decides=True)
    assert [(one.track, one.text, one.state, one.rev) for one in cleared] == [
        ("original", "", "open", 2),
        ("en", "", "open", 2),
    ]
    assert quiet.take(event("b", "weiter", 1, rev=2, track="en"), decides=False) == []
    assert loud.take(event("a", SENTENCE, 1, rev=2), decides=True)


def test_people_who_say_the_same_at_once_are_both_shown() -> None:
    """Each is as loud as always, or nearly as loud as the other."""
    for levels in ((0.1, 0.09), (0.1, 0.02)):
        sources = two(levels)
        for source, name in zip(sources, "ab", strict=True):
            assert source.take(event(name, f"i am {name}", 1), decides=True)
        for source, name in zip(sources, "ab", strict=True):
            assert source.take(event(name, "yes", 6), decides=True)


def test_the_same_words_at_another_time_are_shown() -> None:
    """An answer that repeats the question is no copy."""
    loud, quiet = two((0.1, 0.02))
    assert loud.take(event("a", SENTENCE, 1), decides=True)
    assert quiet.take(event("b", SENTENCE, 8), decides=True)


def test_demo_voices_are_shown_once() -> None:
    """Two people with two microphones at -12 dB, decoded for real; `python -m tests.crosstalk` measures 500 phrases."""
    decoder = models.load(choose_model(config.read(), "demo", "transcribe"))
    room = make_room(3, 5)
    figures = score(room, play(room, decoder))
    assert (figures.n_doubled, figures.n_misnamed) == (0, 0)
    assert figures.n_phrases >= 4


def test_a_source_alone_is_shown_as_it_is() -> None:
    """Nothing is compared in a room with one source."""
    room = RoomPhrases()
    source, other = room.join(0.0), room.join(0.0)
    other.leave()
    said = event("a", SENTENCE, 1)
    assert source.take(said, decides=True) == [said]
