"""Transcribes a recorded file: many windows in flight at once, with the same filters and glossary as live.

A window whose text is not believed climbs the same ladder of better decodes as live. If none of them is believed, the
most probable text stays, marked as doubtful: a file is transcribed once, and what is left out is lost.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.audio.chunk import SAMPLE_RATE
from app.audio.segments import Segment
from app.audio.speech_thresholds import THRESHOLDS, SpeechThresholds
from app.captions.confidence import Confidence
from app.captions.doubt import number_doubtful
from app.captions.event import ORIGINAL, Event
from app.captions.filters import FilterVerdict, judge
from app.captions.ladder import next_try
from app.captions.limits import LIMITS
from app.captions.sentences import ends_clause, ends_sentence
from app.captions.term_memory import ask_again
from app.captions.untranslated import ENGLISH
from app.captions.word_times import snap_words
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis, Word, join_words
from app.decode.prompt import prompt_text
from app.decode.request import DecodeRequest, Task

IN_FLIGHT = 32
"""Windows in flight at once: enough for full batches on all lanes, without using much memory."""

PHRASE_LETTERS = 84
"""From this length on a phrase also ends at a clause: two lines of 42 letters, the maximum that screens show."""

DETECTION_SURE = 0.6
"""Below this probability a window is given the language of the previous one: short windows are often misdetected."""


HEARD_S = 1.0
"""With less voice than this a window without words is believed to have none."""


class WindowDecoder(Protocol):
    """Decodes single windows; in the service the engine pool."""

    async def decode(self, request: DecodeRequest) -> DecodeResult:
        """Decode one window; raises DecodeError."""


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    """How a recording is transcribed."""

    task: Task = "transcribe"
    language: str | None = None
    """The spoken language, or None to detect it in each window."""
    languages: tuple[str, ...] = ()
    """The languages that detection may choose from; empty allows all the model knows."""
    glossary: Glossary = field(default_factory=Glossary)
    beam_size: int = 5
    """Hypotheses kept per step; 5 is Whisper's own choice where time does not matter."""
    speech: SpeechThresholds = THRESHOLDS
    """What counts as speech."""


async def transcribe(
    segments: Iterable[Segment],
    decoder: WindowDecoder,
    options: TranscribeOptions,
    on_progress: Callable[[float], object] = lambda done_s: None,
    *,
    n_in_flight: int = IN_FLIGHT,
) -> list[Event]:
    """Return the final phrases of a recording in order, on the track of the task.

    `segments` is read in a thread, at most `n_in_flight` windows ahead. `on_progress` is called with the time in
    seconds up to which all windows are done. Cancelling stops without a result.

    Raises:
        MediaError: The recording breaks off.
        DecodeError: The model failed twice on a window.
    """
    upcoming = iter(segments)
    in_flight: deque[tuple[Segment, asyncio.Task[DecodeResult]]] = deque()
    phrases: list[Event] = []
    confidence = Confidence()
    language = options.language or (options.languages[0] if options.languages else None)
    async with asyncio.TaskGroup() as group:
        is_read = False
        while in_flight or not is_read:
            while not is_read and len(in_flight) < n_in_flight:
                segment = await asyncio.to_thread(next, upcoming, None)
                if segment is None:
                    is_read = True
                else:
                    in_flight.append(
                        (segment, group.create_task(decoder.decode(_request(segment, options, options.language))))
                    )
            if not in_flight:
                break
            segment, task = in_flight.popleft()
            decoded = await task
            detection = decoded.detection
            if detection and language and detection.probability < DETECTION_SURE and decoded.language != language:
                decoded = await decoder.decode(_request(segment, options, language))
            language = decoded.language
            sent = _request(segment, options, language)
            if again := ask_again(sent, decoded.hypotheses[options.task], options.glossary):
                decoded, sent = await decoder.decode(again), again
            words = await _believe(decoder, sent, decoded, segment, options, confidence)
            phrases += _split_events(words, segment, options.task, language)
            on_progress(segment.start_s + segment.duration_s)
    return phrases


def _request(segment: Segment, options: TranscribeOptions, language: str | None) -> DecodeRequest:
    return DecodeRequest(
        samples=segment.samples,
        tasks=(options.task,),
        language=language,
        languages=options.languages,
        terms=options.glossary.select(),
        corrections=options.glossary.select_corrections() if options.task == "transcribe" else (),
        is_recorded=True,
        beam_size=options.beam_size,
    )


async def _believe(
    decoder: WindowDecoder,
    sent: DecodeRequest,
    decoded: DecodeResult,
    segment: Segment,
    options: TranscribeOptions,
    confidence: Confidence,
) -> tuple[Word, ...]:
    """Return the words of the first believed decode of a window, else those of the most probable one as doubtful."""
    candidate: tuple[Word, ...] = ()
    candidate_logprob = -math.inf
    while True:
        hypothesis = decoded.hypotheses[options.task]
        verdict = _judge(hypothesis, decoded.language, sent, segment, options, confidence)
        if verdict.fault in (None, "logprob"):
            confidence.add(hypothesis.avg_logprob)
        if verdict.fault is None:
            return _mark_doubtful(verdict.words) if verdict.is_doubtful else verdict.words
        if verdict.words and hypothesis.avg_logprob > candidate_logprob:
            candidate, candidate_logprob = verdict.words, hypothesis.avg_logprob
        is_silent = verdict.fault == "empty" and segment.speech.voiced_s(0.0, segment.duration_s) < HEARD_S
        again = next_try(replace(sent, language=decoded.language), verdict.fault)
        if again is None or (not candidate and (is_silent or verdict.is_invented)):
            return _mark_doubtful(candidate)
        decoded, sent = await decoder.decode(again), again


def _judge(
    hypothesis: Hypothesis,
    spoken: str,
    request: DecodeRequest,
    segment: Segment,
    options: TranscribeOptions,
    confidence: Confidence,
) -> FilterVerdict:
    """Filter first, then delete: a text that is nothing but unwanted words is believed."""
    is_translation = options.task == "translate"
    language = ENGLISH if is_translation else spoken
    words = hypothesis.words if is_translation else snap_words(hypothesis.words, segment.speech)
    verdict = judge(
        replace(hypothesis, words=words),
        language=language,
        sound=segment.speech,
        start_s=0.0,
        end_s=segment.duration_s,
        prompt=prompt_text(request.terms, language),
        confidence=confidence,
    )
    # only words of the language that was spoken can be compared with the sound
    change = options.glossary.correct if is_translation else options.glossary.delete_unwanted
    return replace(verdict, words=change(verdict.words))


def _mark_doubtful(words: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(replace(word, is_doubtful=True) for word in words)


def _split_events(words: Sequence[Word], segment: Segment, task: Task, language: str) -> Iterator[Event]:
    """Yield the phrases of one window; words of a translation get times in proportion to their letters."""
    timed = _spread_times(words, segment.duration_s) if task == "translate" else words
    for phrase in split_phrases(timed, ENGLISH if task == "translate" else language):
        start_s = segment.start_s + phrase[0].start_s
        yield Event(
            room="",
            epoch="",
            seq=None,
            phrase=f"1-{round(start_s * SAMPLE_RATE)}",
            rev=1,
            source="recording",
            track=ENGLISH if task == "translate" else ORIGINAL,
            state="final",
            language=ENGLISH if task == "translate" else language,
            start_s=start_s,
            end_s=segment.start_s + phrase[-1].end_s,
            committed=join_words(phrase),
            tentative="",
            doubtful=number_doubtful(phrase),
        )


def split_phrases(words: Sequence[Word], language: str) -> Iterator[tuple[Word, ...]]:
    """Yield the phrases of timed words: they end with a sentence, at a pause, or at a clause when long."""
    phrase: list[Word] = []
    for i, word in enumerate(words):
        phrase.append(word)
        following = words[i + 1] if i + 1 < len(words) else None
        is_pause = following is not None and following.start_s - word.end_s >= LIMITS.gap_s
        parts = word.text, language, following.text if following else None
        is_clause = len(join_words(phrase)) >= PHRASE_LETTERS and ends_clause(*parts)
        if following is None or is_pause or is_clause or ends_sentence(*parts):
            yield tuple(phrase)
            phrase = []


def _spread_times(words: Sequence[Word], duration_s: float) -> list[Word]:
    n_letters = sum(len(word.text) + 1 for word in words)
    placed: list[Word] = []
    at = 0
    for word in words:
        start_s = duration_s * at / n_letters
        at += len(word.text) + 1
        placed.append(replace(word, start_s=start_s, end_s=duration_s * at / n_letters))
    return placed
