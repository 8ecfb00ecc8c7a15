"""One session of a source: takes its sound, and yields requests for decodes and events for readers.

It uses no clock, no asyncio and no engine, so rooms run it live and the bench runs it on a simulated clock.
"""

from app.audio.chunk import SAMPLE_RATE
from app.audio.speech_stream import SpeechChunk
from app.captions.attempt import DecodeAttempt
from app.captions.captioner import Captioner
from app.captions.event import Event
from app.captions.phrase_writer import PhraseWriter
from app.captions.session_settings import SessionSettings
from app.captions.speaker_turns import SpeakerTurns
from app.captions.timing import TickTiming
from app.captions.translation_queue import TranslationQueue
from app.captions.untranslated import ENGLISH
from app.captions.windows import Window, WindowSchedule, find_length_scale
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeNeed, DecodeRequest, Urgency

FAILURES_MAX = 3
"""After this many decodes that failed because of their own window, the window is given up."""


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
        turns: SpeakerTurns | None = None,
    ) -> None:
        """Start session `number` of `room`, whose clock starts at `origin_s` on the room's audio clock.

        `turns` says who speaks when; None if nobody has a name.
        """
        self.settings = settings or SessionSettings()
        self._feature_stream = f"{room}/{number}"
        self._windows = WindowSchedule()
        self._translations = TranslationQueue(self.settings.glossary)
        writer = PhraseWriter(
            room=room,
            source=source,
            number=number,
            origin_s=origin_s,
            windows=self._windows,
            translations=self._translations,
            turns=turns,
        )
        self._captioner = Captioner(self._windows, writer, self.settings)
        self._windows.length_scale = find_length_scale(self._captioner.language)
        self._in_flight: DecodeAttempt | None = None
        self._n_failures = 0
        """Decodes in a row that failed because of their window."""

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
        """Seconds of speech that are not decoded yet."""
        return self._windows.behind_s

    @property
    def waiting_s(self) -> float:
        """Seconds of sound, silence included, that are neither decoded nor dropped."""
        return self._windows.waiting_s

    @property
    def n_terms_used(self) -> int:
        """Number of the glossary's terms in the prompt of the latest window."""
        return self._captioner.terms.n_used

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in flight and nothing is left to close."""
        return not (self._is_busy or self._windows.has_paused)

    def set_tick_timing(self, tick_timing: TickTiming) -> None:
        """Change how often a running utterance is decoded, at any time."""
        self._windows.tick_timing = tick_timing

    def configure(self, settings: SessionSettings) -> None:
        """Use other settings from the next decode on."""
        self._captioner.configure(settings)
        self._translations.glossary = settings.glossary
        self.settings = settings

    def feed(self, speech: SpeechChunk) -> list[Event]:
        """Add sound and return the events of a phrase that a long silence closes.

        Chunks arrive in order, and a gap between them counts as silence.
        """
        self._translations.is_hurried = False
        keeps_silence = self._in_flight is not None or self._captioner.is_open
        if self._windows.feed(speech, keeps_silence=keeps_silence):
            self._captioner.forget_prompt(self.end_s)
        return self._close_silence()

    def end(self) -> list[Event]:
        """Close the open phrase, because no sound arrives; more may arrive later.

        The events come now, or with the result of the next decode if there is sound left to decode.
        """
        self._windows.end(has_words=self._captioner.is_open)
        self._translations.is_hurried = True
        return self._close_silence()

    def need(self) -> DecodeNeed | None:
        """Return what is due now, without its sound; None if nothing is, or during a request. Changes nothing."""
        if self._in_flight is not None:
            return None
        if self._translations.is_due(self.end_s):
            return self._translations.need()
        if self._captioner.retry is not None:
            return self._captioner.retry.request.need()
        window = self._windows.due_window(has_words=self._captioner.is_open)
        if window is None:
            return None
        urgency = Urgency.UTTERANCE_END if window.is_paused else Urgency.TENTATIVE
        duration_s, language = window.end_s - window.start_s, self._captioner.language
        speech_s = self._windows.sound.voiced_s(window.start_s, window.end_s)
        n_prompt = self._captioner.terms.estimate_prompt_tokens(speech_s, self._captioner.text_before(window))
        return DecodeNeed(duration_s, urgency, n_prompt, is_draft=self._is_draft(window), language=language)

    def request(self) -> DecodeRequest | None:
        """Return the decode that is due now, if one is; `on_result` or `on_failure` must follow it."""
        if self._in_flight is not None:
            return None
        if self._translations.is_due(self.end_s):
            untranslated, request = self._translations.take_next()
            self._in_flight = DecodeAttempt(request, self._windows.window(), untranslated)
        elif self._captioner.retry is not None:
            self._in_flight, self._captioner.retry = self._captioner.retry, None
        elif (window := self._windows.due_window(has_words=self._captioner.is_open)) is not None:
            self._in_flight = DecodeAttempt(self._live_request(window), window)
        return self._in_flight.request if self._in_flight is not None else None

    def on_result(self, result: DecodeResult) -> list[Event]:
        """Return the events that follow from the result of the request in flight, oldest first."""
        if self._in_flight is None:
            raise ValueError("there is no request in flight that this could answer")
        sent, self._in_flight = self._in_flight, None
        self._n_failures = 0
        if sent.untranslated is not None:
            events = self._translations.complete(sent.untranslated, result, self._windows.sound)
        else:
            self._windows.mark_decoded(sent.window, is_draft=sent.request.is_draft)
            events = self._captioner.on_result(sent, result)
            self._windows.length_scale = find_length_scale(self._captioner.language)
        return events + self._close_silence()

    def on_failure(self, *, is_row_fault: bool = False) -> list[Event]:
        """Make the sound of the request in flight due again, because its decode failed.

        With `is_row_fault` it failed because of this window alone. After FAILURES_MAX of them the window is given up,
        with what was believed of it.
        """
        if self._in_flight is None:
            return []
        sent, self._in_flight = self._in_flight, None
        self._n_failures += is_row_fault
        gives_up = self._n_failures >= FAILURES_MAX
        if gives_up:
            self._n_failures = 0
        if sent.untranslated is not None:
            return self._fail_translation(sent, gives_up=gives_up) + self._close_silence()
        self._captioner.retry = None
        if gives_up:
            self._windows.mark_decoded(sent.window, is_draft=False)
            return self._captioner.settle(sent) + self._close_silence()
        self._windows.decode_again(sent.window.cut_s)
        return self._close_silence()

    def _fail_translation(self, sent: DecodeAttempt, *, gives_up: bool) -> list[Event]:
        if sent.untranslated is None:
            return []
        if gives_up:
            return self._translations.give_up(sent.untranslated)
        self._translations.put_back(sent.untranslated)
        return []

    @property
    def _is_busy(self) -> bool:
        """Whether a request is in flight, or due for something other than the next window."""
        return bool(self._in_flight or self._captioner.retry or self._translations)

    @property
    def _is_decoding(self) -> bool:
        """Whether an attempt at a live window is in flight or due."""
        return self._captioner.retry is not None or (
            self._in_flight is not None and self._in_flight.untranslated is None
        )

    def _close_silence(self) -> list[Event]:
        """Close the phrase that a long silence ends, and drop pauses with too little voice for a decode."""
        events: list[Event] = []
        while not self._is_decoding:
            if not self._captioner.is_open and self._windows.has_negligible_utterance():
                events += self._captioner.finish_pause(self._windows.window())
            elif (pause_s := self._windows.long_pause_s) is not None:
                events += self._captioner.close_phrase(pause_s)
            else:
                break
        return events + self._translations.settle(self.end_s)

    def _live_request(self, window: Window) -> DecodeRequest:
        language = self._captioner.language
        translates = self.settings.task == "translate" and language != ENGLISH
        is_draft = self._is_draft(window)
        request = DecodeRequest(
            samples=self._windows.samples(window.start_s, window.end_s),
            tasks=("transcribe", "translate") if translates else ("transcribe",),
            language=language,
            detect=self._captioner.should_detect(window),
            languages=self._captioner.languages,
            previous=self._captioner.text_before(window),
            is_utterance_end=window.is_paused,
            timed=not is_draft and self._captioner.may_commit(window),
            is_draft=is_draft,
            feature_stream=self._feature_stream,
            first_sample=round(window.start_s * SAMPLE_RATE),
        )
        speech_s = self._windows.sound.voiced_s(window.start_s, window.end_s)
        return self._captioner.terms.request(request, at_s=window.end_s, speech_s=speech_s)

    def _is_draft(self, window: Window) -> bool:
        """Return whether the small model may decode this window; the large one detects the language and commits."""
        has_drafts = self.settings.has_drafts and self._captioner.language is not None
        return has_drafts and self._windows.may_be_draft(window)
