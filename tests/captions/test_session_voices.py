"""The voices of a live session, with a speaker model that hears how loud somebody is."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.silero import STEP, STEP_S
from app.audio.speaker_embedder import SpeakerEmbedder
from app.audio.speech_stream import SpeechChunk
from app.captions.session_voices import RoomVoices, SessionVoices
from app.captions.speaker_clusters import ClusterLimits
from app.captions.speaker_turns import OneSpeaker
from app.errors import ModelError
from tests.support.voices import make_voice


class LoudnessEmbedder:
    """Takes everybody of the same loudness for one person."""

    def __init__(self, *, fails: bool = False) -> None:
        self.n_windows = 0
        self._fails = fails

    async def embed(self, samples: Samples) -> NDArray[np.float32] | None:
        """Return the voice of the person who is as loud, in tenths of full scale."""
        self.n_windows += 1
        if self._fails:
            raise ModelError("Expected a model, but it broke.")
        return make_voice(round(10 * float(np.abs(samples).max())), self.n_windows)


def _room(embedder: LoudnessEmbedder) -> RoomVoices:
    return RoomVoices(cast("SpeakerEmbedder", embedder), ClusterLimits(similarity=0.3))


class Speech:
    """Feeds speech of one loudness after another to a session."""

    def __init__(self, voices: SessionVoices) -> None:
        self.voices = voices
        self._n_steps = 0

    async def say(self, person: int, seconds: float = 2.0) -> tuple[float, float]:
        """Speak, pause, wait for the voices, and return when it was said."""
        start_s = self._n_steps * STEP_S
        for loudness, length_s in ((person / 10, seconds), (0.0, 0.5)):
            for _ in range(round(length_s / STEP_S)):
                samples = np.full(STEP, loudness, np.float32)
                chunk = Chunk(samples, self._n_steps * STEP / SAMPLE_RATE)
                self.voices.feed(SpeechChunk(chunk, (0.9 if loudness else 0.0,)))
                self._n_steps += 1
        await self.voices.catch_up()
        return start_s, start_s + seconds


async def test_people_of_one_source_are_told_apart() -> None:
    """Each has a label, and who comes back has the same one, in another session too."""
    room = _room(LoudnessEmbedder())
    first = Speech(room.open_session())
    spans = [await first.say(person) for person in (1, 5, 1)]
    assert [first.voices.label(*span) for span in spans] == ["Speaker 1", "Speaker 2", "Speaker 1"]
    second = Speech(room.open_session())
    assert second.voices.label(*await second.say(5)) == "Speaker 2"


async def test_the_voice_of_a_named_source_is_not_looked_at() -> None:
    """Its name is the label of all that is said."""
    embedder = LoudnessEmbedder()
    talk = Speech(_room(embedder).open_session(OneSpeaker("Ada")))
    assert talk.voices.label(*await talk.say(1)) == "Ada"
    assert embedder.n_windows == 0


async def test_voices_can_be_switched_off() -> None:
    """Then nobody's voice is analysed, and nobody has a label."""
    embedder = LoudnessEmbedder()
    room = _room(embedder)
    room.is_on = False
    talk = Speech(room.open_session())
    assert talk.voices.label(*await talk.say(1)) is None
    assert embedder.n_windows == 0


async def test_the_end_of_the_sound_is_looked_at() -> None:
    """What was said just before the sound ended has a label too."""
    room = _room(LoudnessEmbedder())
    voices = room.open_session()
    for number in range(round(1.2 / STEP_S)):
        chunk = Chunk(np.full(STEP, 0.3, np.float32), number * STEP / SAMPLE_RATE)
        voices.feed(SpeechChunk(chunk, (0.9,)))
    voices.end()
    await voices.catch_up()
    assert voices.label(0.2, 1.0) == "Speaker 1"
    voices.close()


async def test_a_model_that_fails_costs_the_names_only() -> None:
    """Captions go on without labels."""
    talk = Speech(_room(LoudnessEmbedder(fails=True)).open_session())
    assert talk.voices.label(*await talk.say(1)) is None


async def test_an_erased_room_forgets_its_voices() -> None:
    """The same person gets another number afterwards."""
    room = _room(LoudnessEmbedder())
    talk = Speech(room.open_session())
    await talk.say(1)
    room.forget()
    assert talk.voices.label(*await talk.say(1)) == "Speaker 2"
