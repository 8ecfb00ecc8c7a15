"""One life of a source: its sound goes in, requests for decodes and events for readers come out.

Knows no clock, no asyncio and no engine, so a room runs it live and the bench runs it on a simulated clock.
"""

from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from app import metrics
from app.audio.buffer import Buffer
from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.level import Level
from app.audio.vad import Vad
from app.captions.cadence import CADENCE, Cadence, Pace
from app.captions.event import Event
from app.captions.filters import FilterVerdict, judge
from app.captions.language import LanguageFollower
from app.captions.phrase import Phrase
from app.captions.policy import LIMITS, SENTENCE_ENDS, ClosedPhrase, Policy, PolicyUpdate, Window
from app.captions.translation_queue import ENGLISH, TranslationQueue, UntranslatedPhrase
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis, join_words
from app.decode.prompt import estimate_prompt_tokens
from app.decode.request import DecodeNeed, DecodeRequest, Task, Urgency

FORGET_S = 0.4
"""Silence is let go of in pieces of this length, since each time costs."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What is wanted of a source's words."""

    task: Task = "transcribe"
    language: str | None = None
    """The spoken language, or None to follow it."""
    languages: tuple[str, ...] = ()
    """The languages to follow among; empty allows all the model knows."""
    glossary: Glossary = field(default_factory=Glossary)
    has_drafts: bool = False
    """Whether a smaller model writes what may still change."""


@dataclass(frozen=True, slots=True)
class _InFlight:
    """The request in flight."""

    request: DecodeRequest
    window: Window
    translates: UntranslatedPhrase | None = None
    """The closed phrase this decode is for, or None for the live window."""


class Session:
    """Drives one source session; all calls from one task."""

    def __init__(
        self,
        *,
        room: str,
        source: str,
        number: int,
        settings: SessionSettings | None = None,
        origin_s: float = 0.0,
        cadence: Cadence = CADENCE,
    ) -> None:
        """Begin session `number` of `room`, whose clock starts at `origin_s` on the room's audio clock."""
        self.settings = settings or SessionSettings()
        self.level = Level()
        self.pace = Pace(cadence.tick_s)
        """How often a running utterance is decoded; may change at any time."""
        self._room, self._source, self._number, self._origin_s = room, source, number, origin_s
        self._cadence = cadence
        self._vad = Vad()
        self._buffer = Buffer()
        self._policy = Policy()
        self._follower = LanguageFollower(self.settings.language, self.settings.languages)
        self._phrase: Phrase | None = None
        self._heard_s = 0.0
        self._cut_s = 0.0
        """Where the open window begins."""
        self._decoded_s = 0.0
        """Where the last decoded window ended."""
        self._solid_s = 0.0
        """Where the last window ended that was no draft."""
        self._ends: deque[float] = deque()
        """Ends of utterances that are not decoded yet."""
        self._is_talking = False
        self._translating = TranslationQueue(self.settings.glossary)
        self._asked: _InFlight | None = None
        self._again: _InFlight | None = None
        """The live request to repeat, changed by what its first answer showed."""
        self._previous = ""
        """The sentence so far, when the window begins in the middle of it."""

    @property
    def tracks(self) -> tuple[str, ...]:
        """Tracks this session writes."""
        return ("original", ENGLISH) if self.settings.task == "translate" else ("original",)

    @property
    def end_s(self) -> float:
        """How much sound has come, in seconds on the session's clock."""
        return self._buffer.end_s

    @property
    def is_speech(self) -> bool:
        """Whether somebody is speaking now."""
        return self._vad.is_speech

    @property
    def behind_s(self) -> float:
        """Seconds of sound with speech in it that wait to be decoded."""
        start_s = max(self._decoded_s, self._cut_s)
        if not self._ends and self._vad.voiced_s(start_s, self.end_s) == 0:
            return 0.0
        return max(0.0, self.end_s - start_s)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in flight and nothing waits to be closed."""
        return not (self._asked or self._again or self._ends or self._translating)

    def configure(self, settings: SessionSettings) -> None:
        """Go on with other settings from the next decode on."""
        if (settings.language, settings.languages) != (self.settings.language, self.settings.languages):
            self._follower = LanguageFollower(settings.language, settings.languages)
        self._translating.glossary = settings.glossary
        self.settings = settings

    def feed(self, chunk: Chunk, *, is_heard: bool = True) -> None:
        """Take in sound; chunks come in order, and a gap between them counts as silence.

        Sound that is not to be heard counts as silence too, but for the meter.
        """
        self.level.feed(chunk.samples)
        if not is_heard:
            chunk = replace(chunk, samples=np.zeros_like(chunk.samples))
        missing = (
            round((chunk.start_s - self._vad.end_s) * SAMPLE_RATE) if self.end_s else round(chunk.start_s * SAMPLE_RATE)
        )
        if missing > 0:
            self._vad.skip(missing)
        self._buffer.append(chunk)
        self._vad.feed(chunk.samples[max(0, -missing) :])
        self._heard_s = max(self._heard_s, chunk.end_s)
        self._cut_s = max(self._cut_s, self._buffer.start_s)
        if self._vad.is_speech:
            if not self._is_talking:
                self._forget_silence(0.0)
            self._is_talking = True
        elif self._is_talking and self._vad.silence_s >= self._cadence.ended_s:
            self._is_talking = False
            self._ends.append(self._vad.end_s)
        if not self._vad.is_speech:
            self._forget_silence(FORGET_S)

    def end(self) -> None:
        """The sound stopped: what is open closes with the next decode; more sound may come later."""
        self._is_talking = False
        start_s = self._ends[-1] if self._ends else self._cut_s
        has_words = self._phrase is not None
        if has_words or self._vad.voiced_s(start_s, self.end_s) >= self._cadence.voice_min_s:
            self._ends.append(self.end_s)

    def need(self) -> DecodeNeed | None:
        """Return what is due now without its sound, None if nothing is or a request is in flight."""
        if self._asked is not None:
            return None
        if self._translating:
            return self._translating.need()
        if self._again is not None:
            return self._again.request.need()
        window = self._due_window()
        if window is None:
            return None
        urgency = Urgency.FINAL if window.is_ended else Urgency.TENTATIVE
        n_prompt = estimate_prompt_tokens(self.settings.glossary.prompt, self._previous)
        return DecodeNeed(window.end_s - window.start_s, urgency, n_prompt, is_draft=self._is_draft(window))

    def request(self) -> DecodeRequest | None:
        """Return the decode that is due now, if one is; it must be answered by `result` or `failed` before the next."""
        if self._asked is not None:
            return None
        if self._translating:
            waiting, request = self._translating.ask()
            self._asked = _InFlight(request, self._window(), waiting)
            return request
        if self._again is not None:
            again, self._again = self._again, None
            return self._ask(again.request, again.window)
        window = self._due_window()
        if window is None:
            return None
        language = self._follower.current
        is_new = language is None or self._follower.asks(window.end_s)
        translates = self.settings.task == "translate" and language != ENGLISH
        is_draft = self._is_draft(window)
        request = DecodeRequest(
            samples=self._buffer.window(window.start_s, window.end_s),
            tasks=("transcribe", "translate") if translates else ("transcribe",),
            language=language,
            detect=is_new,
            languages=self._follower.allowed,
            glossary=self.settings.glossary.prompt,
            previous=self._previous,
            is_final=window.is_ended,
            timed=not is_draft and self._policy.may_commit(window),
            is_draft=is_draft,
            stream=f"{self._room}/{self._number}",
            first_sample=round(window.start_s * SAMPLE_RATE),
        )
        return self._ask(request, window)

    def result(self, decoded: DecodeResult) -> list[Event]:
        """Take in the answer to the request in flight and return what readers should see, oldest first."""
        if self._asked is None:
            raise ValueError("there is no request in flight that this could answer")
        asked, self._asked = self._asked, None
        if asked.translates is not None:
            return self._translating.finish(asked.translates, decoded, self._vad)
        self._decoded_s = asked.window.end_s
        if asked.request.is_draft:
            return self._sketch(asked, decoded)
        self._solid_s = asked.window.end_s
        if decoded.detection is not None:
            speech_s = self._vad.voiced_s(asked.window.start_s, asked.window.end_s)
            self._follower.hear(decoded.detection, at_s=asked.window.end_s, speech_s=speech_s)
            if self._follower.current != decoded.language:
                return self._switch(asked)
        return self._take(asked, decoded)

    def failed(self) -> None:
        """The request in flight has no answer; it is asked again."""
        if self._asked is None:
            return
        asked, self._asked = self._asked, None
        if asked.translates is not None:
            self._translating.again(asked.translates)
        else:
            self._again = None
            self._decoded_s = min(self._decoded_s, asked.window.start_s)

    def _window(self) -> Window:
        """Return the sound since the last cut, up to the end of its utterance, at most what a live decode may see."""
        end_s = self._ends[0] if self._ends else self.end_s
        last_s = self._cut_s + LIMITS.force_s
        return Window(self._cut_s, min(end_s, last_s), bool(self._ends) and end_s <= last_s, self._vad)

    def _due_window(self) -> Window | None:
        """Return the window that is due for a decode; utterances too slight for one are left behind."""
        if not (self._ends or self._is_talking or self._phrase) and self._vad.silence_s > self._cadence.ended_s:
            return None  # a silent room is looked at 25 times a second, so this is all it costs
        window = self._window()
        while self._ends and not self._is_worth(window):
            self._finish_utterance(window)
            window = self._window()
        return window if self._is_due(window) else None

    def _is_draft(self, window: Window) -> bool:
        """Return whether the small model writes this one; the large one decides on language and on what is solid."""
        if not self.settings.has_drafts or window.is_ended or self._follower.current is None:
            return False
        is_long = window.reaches(LIMITS.force_s)
        return not is_long and window.end_s - max(self._solid_s, window.start_s) < self._cadence.solid_s

    def _is_worth(self, window: Window) -> bool:
        is_voiced = self._vad.voiced_s(window.start_s, window.end_s) >= self._cadence.voice_min_s
        return is_voiced or self._phrase is not None or not window.is_ended

    def _is_due(self, window: Window) -> bool:
        if window.is_ended:
            return True
        start_s = max(self._decoded_s, window.start_s)
        if self._decoded_s <= window.start_s:  # nothing of this window was decoded yet
            return self._vad.voiced_s(start_s, self.end_s) >= self._cadence.first_s
        return self.pace.is_due(start_s, self.end_s) and self._vad.voiced_s(start_s, self.end_s) > 0

    def _ask(self, request: DecodeRequest, window: Window) -> DecodeRequest:
        self._asked = _InFlight(request, window)
        return request

    def _switch(self, asked: _InFlight) -> list[Event]:
        """The language changed: keep what is solid, and decode the rest anew in the other language."""
        events: list[Event] = []
        if self._policy.committed:
            update = self._policy.close(asked.window)
            events = self._publish(update, asked, None)
            self._decoded_s = self._cut_s
        self._previous = ""
        if not events:
            request = replace(asked.request, language=self._follower.current, detect=False, previous="")
            self._again = replace(asked, request=request)
        return events

    def _take(self, asked: _InFlight, decoded: DecodeResult) -> list[Event]:
        window, request = asked.window, asked.request
        hypothesis = decoded.hypotheses["transcribe"]
        verdict = self._judge(hypothesis, decoded.language, window)
        self._follower.doubt(hypothesis.avg_logprob)
        if verdict.fault is not None and verdict.fault != "empty":
            metrics.REJECTED.labels(verdict.fault).inc()
            self._previous = ""
            if verdict.is_loop and not request.full_window:
                retry = replace(request, full_window=True, previous="", detect=False, language=decoded.language)
                self._again = replace(asked, request=retry)
                return []
        is_long = window.reaches(LIMITS.force_s)
        if verdict.words or window.is_ended or is_long:
            update = self._policy.update(verdict.words, window, is_doubtful=verdict.is_doubtful)
        else:
            return []
        events = self._publish(update, asked, decoded)
        if update.is_set_aside and update.closed:
            self._decoded_s = self._cut_s
            return events
        if is_long and not window.is_ended and self._cut_s == window.start_s:
            # nothing in it was believed: let go of it, or the window would grow for ever
            self._cut(window.end_s - LIMITS.force_keep_s)
            events += self._vanish()
        if window.is_ended:
            self._finish_utterance(window)
            events += self._vanish()
        return events

    def _sketch(self, asked: _InFlight, decoded: DecodeResult) -> list[Event]:
        """Show a draft behind the solid words; it changes nothing else."""
        verdict = self._judge(decoded.hypotheses["transcribe"], decoded.language, asked.window)
        if verdict.fault is not None:
            return []
        update = self._policy.sketch(verdict.words)
        return [] if update is None else self._publish(update, asked, decoded)

    def _judge(self, hypothesis: Hypothesis, language: str, window: Window) -> FilterVerdict:
        words = self.settings.glossary.correct([word.shifted(window.start_s) for word in hypothesis.words])
        timed = replace(hypothesis, words=words)
        return judge(
            timed,
            language=language,
            sound=self._vad,
            start_s=window.start_s,
            end_s=window.end_s,
            prompt=self.settings.glossary.prompt,
        )

    def _publish(self, update: PolicyUpdate, asked: _InFlight, decoded: DecodeResult | None) -> list[Event]:
        language = decoded.language if decoded else asked.request.language or ENGLISH
        translation = self._translating.read(decoded, self._vad)
        events: list[Event] = []
        for closed in update.closed:
            is_whole = asked.window.is_ended and closed is update.closed[0] and closed.cut_s == asked.window.end_s
            events += self._close(closed, language, translation if is_whole else "")
        if update.committed or update.tentative or self._phrase is not None:
            phrase = self._phrase = self._phrase or self._begin()
            events += phrase.open(language, update.committed, update.tentative)
            if self.settings.task == "translate" and language == ENGLISH:
                events += phrase.open_translation(ENGLISH, join_words([*update.committed, *update.tentative]))
            elif translation and not update.closed:
                events += phrase.open_translation(ENGLISH, translation)
        return events

    def _close(self, closed: ClosedPhrase, language: str, translation: str) -> list[Event]:
        """Finish the open phrase; without a translation of just its sound at hand, ask for one."""
        phrase = self._phrase or self._begin()
        events = phrase.close(language, closed.words)
        if self.settings.task == "translate":
            if language == ENGLISH:
                events += phrase.close_translation(ENGLISH, join_words(closed.words))
            elif translation:
                events += phrase.close_translation(ENGLISH, translation)
            else:
                samples = self._buffer.window(phrase.start_s, closed.cut_s)
                self._translating.add(phrase, samples, language)
        is_sentence = closed.words[-1].text.endswith(SENTENCE_ENDS)
        self._previous = "" if is_sentence else join_words(closed.words)
        self._phrase = None
        self._cut(closed.cut_s)
        return events

    def _finish_utterance(self, window: Window) -> None:
        """Leave an utterance behind, but for a little silence that leads into the next."""
        self._ends.popleft()
        self._cut(max(self._cut_s, window.end_s - self._cadence.ended_s / 2))
        self._decoded_s = self._cut_s
        self._follower.begin()

    def _vanish(self) -> list[Event]:
        phrase, self._phrase = self._phrase, None
        return phrase.vanish() if phrase else []

    def _begin(self) -> Phrase:
        name = f"{self._number}-{round(self._cut_s * SAMPLE_RATE)}"
        return Phrase(room=self._room, source=self._source, name=name, start_s=self._cut_s, origin_s=self._origin_s)

    def _cut(self, at_s: float) -> None:
        self._cut_s = max(self._cut_s, at_s)
        self._buffer.cut(self._cut_s)
        self._vad.forget(self._cut_s - LIMITS.force_s)

    def _forget_silence(self, least_s: float) -> None:
        """Keep no silence but a little before the next word, so that it is neither decoded nor held."""
        if self._asked or self._ends or self._is_talking or self._phrase:
            return
        silent_since_s = self.end_s - self._cadence.preroll_s
        if silent_since_s <= self._cut_s + least_s:
            return
        if self._vad.voiced_s(self._cut_s, silent_since_s) < self._cadence.voice_min_s:
            self._cut(silent_since_s)
            if self._vad.silence_s >= self._cadence.fresh_sentence_s:
                self._previous = ""
