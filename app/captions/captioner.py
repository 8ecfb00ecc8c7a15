"""Turns the results of a session's decodes into captions: language, filters, policy and phrases together; pure."""

from collections.abc import Sequence
from dataclasses import replace

from app import metrics
from app.audio.chunk import SAMPLE_RATE
from app.captions.attempt import HEARD_S, DecodeAttempt
from app.captions.confidence import Confidence
from app.captions.event import Event
from app.captions.filters import FilterVerdict, judge
from app.captions.language import LanguageFollower
from app.captions.limits import LIMITS
from app.captions.phrase_writer import PhraseWriter
from app.captions.policy import Policy, PolicyUpdate
from app.captions.repetition import RecentSentences
from app.captions.sentences import ends_sentence
from app.captions.session_settings import SessionSettings
from app.captions.term_memory import TermMemory
from app.captions.timing import WINDOW_TIMES
from app.captions.untranslated import ENGLISH
from app.captions.unwritten import WORD_ERROR_S, Unwritten, find_unwritten
from app.captions.windows import Window, WindowSchedule
from app.captions.word_times import snap_words
from app.decode.hypothesis import DecodeResult, Hypothesis, Word, join_words
from app.decode.prompt import prompt_text


class Captioner:
    """The captions of one session, from its live decodes."""

    def __init__(self, windows: WindowSchedule, writer: PhraseWriter, settings: SessionSettings) -> None:
        """Start with no words."""
        self.retry: DecodeAttempt | None = None
        """The next attempt at a window whose last one was not believed; the session takes and sends it."""
        self.terms = TermMemory(settings.glossary)
        """Chooses the terms and corrections of each window."""
        self._windows = windows
        self._writer = writer
        self._settings = settings
        self._policy = Policy()
        self._confidence = Confidence()
        self._recent = RecentSentences()
        self._follower = LanguageFollower(settings.language, settings.languages)
        self._paused: tuple[DecodeAttempt, DecodeResult | None] | None = None
        """The decode of the newest pause, while its phrase is open."""
        self._prompt_since_s = 0.0
        """Words before this moment are not part of prompts."""

    @property
    def is_open(self) -> bool:
        """Whether a phrase is open."""
        return self._writer.is_open

    @property
    def language(self) -> str | None:
        """The language to decode in; None until one is detected."""
        return self._follower.current

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that detection may choose from."""
        return self._follower.allowed

    def configure(self, settings: SessionSettings) -> None:
        """Use other settings from the next decode on."""
        if (settings.language, settings.languages) != (self._settings.language, self._settings.languages):
            self._follower = LanguageFollower(settings.language, settings.languages)
        self.terms.glossary = settings.glossary
        self._settings = settings

    def may_commit(self, window: Window) -> bool:
        """Return whether a decode of the window needs word times; see `Policy.may_commit`."""
        return self._policy.may_commit(window)

    def should_detect(self, window: Window) -> bool:
        """Return whether a decode of the window should detect the language."""
        return self._follower.current is None or self._follower.should_detect(window.end_s)

    def text_before(self, window: Window) -> str:
        """Return the newest words before the sound of a window that begins in mid-sentence, otherwise nothing."""
        tail = self._policy.tail
        if not tail or ends_sentence(tail[-1].text, self._follower.current or ENGLISH):
            return ""
        return join_words([word for word in tail if self._prompt_since_s <= word.start_s < window.start_s])

    def forget_prompt(self, before_s: float) -> None:
        """Leave the words before a moment out of prompts, because they no longer help or may be wrong."""
        self._prompt_since_s = before_s

    def on_result(self, sent: DecodeAttempt, result: DecodeResult) -> list[Event]:
        """Return the events that follow from the result of an attempt, oldest first."""
        return self._preview(sent, result) if sent.request.is_draft else self._advance(sent, result)

    def _preview(self, sent: DecodeAttempt, result: DecodeResult) -> list[Event]:
        """Show a draft after the committed words; nothing else changes."""
        verdict = self._judge(result.hypotheses["transcribe"], result.language, sent)
        if verdict.fault is not None:
            return []
        update = self._policy.preview(verdict.words, sent.window)
        return [] if update is None else self._write(update, sent, result)

    def _advance(self, sent: DecodeAttempt, result: DecodeResult) -> list[Event]:
        """Follow the language, then commit and close what the result allows."""
        if sent.own is not None:
            logprobs = [answer.hypotheses["transcribe"].avg_logprob for answer in (result, sent.own)]
            return self._apply(sent, result if self._follower.prefers_rival(*logprobs) else sent.own)
        if result.detection is not None:
            window = sent.window
            speech_s = self._windows.sound.voiced_s(window.cut_s, window.end_s)
            self._follower.update(result.detection, at_s=window.end_s, speech_s=speech_s)
            if self._follower.current != result.language:
                return self._switch_language(sent, result)
            rival = self._follower.rival(result.detection, speech_s)
            if rival is not None and not sent.is_last:
                return self._preview(sent, result)  # commits nothing while another language is likely
            if rival is not None and window.is_paused:
                request = replace(sent.request, language=rival, detect=False, previous="", timed=True)
                self.retry = replace(sent, request=request, own=result)
                return []
        return self._apply(sent, result)

    def _switch_language(self, sent: DecodeAttempt, result: DecodeResult) -> list[Event]:
        """Keep the committed words, and decode the rest again in the other language, without context in this one."""
        events: list[Event] = []
        if self._policy.committed:
            events = self._write(self._policy.close(sent.window, result.language), sent, None)
        self.forget_prompt(sent.window.end_s)
        if events or sent.window.context_s > 0:
            self._windows.cut(self._windows.cut_s)
            self._windows.decode_again(self._windows.cut_s)
        else:
            request = replace(sent.request, language=self._follower.current, detect=False, previous="")
            self.retry = replace(sent, request=request)
        return events

    def _apply(self, sent: DecodeAttempt, result: DecodeResult) -> list[Event]:
        """Commit what a decode of the live window allows; if its text is not believed, try again or settle."""
        window, hypothesis = sent.window, result.hypotheses["transcribe"]
        again = self.terms.note_result(sent.request, result)
        if again is not None:
            self.retry = replace(sent, request=again, own=None)
            return []
        verdict = self._judge(hypothesis, result.language, sent)
        self._follower.note_doubt(is_doubted=hypothesis.avg_logprob < self._confidence.doubtful)
        if verdict.fault in (None, "logprob"):
            self._confidence.add(hypothesis.avg_logprob)
        if verdict.fault is None and self._is_hidden(verdict.words, window):
            self.retry = self._without_context(sent, result.language)
            return []
        unwritten = self._find_unwritten(hypothesis, window) if verdict.fault is None and sent.is_last else None
        if unwritten is not None:
            return self._take_part(sent, result, verdict, unwritten)
        if verdict.fault is None:
            update = self._policy.update(verdict.words, window, result.language, is_doubtful=verdict.is_doubtful)
            return self._finish(update, sent, result)
        if verdict.fault != "empty":
            metrics.REJECTED.labels(verdict.fault).inc()
            self.forget_prompt(window.end_s)
        sent = sent.note_rejected(verdict, hypothesis.avg_logprob)
        self.retry = sent.next(verdict, result.language)
        if self.retry is not None or not sent.is_last:
            return []
        return self.settle(sent, result)

    def _is_hidden(self, words: Sequence[Word], window: Window) -> bool:
        """Return whether a hypothesis only has words of the context although somebody spoke after it.

        A model may stop writing at the pause between the two.
        """
        least_s = WINDOW_TIMES.voice_min_s if window.is_paused else HEARD_S
        if not window.context_s or self._windows.sound.voiced_s(window.cut_s, window.end_s) < least_s:
            return False
        return not self._policy.fresh_words(words, window)

    def _find_unwritten(self, hypothesis: Hypothesis, window: Window) -> Unwritten | None:
        """Return the first speech after the cut without words; before the first word only if none is committed."""
        words = [word.shifted(window.start_s) for word in hypothesis.words]
        fresh = [word for word in words if word.start_s + word.end_s > 2 * window.cut_s]
        found = find_unwritten(fresh, window.cut_s, window.end_s, self._windows.sound)
        return None if found is None or (found.is_first and self._policy.committed) else found

    def _take_part(
        self, sent: DecodeAttempt, result: DecodeResult, verdict: FilterVerdict, unwritten: Unwritten
    ) -> list[Event]:
        """Close the phrase before speech without words and decode the rest; if it comes first, decode it by itself."""
        if unwritten.is_first:
            self._windows.insert_pause(unwritten.end_s - WORD_ERROR_S)
            self._windows.decode_again(self._windows.cut_s)
            return []
        language, end_s = self._language_of(sent, result), unwritten.start_s
        part = replace(sent, window=replace(sent.window, end_s=end_s, is_paused=True))
        words = [word for word in verdict.words if word.start_s < end_s]
        update = self._policy.update(words, part.window, language, is_doubtful=verdict.is_doubtful)
        events = self._write(update, part, None)
        if self._policy.committed:
            events += self._write(self._policy.close_at(end_s, language), part, None)
        if not update.is_contradicted:
            self._windows.cut(end_s)
        self._windows.decode_again(self._windows.cut_s)
        return events

    def _without_context(self, sent: DecodeAttempt, language: str) -> DecodeAttempt:
        """Return the attempt at a window without its context, which later windows do not have either."""
        window = replace(sent.window, start_s=sent.window.cut_s, context_s=0.0)
        request = replace(
            sent.request,
            samples=self._windows.samples(window.start_s, window.end_s),
            first_sample=round(window.start_s * SAMPLE_RATE),
            language=language,
            detect=False,
        )
        self._windows.cut(self._windows.cut_s)
        return replace(sent, request=request, window=window)

    def settle(self, sent: DecodeAttempt, result: DecodeResult | None = None) -> list[Event]:
        """Commit the last believed text of a window, because no decode of it is believed."""
        update = self._policy.settle(sent.window, self._language_of(sent, result), sent.candidate)
        return self._finish(update, sent, result)

    def _finish(self, update: PolicyUpdate, sent: DecodeAttempt, result: DecodeResult | None) -> list[Event]:
        """Write an update, and drop the sound that it is done with."""
        window = sent.window
        events = self._write(update, sent, result)
        if update.is_contradicted and update.closed:
            self._windows.decode_again(self._windows.cut_s)
            return events
        if window.is_paused:
            self._paused = (sent, result)
            return events + self.finish_pause(window)
        if sent.is_last and self._windows.cut_s == window.cut_s:
            # nothing was said in all this time: drop the sound, or the window would be decoded again and again
            self._windows.cut(window.end_s - LIMITS.force_keep_s)
            events += self._writer.clear()
        return events

    def finish_pause(self, window: Window) -> list[Event]:
        """Keep the phrase open in a short pause, close it in a long one, or drop the sound of a pause without words."""
        is_long = self._windows.finish_pause(window)
        if self._policy.committed:
            return self.close_phrase(window.end_s) if is_long else []
        self._windows.drop_pause(window.end_s)
        self._follower.begin_utterance()
        self.terms.begin_utterance()
        return self._writer.clear()

    def close_phrase(self, pause_s: float) -> list[Event]:
        """Close the open phrase at a long pause that was noticed at `pause_s`, without another decode."""
        events: list[Event] = []
        if self._paused is not None:
            sent, result = self._paused
            events = self._write(self._policy.close_at(pause_s, self._language_of(sent, result)), sent, result)
        self._paused = None
        self._windows.drop_pause(pause_s)
        self._follower.begin_utterance()
        self.terms.begin_utterance()
        return events + self._writer.clear()

    def _judge(self, hypothesis: Hypothesis, language: str, sent: DecodeAttempt) -> FilterVerdict:
        window = sent.window
        sound = self._windows.sound
        words = snap_words([word.shifted(window.start_s) for word in hypothesis.words], sound)
        verdict = judge(
            replace(hypothesis, words=words),
            language=language,
            sound=sound,
            start_s=window.start_s,
            end_s=window.end_s,
            prompt=prompt_text(sent.request.terms, language, sent.request.previous),
            confidence=self._confidence,
        )
        new = self._recent.strip_echoes(verdict.words, sound, window.cut_s, window.end_s, language)
        if verdict.words and not new:
            return FilterVerdict((), "loop", is_invented=True)
        # last, because a text that is nothing but unwanted words would look like too few of them
        return replace(verdict, words=self._settings.glossary.delete_unwanted(new))

    def _write(self, update: PolicyUpdate, sent: DecodeAttempt, result: DecodeResult | None) -> list[Event]:
        self.terms.note_update(update, sent.window.end_s)
        for closed in update.closed:
            self._recent.add(closed.words, closed.cut_s, self._language_of(sent, result))
        translates = self._settings.task == "translate"
        return self._writer.write(update, sent.window, self._language_of(sent, result), result, translates=translates)

    def _language_of(self, sent: DecodeAttempt, result: DecodeResult | None) -> str:
        return result.language if result is not None else sent.request.language or ENGLISH
