"""Records what is decoded while a clip plays, for a trace."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from app.audio.chunk import SAMPLE_RATE, Samples
from app.audio.speech_stream import SpeechStream
from app.audio.speech_timeline import SpeechTimeline
from app.bench.json_lines import Span, TimedWord
from app.bench.manifest import ManifestLine
from app.bench.paced_source import split_chunks
from app.bench.stream_play import CHUNK_S
from app.bench.trace import TracedClip, TracedDecode
from app.captions.live_session import LiveDecoder
from app.captions.room import LiveEngine
from app.decode.hypothesis import DecodeResult, Hypothesis
from app.decode.request import DecodeClient, DecodeNeed, DecodeRequest
from app.decode.worker import BatchDecoder


class TraceRecorder:
    """The decodes of one clip.

    All words are timed, also those of requests that need no times, so that every window of a replay finds its words.
    """

    def __init__(self) -> None:
        """Start without decodes."""
        self._decodes: list[TracedDecode] = []

    def prepare(self, request: DecodeRequest) -> DecodeRequest:
        """Return the request to send instead of the session's."""
        return replace(request, timed=True)

    def record(self, request: DecodeRequest, result: DecodeResult) -> DecodeResult:
        """Record the result of a prepared request; return it as the session's own request would have it."""
        start_s = request.first_sample / SAMPLE_RATE
        own = result.hypotheses.get("transcribe")
        timed = own and replace(own, words=tuple(word.shifted(start_s) for word in own.words))
        self._decodes.append(
            TracedDecode(
                start_s=start_s,
                end_s=start_s + request.duration_s,
                hypothesis=timed,
                translation=result.hypotheses.get("translate"),
                language=result.language,
                detection=result.detection,
                is_final=request.is_utterance_end,
            )
        )
        if own is None or request.timed:
            return result
        return replace(result, hypotheses=result.hypotheses | {"transcribe": _without_times(own)})

    def make_clip(
        self, line: ManifestLine, samples: Samples, words: Sequence[TimedWord], phase_s: float = 0.0
    ) -> TracedClip:
        """Return the clip with what was decoded so far; `words` are what was spoken, and when."""
        return TracedClip(
            name=line.audio.name,
            duration_s=len(samples) / SAMPLE_RATE,
            language=line.language,
            task=line.task,
            reference=line.reference,
            words=tuple(words),
            speech=detect_speech(samples),
            phase_s=phase_s,
            decodes=tuple(self._decodes),
        )


class RecordingDecoder:
    """Passes batches to another decoder and records their results."""

    def __init__(self, decoder: BatchDecoder, recorder: TraceRecorder) -> None:
        """Decode with `decoder`."""
        self._decoder = decoder
        self._recorder = recorder

    def decode(self, requests: Sequence[DecodeRequest], min_length: int = 0) -> list[DecodeResult]:
        """Return the results of the requests."""
        results = self._decoder.decode([self._recorder.prepare(request) for request in requests], min_length)
        return [self._recorder.record(request, result) for request, result in zip(requests, results, strict=True)]


class RecordingEngine:
    """Passes streams to another engine and records their results."""

    def __init__(self, engine: LiveEngine, recorder: TraceRecorder) -> None:
        """Decode with `engine`."""
        self._engine = engine
        self._recorder = recorder

    @contextmanager
    def join(self, room: str = "") -> Iterator["RecordingStream"]:
        """Join the engine while the block lasts."""
        with self._engine.join(room) as decoder:
            yield RecordingStream(decoder, self._recorder)


class RecordingStream:
    """One stream of a `RecordingEngine`."""

    def __init__(self, decoder: LiveDecoder, recorder: TraceRecorder) -> None:
        """Decode with `decoder`."""
        self._decoder = decoder
        self._recorder = recorder

    @property
    def slot(self) -> float | None:
        """The decoder's slot."""
        return self._decoder.slot

    @property
    def cadence_s(self) -> float:
        """The decoder's cadence."""
        return self._decoder.cadence_s

    async def answer(self, client: DecodeClient) -> DecodeResult | None:
        """Decode what the client needs, and record the result; None if it no longer needs anything."""
        recorded = _RecordedClient(client, self._recorder)
        result = await self._decoder.answer(recorded)
        if result is None or recorded.sent is None:
            return result
        return self._recorder.record(recorded.sent, result)


class _RecordedClient:
    """Sends a client's request after preparing it, and keeps the original."""

    def __init__(self, client: DecodeClient, recorder: TraceRecorder) -> None:
        self._client = client
        self._recorder = recorder
        self.sent: DecodeRequest | None = None

    def need(self) -> DecodeNeed | None:
        """Return what the client needs."""
        return self._client.need()

    def request(self) -> DecodeRequest | None:
        """Return the client's request, prepared."""
        self.sent = self._client.request()
        return None if self.sent is None else self._recorder.prepare(self.sent)


def detect_speech(samples: Samples) -> tuple[Span, ...]:
    """Return the spans of a recording in which speech is detected."""
    stream, timeline = SpeechStream(), SpeechTimeline()
    for chunk in split_chunks(samples, CHUNK_S):
        timeline.add(stream.feed(chunk))
    return tuple(timeline.spans(0.0, len(samples) / SAMPLE_RATE))


def _without_times(hypothesis: Hypothesis) -> Hypothesis:
    return replace(hypothesis, words=tuple(replace(word, start_s=0.0, end_s=0.0) for word in hypothesis.words))
