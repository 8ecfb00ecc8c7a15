"""One session of a source: takes its sound, and yields requests for decodes and events for readers.

It uses no clock, no asyncio and no engine, so rooms run it live and the bench runs it on a simulated clock.
"""

from dataclasses import dataclass, field, replace

from app import metrics
from app.audio.chunk import SAMPLE_RATE
from app.audio.speech_stream import SpeechChunk
from app.captions.event import Event
from app.captions.filters import FilterVerdict, judge
from app.captions.language import LanguageFollower
from app.captions.phrase_writer import PhraseWriter
from app.captions.policy import LIMITS, Policy, PolicyUpdate
from app.captions.translation_queue import ENGLISH, TranslationQueue, UntranslatedPhrase
from app.captions.windows import LIVE_WINDOW_MAX_S, TickTiming, Window, WindowSchedule
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis
from app.decode.prompt import estimate_prompt_tokens
from app.decode.request import DecodeNeed, DecodeRequest, Task, Urgency


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What a source is decoded with."""

    task: Task = "transcribe"
    language: str | None = None
    """The spoken language, or None to detect and follow it."""
    languages: tuple[str, ...] = ()
    """The languages that detection may choose from; empty allows all the model knows."""
    glossary: Glossary = field(default_factory=Glossary)
    has_drafts: bool = False
    """Whether a smaller model writes the tentative words."""


@dataclass(frozen=True, slots=True)
class _InFlight:
    """A request whose result has not come yet."""

    request: DecodeRequest
    window: Window
    translates: UntranslatedPhrase | None = None
    """The closed phrase this decode is for, or None for the live window."""


class Session:
    """Drives one source session, as a `DecodeClient`; all calls come from one task."""

    def __init__(
        self,
        *,
        room: str,
        source: str,
        number: int,
        settings: SessionSettings | None = None,
        origin_s: float = 0.0,
    ) -> None:
        """Start session `number` of `room`, whose clock starts at `origin_s` on the room's audio clock."""
        self.settings = settings or SessionSettings()
        self._feature_stream = f"{room}/{number}"
        self._windows = WindowSchedule()
        self._policy = Policy()
        self._follower = LanguageFollower(self.settings.language, self.settings.languages)
        self._translations = TranslationQueue(self.settings.glossary)
        self._writer = PhraseWriter(
            room=room,
            source=source,
            number=number,
            origin_s=origin_s,
            windows=self._windows,
            translations=self._translations,
        )
        self._in_flight: _InFlight | None = None
        self._retry: _InFlight | None = None
        """A live request to send again, changed because of its first result."""

    @property
    def end_s(self) -> float:
        """How much sound has arrived, in seconds on the session's clock."""
        return self._windows.end_s

    @property
    def is_speech(self) -> bool:
        """Whether somebody is speaking now."""
        return self._windows.sound.is_speech

    @property
    def behind_s(self) -> float:
        """Seconds of sound with speech in it that are not decoded yet."""
        return self._windows.behind_s

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in flight and nothing is left to close."""
        return not (self._is_busy or self._windows.has_ended)

    def set_tick_timing(self, tick_timing: TickTiming) -> None:
        """Change how often a running utterance is decoded, at any time."""
        self._windows.tick_timing = tick_timing

    def configure(self, settings: SessionSettings) -> None:
        """Use other settings from the next decode on."""
        if (settings.language, settings.languages) != (self.settings.language, self.settings.languages):
            self._follower = LanguageFollower(settings.language, settings.languages)
        self._translations.glossary = settings.glossary
        self.settings = settings

    def feed(self, speech: SpeechChunk) -> list[Event]:
        """Add sound and return the events that follow from it, oldest first.

        Chunks arrive in order, and a gap between them counts as silence.
        """
        keeps_silence = self._in_flight is not None or self._writer.is_open
        if self._windows.feed(speech, keeps_silence=keeps_silence):
            self._writer.previous = ""
        self._skip_negligible()
        return []

    def end(self) -> None:
        """Close the open phrase with the next decode, because no sound arrives; more may arrive later."""
        self._windows.end(has_words=self._writer.is_open)
        self._skip_negligible()

    def need(self) -> DecodeNeed | None:
        """Return what is due now, without its sound; None if nothing is, or during a request. Changes nothing."""
        if self._in_flight is not None:
            return None
        if self._translations:
            return self._translations.need()
        if self._retry is not None:
            return self._retry.request.need()
        window = self._windows.due_window(has_words=self._writer.is_open)
        if window is None:
            return None
        urgency = Urgency.UTTERANCE_END if window.is_ended else Urgency.TENTATIVE
        n_prompt = estimate_prompt_tokens(self.settings.glossary.prompt, self._writer.previous)
        duration_s, language = window.end_s - window.start_s, self._follower.current
        return DecodeNeed(duration_s, urgency, n_prompt, is_draft=self._is_draft(window), language=language)

    def request(self) -> DecodeRequest | None:
        """Return the decode that is due now, if one is; `on_result` or `on_failure` must follow it."""
        if self._in_flight is not None:
            return None
        if self._translations:
            untranslated, request = self._translations.take_next()
            self._in_flight = _InFlight(request, self._windows.window(), untranslated)
        elif self._retry is not None:
            self._in_flight, self._retry = self._retry, None
        elif (window := self._windows.due_window(has_words=self._writer.is_open)) is not None:
            self._in_flight = _InFlight(self._live_request(window), window)
        return self._in_flight.request if self._in_flight is not None else None

    def on_result(self, result: DecodeResult) -> list[Event]:
        """Return the events that follow from the result of the request in flight, oldest first."""
        if self._in_flight is None:
            raise ValueError("there is no request in flight that this could answer")
        sent, self._in_flight = self._in_flight, None
        if sent.translates is not None:
            events = self._translations.complete(sent.translates, result, self._windows.sound)
        else:
            self._windows.mark_decoded(sent.window, is_draft=sent.request.is_draft)
            events = self._preview(sent, result) if sent.request.is_draft else self._advance(sent, result)
        self._skip_negligible()
        return events

    def on_failure(self) -> None:
        """Make the sound of the request in flight due again, because its decode failed."""
        if self._in_flight is None:
            return
        sent, self._in_flight = self._in_flight, None
        if sent.translates is not None:
            self._translations.put_back(sent.translates)
        else:
            self._retry = None
            self._windows.decode_again(sent.window.start_s)
        self._skip_negligible()

    @property
    def _is_busy(self) -> bool:
        """Whether a request is in flight, or due for something other than the next window."""
        return bool(self._in_flight or self._retry or self._translations)

    def _skip_negligible(self) -> None:
        """Drop ended utterances with too little voice for a decode."""
        while self._windows.has_ended and not (self._is_busy or self._writer.is_open):
            if not self._windows.has_negligible_utterance():
                return
            self._finish_utterance(self._windows.window())

    def _live_request(self, window: Window) -> DecodeRequest:
        language = self._follower.current
        translates = self.settings.task == "translate" and language != ENGLISH
        is_draft = self._is_draft(window)
        return DecodeRequest(
            samples=self._windows.samples(window.start_s, window.end_s),
            tasks=("transcribe", "translate") if translates else ("transcribe",),
            language=language,
            detect=language is None or self._follower.should_detect(window.end_s),
            languages=self._follower.allowed,
            glossary=self.settings.glossary.prompt,
            previous=self._writer.previous,
            is_utterance_end=window.is_ended,
            timed=not is_draft and self._policy.may_commit(window),
            is_draft=is_draft,
            feature_stream=self._feature_stream,
            first_sample=round(window.start_s * SAMPLE_RATE),
        )

    def _is_draft(self, window: Window) -> bool:
        """Return whether the small model may decode this window; the large one detects the language and commits."""
        has_drafts = self.settings.has_drafts and self._follower.current is not None
        return has_drafts and self._windows.may_be_draft(window)

    def _preview(self, sent: _InFlight, result: DecodeResult) -> list[Event]:
        """Show a draft after the committed words; nothing else changes."""
        verdict = self._judge(result.hypotheses["transcribe"], result.language, sent.window)
        if verdict.fault is not None:
            return []
        update = self._policy.preview(verdict.words)
        return [] if update is None else self._write(update, sent, result)

    def _advance(self, sent: _InFlight, result: DecodeResult) -> list[Event]:
        """Follow the language, then commit and close what the result allows."""
        if result.detection is not None:
            window = sent.window
            speech_s = self._windows.sound.voiced_s(window.start_s, window.end_s)
            self._follower.update(result.detection, at_s=window.end_s, speech_s=speech_s)
            if self._follower.current != result.language:
                return self._switch_language(sent)
        return self._apply(sent, result)

    def _switch_language(self, sent: _InFlight) -> list[Event]:
        """Keep the committed words, and decode the rest again in the other language."""
        events: list[Event] = []
        if self._policy.committed:
            events = self._write(self._policy.close(sent.window), sent, None)
            self._windows.decode_again(self._windows.cut_s)
        self._writer.previous = ""
        if not events:
            request = replace(sent.request, language=self._follower.current, detect=False, previous="")
            self._retry = replace(sent, request=request)
        return events

    def _apply(self, sent: _InFlight, result: DecodeResult) -> list[Event]:
        window, request = sent.window, sent.request
        hypothesis = result.hypotheses["transcribe"]
        verdict = self._judge(hypothesis, result.language, window)
        self._follower.note_confidence(hypothesis.avg_logprob)
        if verdict.fault is not None and verdict.fault != "empty":
            metrics.REJECTED.labels(verdict.fault).inc()
            self._writer.previous = ""
            if verdict.fault in ("loop", "compression", "capped") and not request.full_window:
                retry = replace(request, full_window=True, previous="", detect=False, language=result.language)
                self._retry = replace(sent, request=retry)
                return []
            verdict = replace(verdict, words=())
        is_long = window.reaches(LIVE_WINDOW_MAX_S)
        if not (verdict.words or window.is_ended or is_long):
            return []
        update = self._policy.update(verdict.words, window, is_doubtful=verdict.is_doubtful)
        events = self._write(update, sent, result)
        if update.is_contradicted and update.closed:
            self._windows.decode_again(self._windows.cut_s)
            return events
        if is_long and not window.is_ended and self._windows.cut_s == window.start_s:
            # every word was rejected: drop the sound, or the window would be decoded again and again
            self._windows.cut(window.end_s - LIMITS.force_keep_s)
            events += self._writer.clear()
        if window.is_ended:
            self._finish_utterance(window)
            events += self._writer.clear()
        return events

    def _judge(self, hypothesis: Hypothesis, language: str, window: Window) -> FilterVerdict:
        words = self.settings.glossary.correct([word.shifted(window.start_s) for word in hypothesis.words])
        return judge(
            replace(hypothesis, words=words),
            language=language,
            sound=self._windows.sound,
            start_s=window.start_s,
            end_s=window.end_s,
            prompt=self.settings.glossary.prompt,
        )

    def _write(self, update: PolicyUpdate, sent: _InFlight, result: DecodeResult | None) -> list[Event]:
        language = result.language if result else sent.request.language or ENGLISH
        translates = self.settings.task == "translate"
        return self._writer.write(update, sent.window, language, result, translates=translates)

    def _finish_utterance(self, window: Window) -> None:
        self._windows.finish_utterance(window)
        self._follower.begin_utterance()
