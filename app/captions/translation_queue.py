"""English translations of closed phrases, from decodes of whole sentences; pure.

A phrase may end in mid-sentence: after a pause, or because it became long. Its English then waits for the next phrase,
at most SENTENCE_WAIT_S, and one decode translates both. The English words are divided among the phrases in proportion
to what was said in each. While the sentence goes on, its first phrase shows all of it on the English track, so that
readers get the captions of this track in order too.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from app.audio.chunk import SAMPLE_RATE
from app.captions.confidence import Confidence
from app.captions.event import Event
from app.captions.filters import FilterVerdict, judge
from app.captions.ladder import next_try
from app.captions.limits import LIMITS
from app.captions.phrase import Phrase
from app.captions.untranslated import ENGLISH, UntranslatedSentence, plain_words
from app.captions.windows import ROUNDING_S, VoiceActivity, Window
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis, Word, join_words
from app.decode.prompt import prompt_text
from app.decode.request import DecodeNeed, DecodeRequest

SENTENCE_WAIT_S = 3.0
"""How long the English text of a phrase that ends in mid-sentence waits for the rest, from the end of its sound on.
Most pauses in a sentence are shorter, and readers of English see its grey text meanwhile."""

RUNNING_WAIT_S = 5.0
"""The same when somebody speaks on: the rest is coming, and half a sentence alone is translated badly."""

MASKED_WORDS = 2
"""Last words of a tentative translation that are not shown while somebody speaks: English word order depends on what
comes next, so they change most (hold-n, Liu et al. 2020)."""


class TranslationQueue:
    """The sentences of one session whose English text is not final, in order."""

    def __init__(self, glossary: Glossary) -> None:
        """Create an empty queue."""
        self.glossary = glossary
        self.is_hurried = False
        """Whether sentences wait for nothing more, because no sound arrives."""
        self._waiting: deque[UntranslatedSentence] = deque()
        self._is_in_flight = False
        """Whether the first sentence is being decoded."""
        self._confidence = Confidence()
        self._previous = ""
        """The English text of the last closed phrase, if the sentence goes on after it, ..."""
        self._previous_end_s = 0.0
        """... and where its sound ends."""

    def __len__(self) -> int:
        """Return how many sentences wait."""
        return len(self._waiting)

    def is_due(self, now_s: float) -> bool:
        """Return whether a sentence needs a decode now; `now_s` is the end of the sound on the session's clock."""
        if not self._waiting or self._is_in_flight:
            return False
        return self._waiting[0].needs_decode and self._has_waited(self._waiting[0], now_s)

    def need(self) -> DecodeNeed:
        """Return what the scheduler needs to know about the first sentence."""
        return self._request(self._waiting[0]).need()

    def take_next(self) -> tuple[UntranslatedSentence, DecodeRequest]:
        """Return the first sentence with its request; `complete`, `put_back` or `give_up` must follow."""
        self._is_in_flight = True
        return self._waiting[0], self._request(self._waiting[0])

    def put_back(self, _: UntranslatedSentence) -> None:
        """Decode the first sentence again, because its decode failed."""
        self._is_in_flight = False

    def add(self, closed: UntranslatedSentence) -> None:
        """Queue a closed phrase; it joins the phrase before it if that ends in mid-sentence and still waits."""
        last = self._waiting[-1] if self._waiting else None
        if last is not None and self._may_go_on(last) and last.may_join(closed):
            self._waiting[-1] = last.join(closed)
        else:
            self._waiting.append(closed)

    def expect_more(self) -> None:
        """Wait longer for the rest of a sentence, because the next phrase has begun."""
        if self._waiting and self._may_go_on(self._waiting[-1]):
            last = self._waiting[-1]
            self._waiting[-1] = replace(last, due_s=max(last.due_s, last.waits_since_s + RUNNING_WAIT_S))

    def settle(self, now_s: float) -> list[Event]:
        """Close the English track of the first sentences that need no decode."""
        events: list[Event] = []
        while self._waiting and not self._is_in_flight:
            first = self._waiting[0]
            if first.needs_decode or not self._has_waited(first, now_s):
                break
            events += self._close(first.believed)
        return events

    def complete(self, sentence: UntranslatedSentence, decoded: DecodeResult, sound: VoiceActivity) -> list[Event]:
        """Close the English track of a decoded sentence; a rejected translation climbs the ladder of better decodes.

        If none is believed, the most probable one is taken as doubtful.
        """
        self._is_in_flight = False
        hypothesis = decoded.hypotheses.get("translate", Hypothesis())
        verdict = self._judge(hypothesis, sound, sentence.start_s, sentence.end_s)
        words = tuple(self.glossary.correct(verdict.words))
        if verdict.fault is None and words:
            return self._close(_doubt(words) if verdict.is_doubtful else words)
        if words and hypothesis.avg_logprob > sentence.candidate_logprob:
            sentence = replace(sentence, candidate=words, candidate_logprob=hypothesis.avg_logprob)
        request = self._request(sentence)
        is_empty = verdict.fault in (None, "empty")
        retry = None if is_empty and request.full_window else next_try(request, verdict.fault)
        if retry is None:
            return self.give_up(sentence)
        self._waiting[0] = replace(sentence, retry=retry)
        return []

    def give_up(self, sentence: UntranslatedSentence) -> list[Event]:
        """Close the English track with the best words there are, because no decode of the whole sentence is believed.

        Those are believed words of exactly its sound. Others are doubtful: a rejected translation, else about the
        tentative words, else what was said, in its own language. Grey words of later sound are never among them.
        """
        self._is_in_flight = False
        others = sentence.candidate or sentence.tentative or plain_words(sentence.original)
        return self._close(sentence.believed or _doubt(others))

    def read_words(self, decoded: DecodeResult | None, window: Window) -> tuple[Word, ...]:
        """Return the English words of a live window, none if there is no translation or it is not believed."""
        hypothesis = decoded.hypotheses.get("translate") if decoded else None
        if hypothesis is None:
            return ()
        verdict = self._judge(hypothesis, window.sound, window.start_s, window.end_s)
        return tuple(self.glossary.correct(verdict.words)) if verdict.fault is None else ()

    def show(self, phrase: Phrase, words: Sequence[Word], window: Window) -> list[Event]:
        """Show the English words of a live window as tentative, without those of the phrases before it.

        They belong to `phrase`, or to the first phrase of its sentence if that waits. While an older sentence waits,
        nothing is shown, because its last caption comes first.
        """
        shown = words[count_voiced(words, window.start_s, window.cut_s, window) :]
        quiet_since_s = window.end_s - LIMITS.hold_silence_s
        if not window.is_paused and window.sound.voiced_s(quiet_since_s, window.end_s) > ROUNDING_S:
            shown = shown[:-MASKED_WORDS]
        if not self._waiting:
            return phrase.open_translation(ENGLISH, join_words(shown))
        sentence = self._waiting[0]
        if len(self._waiting) > 1 or not self._may_go_on(sentence):
            return []
        return sentence.phrases[0].open_translation(ENGLISH, join_words([*sentence.tentative, *shown]))

    def _may_go_on(self, sentence: UntranslatedSentence) -> bool:
        """Return whether the sentence may get another phrase."""
        is_in_flight = self._is_in_flight and sentence is self._waiting[0]
        return sentence.is_open and sentence.retry is None and not is_in_flight

    def _has_waited(self, sentence: UntranslatedSentence, now_s: float) -> bool:
        """Return whether the sentence, the first one, waits for no other phrase."""
        return self.is_hurried or now_s >= sentence.due_s or len(self._waiting) > 1 or sentence.retry is not None

    def _close(self, words: Sequence[Word]) -> list[Event]:
        """Close the English track of the first sentence."""
        sentence = self._waiting.popleft()
        self._previous = join_words(words) if sentence.is_open else ""
        self._previous_end_s = sentence.end_s
        return sentence.close(words)

    def _judge(self, hypothesis: Hypothesis, sound: VoiceActivity, start_s: float, end_s: float) -> FilterVerdict:
        # the terms that were sent are unknown here, but those that the text contains are among these
        prompt = prompt_text(self.glossary.select(hypothesis.text), ENGLISH)
        verdict = judge(
            hypothesis,
            language=ENGLISH,
            sound=sound,
            start_s=start_s,
            end_s=end_s,
            prompt=prompt,
            confidence=self._confidence,
        )
        if verdict.fault in (None, "logprob"):
            self._confidence.add(hypothesis.avg_logprob)
        return verdict

    def _request(self, sentence: UntranslatedSentence) -> DecodeRequest:
        if sentence.retry is not None:
            return sentence.retry
        previous = self._previous if sentence.start_s <= self._previous_end_s + SENTENCE_WAIT_S else ""
        return DecodeRequest(
            samples=sentence.samples,
            tasks=("translate",),
            language=sentence.language,
            terms=self.glossary.select(sentence.original, previous=previous),
            previous=previous,
            is_utterance_end=True,
            first_sample=round(sentence.start_s * SAMPLE_RATE),
        )


def count_voiced(words: Sequence[Word], start_s: float, end_s: float, window: Window) -> int:
    """Return about how many words of a window's translation were said between two moments: in proportion to voice."""
    voiced_s = window.sound.voiced_s(window.start_s, window.end_s)
    share = window.sound.voiced_s(start_s, end_s) / voiced_s if voiced_s > 0 else 0.0
    return round(share * len(words))


def _doubt(words: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(replace(word, is_doubtful=True) for word in words)
