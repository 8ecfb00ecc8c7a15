"""A session driven without clock or engine: sound in, requests and events out."""

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.captions.event import Event
from app.captions.session_settings import SessionSettings
from app.decode import demo_files, models, self_test
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis, Word
from app.decode.request import DecodeRequest
from app.decode.whisper import Whisper
from app.media import media_source
from tests.support.hearing import HearingSession


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    """Load the demo model once."""
    return models.load(models.choose("demo", "translate"))


@pytest.fixture(scope="module")
def clip() -> Samples:
    """Read a spoken sentence."""
    return media_source.load(demo_files.CLIP)


def session(**settings: object) -> HearingSession:
    """Return a fresh session."""
    return HearingSession("main", "test", 7, SessionSettings(**settings))  # type: ignore[arg-type]  # its fields


def feed(target: HearingSession, samples: Samples) -> None:
    """Give samples in chunks of 40 ms, following what was given."""
    at = round(target.end_s * SAMPLE_RATE)
    for first in range(0, len(samples), 640):
        piece = samples[first : first + 640]
        target.hear(Chunk(piece, (at + first) / SAMPLE_RATE))


def play(target: HearingSession, samples: Samples, whisper: Whisper) -> tuple[list[Event], list[DecodeRequest]]:
    """Feed samples and answer every request at once; returns events and requests."""
    events: list[Event] = []
    requests: list[DecodeRequest] = []
    at = round(target.end_s * SAMPLE_RATE)
    for first in range(0, len(samples), 640):
        events += target.hear(Chunk(samples[first : first + 640], (at + first) / SAMPLE_RATE))
        while (request := target.request()) is not None:
            requests.append(request)
            events += target.on_result(whisper.decode([request])[0])
    return events, requests


def silence(seconds: float) -> Samples:
    """Return silence."""
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def test_a_sentence_becomes_one_final_phrase(whisper: Whisper, clip: Samples) -> None:
    """Speech and the pause behind it give grey words, solid words and then the phrase, under one name."""
    events, requests = play(session(language="en"), np.concatenate([clip, silence(1)]), whisper)
    final = [event for event in events if event.state == "final"]
    assert [event.committed for event in final] == [self_test.read_clip().text]
    assert len({event.phrase for event in events}) == 1
    assert final[0].phrase.startswith("7-")
    assert [event.rev for event in events] == list(range(1, len(events) + 1))
    assert any(event.tentative for event in events)
    assert requests[-1].is_utterance_end
    assert 0 < final[0].start_s < final[0].end_s <= len(clip) / SAMPLE_RATE


def test_silence_asks_for_nothing() -> None:
    """Silence is neither decoded nor kept."""
    quiet = session()
    feed(quiet, silence(60))
    assert quiet.request() is None
    assert quiet.behind_s == 0
    assert quiet.is_idle


def test_translation_comes_from_the_same_decode_and_closes_too(whisper: Whisper, clip: Samples) -> None:
    """English speech in a room that translates is its own English track."""
    target = session(task="translate", languages=("de", "en"))
    events, _ = play(target, np.concatenate([clip, silence(1)]), whisper)
    final = {event.track: event.committed for event in events if event.state == "final"}
    assert final == {"original": self_test.read_clip().text, "en": self_test.read_clip().text}


def test_two_utterances_are_two_phrases(whisper: Whisper, clip: Samples) -> None:
    """A pause ends a phrase, and the next begins behind it."""
    twice = np.concatenate([clip, silence(1), clip, silence(1)])
    events, _ = play(session(language="en"), twice, whisper)
    final = [event for event in events if event.state == "final"]
    assert [event.committed for event in final] == [self_test.read_clip().text] * 2
    assert final[0].end_s < final[1].start_s


def test_the_end_of_the_sound_closes_what_is_open(whisper: Whisper, clip: Samples) -> None:
    """A source that stops in mid-sentence loses no word that was said."""
    target = session(language="en")
    events, _ = play(target, clip[: round(2.6 * SAMPLE_RATE)], whisper)
    target.end()
    while (request := target.request()) is not None:
        events += target.on_result(whisper.decode([request])[0])
    assert target.is_idle
    assert events[-1].state == "final"
    assert self_test.read_clip().text.startswith(events[-1].committed[:10])


def test_a_failed_decode_is_requested_again(clip: Samples) -> None:
    """The same sound is decoded once more, and nothing is lost."""
    target = session(language="en")
    feed(target, clip[: 2 * SAMPLE_RATE])
    first = target.request()
    assert first is not None
    assert target.request() is None
    target.on_failure()
    second = target.request()
    assert second is not None
    assert len(second.samples) >= len(first.samples)


def answer(text: str, avg_logprob: float = -0.1, *, at_s: float = 0.9, language: str = "en") -> DecodeResult:
    """Return a transcript whose words are 0.25 s long."""
    words = tuple(Word(part, at_s + i / 4, at_s + (i + 1) / 4, 0.9) for i, part in enumerate(text.split()))
    return DecodeResult(language, {"transcribe": Hypothesis(words, avg_logprob)})


def rungs(target: HearingSession, rejected: DecodeResult) -> tuple[list[DecodeRequest], list[Event]]:
    """Give the same answer until the session asks no more; returns its requests and events."""
    requests: list[DecodeRequest] = []
    events: list[Event] = []
    while (request := target.request()) is not None:
        requests.append(request)
        events += target.on_result(rejected)
    return requests, events


CAPPED = DecodeResult("en", {"transcribe": Hypothesis((Word("so", 1.0, 1.2, 0.9),), -0.1, capped=True)})


def test_a_runaway_is_decoded_again_at_the_full_window(clip: Samples) -> None:
    """While the speaker goes on, one more try is enough, because the next tick comes soon."""
    target = session(language="en")
    feed(target, clip[: 2 * SAMPLE_RATE])
    requests, events = rungs(target, CAPPED)
    assert [request.full_window for request in requests] == [False, True]
    assert events == []


def test_a_rejected_text_climbs_the_ladder_and_what_was_shown_stays(clip: Samples) -> None:
    """Full window, beam and two temperatures later the last believed words are committed, marked as doubtful."""
    target = session(language="en")
    feed(target, clip[: 2 * SAMPLE_RATE])
    assert target.request() is not None
    shown = target.on_result(answer("today I would"))
    assert shown[-1].tentative
    feed(target, np.concatenate([clip[2 * SAMPLE_RATE :], silence(0.3)]))
    requests, events = rungs(target, CAPPED)
    assert [(r.full_window, r.beam_size, r.temperature) for r in requests] == [
        (False, 1, 0.0),
        (True, 1, 0.0),
        (True, 5, 0.0),
        (True, 1, 0.2),
        (True, 1, 0.4),
    ]
    assert events[-1].committed == "today I would"
    assert events[-1].doubtful


def test_an_empty_last_decode_takes_no_words_away(clip: Samples) -> None:
    """It is tried once more, then what readers saw is committed."""
    target = session(language="en")
    feed(target, clip[: 2 * SAMPLE_RATE])
    assert target.request() is not None
    target.on_result(answer("today I would"))
    feed(target, np.concatenate([clip[2 * SAMPLE_RATE :], silence(0.3)]))
    requests, events = rungs(target, DecodeResult("en", {"transcribe": Hypothesis()}))
    assert [request.full_window for request in requests] == [False, True]
    assert events[-1].committed == "today I would"


def test_a_long_window_of_rejected_decodes_loses_nothing(clip: Samples) -> None:
    """At the longest window, too, the text that was believed is kept."""
    target = session(language="en")
    speech = np.tile(clip[SAMPLE_RATE : round(2.5 * SAMPLE_RATE)], 12)
    words = (
        "we all know that this year was hard for many of us but now there is hope because our new plant opens soon and"
    )
    words += " people from five cities will work there as well as most of you who sit in here"
    feed(target, speech[: 11 * SAMPLE_RATE])
    assert target.request() is not None
    events = target.on_result(answer(words, at_s=0.1))
    feed(target, speech[11 * SAMPLE_RATE : 15 * SAMPLE_RATE])
    _, more = rungs(target, CAPPED)
    said = " ".join(event.committed for event in [*events, *more] if event.state == "final").split()
    assert said == words.split()[: len(said)]
    assert len(said) >= 35


def test_a_short_pause_commits_the_words_and_a_long_one_closes_the_phrase(clip: Samples) -> None:
    """No decode is needed to close it; half a sentence goes on in the same phrase."""
    target = session(language="en")
    feed(target, np.concatenate([clip, silence(0.2)]))
    request = target.request()
    assert request is not None
    assert request.is_utterance_end
    events = target.on_result(answer("today I would like to talk about it"))
    assert [(event.state, event.committed) for event in events] == [("open", "today I would like to talk about it")]
    closed: list[Event] = []
    at_s = target.end_s
    for first in range(0, SAMPLE_RATE, 640):
        closed += target.hear(Chunk(silence(0.04), at_s + first / SAMPLE_RATE))
    assert target.request() is None
    assert [(event.state, event.committed) for event in closed] == [("final", "today I would like to talk about it")]


def test_a_window_that_fails_alone_is_given_up(clip: Samples) -> None:
    """After three failures of its own row the session goes on with the sound that follows, and keeps what it showed."""
    target = session(language="en")
    feed(target, clip[: 2 * SAMPLE_RATE])
    assert target.request() is not None
    target.on_result(answer("today I would"))
    feed(target, np.concatenate([clip[2 * SAMPLE_RATE :], silence(1.2)]))
    events: list[Event] = []
    for _ in range(3):
        assert target.request() is not None
        events += target.on_failure(is_row_fault=True)
    assert target.request() is None
    assert events[-1].state == "final"
    assert events[-1].committed == "today I would"


def test_the_glossary_reaches_prompt_and_text(clip: Samples) -> None:
    """Terms and corrections go to the model, and unwanted words are deleted from its text."""
    corrections = {"sir title": "Surtitle", "uhm": ""}
    target = session(language="en", glossary=Glossary(("Surtitle",), corrections))
    feed(target, np.concatenate([clip, silence(0.6)]))
    request = target.request()
    assert request is not None
    assert (request.terms, request.corrections) == (("Surtitle",), (("sir title", "Surtitle"),))
    said = tuple(Word(text, 1.0 + i / 2, 1.5 + i / 2, 0.9) for i, text in enumerate(["Uhm,", "Surtitle", "works."]))
    events = target.on_result(DecodeResult("en", {"transcribe": Hypothesis(said, -0.1)}))
    assert events[-1].committed == "Surtitle works."


def test_a_short_utterance_is_decoded_again_with_the_term_that_it_calls_for(clip: Samples) -> None:
    """The first decode knew nothing; the second has the term, and its text is committed."""
    target = session(language="en", glossary=Glossary((*(f"Placeholder{i}" for i in range(30)), "Kubernetes")))
    feed(target, np.concatenate([clip, silence(0.6)]))
    for text, has_term in (("cooper netties works.", False), ("Kubernetes works.", True)):
        request = target.request()
        assert request is not None
        assert ("Kubernetes" in request.terms) is has_term
        said = tuple(Word(part, 1.0 + 0.7 * i, 1.7 + 0.7 * i, 0.9) for i, part in enumerate(text.split()))
        events = target.on_result(DecodeResult("en", {"transcribe": Hypothesis(said, -0.1)}))
    assert events[-1].committed == "Kubernetes works."
    assert target.request() is None


def test_a_text_of_unwanted_words_alone_is_not_shown(clip: Samples) -> None:
    """It is heard and believed, so no other decode is tried."""
    target = session(language="en", glossary=Glossary(corrections={"uhm": ""}))
    feed(target, np.concatenate([clip, silence(0.6)]))
    assert target.request() is not None
    said = (Word("Uhm,", 1.0, 1.5, 0.9), Word("uhm.", 1.6, 2.1, 0.9))
    events = target.on_result(DecodeResult("en", {"transcribe": Hypothesis(said, -0.1)}))
    assert "".join(event.committed + event.tentative for event in events) == ""
    assert target.request() is None


def test_a_session_far_behind_never_asks_for_more_than_its_window(clip: Samples) -> None:
    """However much sound waits, one decode sees at most 14 s, and the buffer at most 120 s."""
    target = session(language="en")
    feed(target, np.tile(clip, 40))
    assert target.waiting_s > 100
    assert target.behind_s > 50
    request = target.request()
    assert request is not None
    assert request.duration_s <= 14.01


def test_a_gap_in_the_sound_keeps_the_clock(whisper: Whisper, clip: Samples) -> None:
    """Sound that never came counts as silence, so that later words keep their time."""
    target = session(language="en")
    play(target, np.concatenate([clip, silence(1)]), whisper)
    resumed_s = target.end_s + 10.0
    events: list[Event] = []
    for first in range(0, len(clip), 640):
        events += target.hear(Chunk(clip[first : first + 640], resumed_s + first / SAMPLE_RATE))
        while (request := target.request()) is not None:
            events += target.on_result(whisper.decode([request])[0])
    assert events
    assert all(event.start_s >= resumed_s for event in events)


def test_need_changes_nothing(clip: Samples) -> None:
    """A session that is asked after every chunk, or never, or several times, requests the same windows."""
    cough = clip[SAMPLE_RATE : round(1.2 * SAMPLE_RATE)]
    sound = np.concatenate([cough, silence(1), clip, silence(1), cough, silence(0.7), clip, silence(3), clip])

    def windows(n_calls: int) -> list[tuple[int, int, bool]]:
        target = session(language="en")
        found = []
        for first in range(0, len(sound), 640):
            target.hear(Chunk(sound[first : first + 640], first / SAMPLE_RATE))
            needs = [target.need() for _ in range(n_calls)]
            assert all(need == needs[0] for need in needs)
            request = target.request()
            if request is not None:
                found.append((request.first_sample, len(request.samples), request.is_utterance_end))
                words = tuple(Word(f"w{i}", i / 2, i / 2 + 0.4, 0.9) for i in range(int(request.duration_s * 2)))
                target.on_result(DecodeResult("en", {"transcribe": Hypothesis(words, -0.1)}))
        return found

    expected = windows(0)
    assert len(expected) > 5
    assert windows(1) == windows(3) == expected


def test_a_cough_is_not_decoded(clip: Samples) -> None:
    """An utterance with hardly any voice is dropped when it ends."""
    target = session(language="en")
    feed(target, np.concatenate([clip[SAMPLE_RATE : round(1.1 * SAMPLE_RATE)], silence(1)]))
    assert target.need() is None
    assert target.is_idle
