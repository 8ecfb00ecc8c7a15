"""What a recorder keeps of the decodes that pass through it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.audio.chunk import SAMPLE_RATE
from app.bench.manifest import ManifestLine
from app.bench.trace_recorder import RecordingDecoder, TraceRecorder, detect_speech
from app.decode import self_test
from app.decode.hypothesis import DecodeResult, Hypothesis, Word
from app.decode.request import DecodeRequest


class _Timed:
    """A decoder that expects every request to be timed."""

    def decode(self, requests: Sequence[DecodeRequest], min_length: int = 0) -> list[DecodeResult]:
        """Return a word."""
        assert all(request.timed for request in requests)
        return [DecodeResult("de", {"transcribe": Hypothesis((Word("Tag", 0.2, 0.6, 0.9),))}) for _ in requests]


def test_words_are_recorded_with_times_that_the_session_does_not_get() -> None:
    """A request without times is recorded on the clip's clock, and answered without times."""
    recorder = TraceRecorder()
    request = DecodeRequest(
        np.zeros(SAMPLE_RATE, np.float32), timed=False, is_utterance_end=True, first_sample=2 * SAMPLE_RATE
    )
    [result] = RecordingDecoder(_Timed(), recorder).decode([request])
    assert [(word.text, word.end_s) for word in result.hypotheses["transcribe"].words] == [("Tag", 0.0)]
    line = ManifestLine(Path("talk.wav"), "de", "transcribe", "Tag")
    clip = recorder.make_clip(line, np.zeros(SAMPLE_RATE, np.float32), (), 0.5)
    assert (clip.name, clip.phase_s, clip.speech) == ("talk.wav", 0.5, ())
    [decode] = clip.decodes
    assert (decode.start_s, decode.end_s, decode.is_final) == (2.0, 3.0, True)
    assert decode.hypothesis is not None
    assert [(word.start_s, word.end_s) for word in decode.hypothesis.words] == [(2.2, 2.6)]


def test_speech_is_where_the_clip_has_it() -> None:
    """Silence around the known clip is no speech."""
    silence = np.zeros(2 * SAMPLE_RATE, np.float32)
    known = self_test.read_clip().samples
    spans = detect_speech(np.concatenate([silence, known, silence]))
    assert 1.8 <= spans[0][0] <= 2.6
    assert spans[-1][1] <= 2 + len(known) / SAMPLE_RATE + 0.3
