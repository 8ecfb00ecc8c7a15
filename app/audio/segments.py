"""Splits a recording into segments to decode: leaves silence out, and cuts long speech where it is quietest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.audio.buffer import Buffer
from app.audio.chunk import SAMPLE_RATE, Chunk, Samples
from app.audio.silero import STEP_S
from app.audio.speech_stream import SpeechStream
from app.audio.speech_thresholds import THRESHOLDS, SpeechThresholds
from app.audio.speech_timeline import SpeechTimeline

MARGIN_S = 0.3
"""Silence kept on both sides of speech: soft consonants at its edges are not always found."""

SILENCE_S = 1.0
"""A silence this long ends a segment; shorter ones stay in it, because context helps the model."""

VOICE_MIN_S = 0.25
"""Less voice is a click or a cough."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Speech to decode at once."""

    samples: Samples
    """Mono at SAMPLE_RATE, after the automatic gain."""
    start_s: float
    """Where it begins in the recording."""
    speech: SpeechTimeline
    """Where there is voice, on the segment's own clock."""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE


def split_segments(
    sound: Iterable[Samples], max_s: float, thresholds: SpeechThresholds = THRESHOLDS
) -> Iterator[Segment]:
    """Yield the speech of a recording in order, in segments of at most `max_s`; keep at most two of them in memory.

    All voice is in exactly one segment. A cut through speech is in the longest silence of the segment's second half, or
    at its quietest moment if there is no silence.
    """
    stream, speech, buffer = SpeechStream(thresholds), SpeechTimeline(), Buffer(2 * max_s + 10)
    start_s: float | None = None
    done_s = 0.0
    for samples in sound:
        heard = stream.feed(Chunk(samples, buffer.end_s))
        buffer.append(heard.chunk)
        if heard.late_gain is not None:
            buffer.amplify(heard.late_gain.start_s, heard.late_gain.end_s, heard.late_gain.factor)
        speech.add(heard)
        if start_s is None:
            start_s = _voice_start(speech, done_s)
            if start_s is None:
                done_s = max(done_s, speech.end_s - MARGIN_S - STEP_S)
                buffer.cut(done_s)
                speech.forget(done_s)
                continue
        end_s: float | None = None
        if speech.silence_s >= SILENCE_S:
            end_s = speech.end_s - speech.silence_s + MARGIN_S
        elif speech.end_s - start_s >= max_s:
            end_s = _quietest_s(speech, start_s + max_s / 2, start_s + max_s)
        if end_s is not None:
            yield from _segment(buffer, speech, start_s, end_s)
            done_s, start_s = end_s, None
            buffer.cut(done_s)
            speech.forget(done_s)
    if start_s is not None:
        yield from _segment(buffer, speech, start_s, buffer.end_s)


def _voice_start(speech: SpeechTimeline, since_s: float) -> float | None:
    """Return where the first voice after a time begins, minus a margin; None if there is none yet."""
    if not speech.voiced_s(since_s, speech.end_s):
        return None
    at_s = since_s
    while not speech.voiced_s(at_s, at_s + STEP_S):
        at_s += STEP_S
    return max(since_s, at_s - MARGIN_S)


def _quietest_s(speech: SpeechTimeline, first_s: float, last_s: float) -> float:
    """Return the middle of the longest silence between two times, or the quietest moment if there is no silence."""
    longest = silent = 0
    end_s = at_s = first_s
    while at_s < last_s:
        at_s += STEP_S
        silent = 0 if speech.voiced_s(at_s - STEP_S, at_s) else silent + 1
        if silent > longest:
            longest, end_s = silent, at_s
    return end_s - longest * STEP_S / 2 if longest > 1 else speech.quietest_s(first_s, last_s)


def _segment(buffer: Buffer, speech: SpeechTimeline, start_s: float, end_s: float) -> Iterator[Segment]:
    if speech.voiced_s(start_s, end_s) >= VOICE_MIN_S:
        samples = buffer.window(start_s, end_s)
        yield Segment(samples, start_s, speech.part(start_s, end_s))
