"""Sessions and schedules that find the speech in plain chunks themselves, for tests that have no speech detector."""

from app.audio.buffer import Buffer
from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.speech_stream import SpeechChunk, SpeechStream
from app.audio.speech_timeline import SpeechTimeline
from app.captions.event import Event
from app.captions.session import Session
from app.captions.session_settings import SessionSettings
from app.captions.windows import WindowSchedule


class HearingSession(Session):
    """A session with the speech detection of its source."""

    def __init__(self, room: str, source: str, number: int, settings: SessionSettings | None = None) -> None:
        """Start at 0 s."""
        super().__init__(room=room, source=source, number=number, settings=settings)
        self._stream = SpeechStream()

    def hear(self, chunk: Chunk) -> list[Event]:
        """Feed a chunk."""
        return self.feed(self._stream.feed(chunk))


class HearingSchedule(WindowSchedule):
    """A schedule with the speech detection of its source."""

    def __init__(self) -> None:
        """Start at 0 s."""
        super().__init__()
        self._stream = SpeechStream()

    def hear(self, chunk: Chunk, *, keeps_silence: bool) -> bool:
        """Feed a chunk."""
        return self.feed(self._stream.feed(chunk), keeps_silence=keeps_silence)


def analyse(samples: Samples, n_chunk: int = 640) -> list[SpeechChunk]:
    """Return the speech of a sound that comes in chunks of `n_chunk` samples."""
    stream = SpeechStream()
    return [
        stream.feed(Chunk(samples[first : first + n_chunk], first / SAMPLE_RATE))
        for first in range(0, len(samples), n_chunk)
    ]


def find_speech(samples: Samples) -> SpeechTimeline:
    """Return where there is speech in a sound."""
    timeline = SpeechTimeline()
    for speech in analyse(samples):
        timeline.add(speech)
    return timeline


def amplified(analysed: list[SpeechChunk]) -> Samples:
    """Return the sound of chunks as it is decoded."""
    buffer = Buffer(3600.0)
    for speech in analysed:
        buffer.append(speech.chunk)
        if speech.late_gain is not None:
            buffer.amplify(speech.late_gain.start_s, speech.late_gain.end_s, speech.late_gain.factor)
    return buffer.window(0.0, buffer.end_s)
