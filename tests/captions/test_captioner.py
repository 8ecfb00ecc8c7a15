"""The captions of a session from its live decodes."""

import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.speech_stream import SpeechChunk
from app.captions.session import Session
from app.captions.session_settings import SessionSettings
from tests.fakes.interpreter import STEP, Interpreter, sound_of, talk


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
