"""The captions of a session from its live decodes: languages and context."""

from dataclasses import replace

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.speech_stream import SpeechChunk
from app.captions.session import Session
from app.captions.session_settings import SessionSettings
from app.decode import demo_files
from app.decode.hypothesis import DecodeResult, Hypothesis, LanguageDetection, Word
from app.media import media_source
from tests.fakes.interpreter import STEP, Interpreter, sound_of, talk
from tests.support.hearing import HearingSession


@pytest.fixture(scope="module")
def clip() -> Samples:
    """Read a spoken sentence."""
    return media_source.load(demo_files.CLIP)


def hear(target: HearingSession, samples: Samples) -> None:
    """Feed sound in chunks of 40 ms."""
    at_s = target.end_s
    for first in range(0, len(samples), 640):
        target.hear(Chunk(samples[first : first + 640], at_s + first / SAMPLE_RATE))


def answer(language: str, text: str, logprob: float, shares: dict[str, float]) -> DecodeResult:
    """Return a transcript with a detection."""
    parts = text.split()
    word_s = 2.4 / len(parts)
    words = tuple(Word(part, 0.4 + i * word_s, 0.4 + (i + 1) * word_s, 0.9) for i, part in enumerate(parts))
    likely = max(shares, key=lambda code: shares[code])
    detection = LanguageDetection(likely, shares[likely], shares)
    return DecodeResult(language, {"transcribe": Hypothesis(words, logprob)}, detection)


def german_session(clip: Samples) -> HearingSession:
    """Return a session that has heard a German sentence."""
    target = HearingSession("main", "test", 1, SessionSettings(languages=("de", "en")))
    hear(target, np.concatenate([clip, np.zeros(SAMPLE_RATE, np.float32)]))
    assert target.request() is not None
    target.on_result(answer("de", "wir fangen heute an.", -0.2, {"de": 0.97, "en": 0.01}))
    assert target.request() is None
    return target


@pytest.mark.parametrize(("rival_logprob", "expected"), [(-0.6, "okay super."), (-0.1, "Okay, super!")])
def test_a_short_remark_is_decoded_in_both_languages(clip: Samples, rival_logprob: float, expected: str) -> None:
    """It stays in the language of the talk, unless the other one fits clearly better; the talk's language stays."""
    target = german_session(clip)
    hear(target, np.concatenate([clip[SAMPLE_RATE : 2 * SAMPLE_RATE], np.zeros(SAMPLE_RATE, np.float32)]))
    own = target.request()
    assert own is not None
    assert own.language == "de"
    shares = {"en": 0.6, "de": 0.3}
    assert target.on_result(answer("de", "okay super.", -0.5, shares)) == []
    rival = target.request()
    assert rival is not None
    assert (rival.language, rival.detect) == ("en", False)
    events = target.on_result(replace(answer("en", "Okay, super!", rival_logprob, shares), detection=None))
    assert events[-1].committed == expected
    assert target.request() is None


def test_nothing_is_committed_while_another_language_is_likely(clip: Samples) -> None:
    """The first second of another speaker is shown in grey, however often the model writes the same wrong words."""
    target = german_session(clip)
    shares = {"en": 0.99, "de": 0.01}
    for first, last in ((0.0, 1.9), (1.9, 2.4)):
        hear(target, clip[round(first * SAMPLE_RATE) : round(last * SAMPLE_RATE)])
        request = target.request()
        if request is None:
            continue
        for event in target.on_result(answer("de", "gold morgen heute", -0.6, shares)):
            assert event.committed == ""


def test_another_speaker_switches_the_language(clip: Samples) -> None:
    """With enough speech a sure detection decodes the window again in the other language."""
    target = german_session(clip)
    hear(target, clip[: round(2.8 * SAMPLE_RATE)])
    first = target.request()
    assert first is not None
    assert first.language == "de"
    assert target.on_result(answer("de", "heute wuerde ich", -0.9, {"en": 0.96, "de": 0.01})) == []
    second = target.request()
    assert second is not None
    assert (second.language, second.previous) == ("en", "")
    assert len(second.samples) == len(first.samples)


@pytest.mark.parametrize("seed", range(6))
def test_context_never_hides_what_is_said_after_it(seed: int) -> None:
    """A model that stops at the pause between context and new words is asked again without the context."""
    said = talk(seed)
    model = Interpreter(said, deaf_after_s=1.0)
    session = Session(room="main", source="mic", number=1, settings=SessionSettings(language="de"))
    samples, probabilities = sound_of(said)
    events = []
    for number, probability in enumerate(probabilities):
        chunk = Chunk(samples[number * STEP : (number + 1) * STEP], number * STEP / SAMPLE_RATE)
        events += session.feed(SpeechChunk(chunk, (probability,)))
        while (request := session.request()) is not None:
            events += session.on_result(model.answer(request))
    final = [event.committed for event in events if event.state == "final"]
    assert " ".join(final) == " ".join(word.text for word in said)
