"""The words of a recorded file: many windows in flight at once, the same filters and glossary as live."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.audio.chunk import SAMPLE_RATE
from app.audio.segments import Segment
from app.captions.event import ORIGINAL, Event
from app.captions.filters import FilterVerdict, judge
from app.captions.policy import CLAUSE_ENDS, LIMITS, SENTENCE_ENDS
from app.captions.translation_queue import ENGLISH
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Word, join_words
from app.decode.request import DecodeRequest, Task

WINDOW_MAX_S = 14.0
"""The longest window that fits the second encoder length with its tail. Demo model, beam 5, three clips in German and
English: word error 3.4 % with 14 s, 3.4 % with 7.6 s, 2.7 % with 28 s; translation of a fourth: 0.9 %, 6.8 % and 2.8 %.
28 s took 1.16 times as long."""

IN_FLIGHT = 32
"""Windows asked for at once: enough for full batches on all lanes, few enough to hold."""

PHRASE_LETTERS = 84
"""From here a phrase also ends at a clause: two lines of 42, the most that stand on a screen at once."""

DETECTION_SURE = 0.6
"""Below this share a window's language is that of the window before; short windows are easily misjudged."""


class WindowDecoder(Protocol):
    """Whatever decodes single windows; the engines in earnest."""

    async def decode(self, request: DecodeRequest) -> DecodeResult:
        """Decode one window; raises DecodeError."""


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    """What is wanted of a recording."""

    task: Task = "transcribe"
    language: str | None = None
    """The spoken language, or None to detect it window by window."""
    languages: tuple[str, ...] = ()
    """The languages to choose among; empty allows all the model knows."""
    glossary: Glossary = field(default_factory=Glossary)
    beam_size: int = 5
    """Hypotheses kept per step; 5 is Whisper's own choice where time does not matter."""


async def transcribe(
    pieces: Iterable[Segment],
    decoder: WindowDecoder,
    wanted: TranscribeOptions,
    tell: Callable[[float], object] = lambda done_s: None,
) -> list[Event]:
    """Return the phrases of a recording in order, final, on the track of the task.

    `pieces` is read in a thread, no further ahead than windows are in flight. `tell` hears up to which second all is
    done. Cancelling gives up.

    Raises:
        MediaError: The recording breaks off.
        DecodeError: The model failed twice on a window.
    """
    coming = iter(pieces)
    flying: deque[tuple[Segment, asyncio.Task[DecodeResult]]] = deque()
    phrases: list[Event] = []
    language = wanted.language or (wanted.languages[0] if wanted.languages else None)
    async with asyncio.TaskGroup() as group:
        is_over = False
        while flying or not is_over:
            while not is_over and len(flying) < IN_FLIGHT:
                piece = await asyncio.to_thread(next, coming, None)
                if piece is None:
                    is_over = True
                else:
                    flying.append((piece, group.create_task(decoder.decode(_request(piece, wanted, wanted.language)))))
            if not flying:
                break
            piece, task = flying.popleft()
            decoded = await task
            detection = decoded.detection
            if detection and language and detection.probability < DETECTION_SURE and decoded.language != language:
                decoded = await decoder.decode(_request(piece, wanted, language))
            language = decoded.language
            verdict = _judge(decoded, piece, wanted)
            if verdict.is_loop:
                again = replace(_request(piece, wanted, language), full_window=True)
                verdict = _judge(await decoder.decode(again), piece, wanted)
            phrases += _phrases(verdict.words, piece, wanted.task, language)
            tell(piece.start_s + piece.duration_s)
    return phrases


def _request(piece: Segment, wanted: TranscribeOptions, language: str | None) -> DecodeRequest:
    return DecodeRequest(
        samples=piece.samples,
        tasks=(wanted.task,),
        language=language,
        languages=wanted.languages,
        glossary=wanted.glossary.prompt,
        is_recorded=True,
        beam_size=wanted.beam_size,
    )


def _judge(decoded: DecodeResult, piece: Segment, wanted: TranscribeOptions) -> FilterVerdict:
    """Judge what was heard before it is corrected: a phrase made of corrections alone would pass for the prompt."""
    verdict = judge(
        decoded.hypotheses[wanted.task],
        language=ENGLISH if wanted.task == "translate" else decoded.language,
        sound=piece.vad,
        start_s=0.0,
        end_s=piece.duration_s,
        prompt=wanted.glossary.prompt,
    )
    return replace(verdict, words=wanted.glossary.correct(verdict.words))


def _phrases(words: Sequence[Word], piece: Segment, task: Task, language: str) -> Iterator[Event]:
    """Yield the phrases of one window; a translation's words get times in proportion to their letters."""
    timed = _spread(words, piece.duration_s) if task == "translate" else words
    for phrase in split(timed):
        start_s = piece.start_s + phrase[0].start_s
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
            end_s=piece.start_s + phrase[-1].end_s,
            committed=join_words(phrase),
            tentative="",
        )


def split(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    """Yield the phrases of timed words: they end where a sentence does, at a pause, and at a clause when long."""
    phrase: list[Word] = []
    for i, word in enumerate(words):
        phrase.append(word)
        following = words[i + 1] if i + 1 < len(words) else None
        is_pause = following is not None and following.start_s - word.end_s >= LIMITS.gap_s
        is_clause = len(join_words(phrase)) >= PHRASE_LETTERS and word.text.endswith(CLAUSE_ENDS)
        if following is None or is_pause or is_clause or word.text.endswith(SENTENCE_ENDS):
            yield tuple(phrase)
            phrase = []


def _spread(words: Sequence[Word], duration_s: float) -> list[Word]:
    n_letters = sum(len(word.text) + 1 for word in words)
    placed: list[Word] = []
    at = 0
    for word in words:
        start_s = duration_s * at / n_letters
        at += len(word.text) + 1
        placed.append(replace(word, start_s=start_s, end_s=duration_s * at / n_letters))
    return placed
