"""Closed phrases that wait for a decode of their translation; pure."""

from collections import deque
from dataclasses import dataclass, replace

from app.audio.chunk import SAMPLE_RATE, Samples
from app.captions.event import ORIGINAL, Event
from app.captions.filters import judge
from app.captions.phrase import Phrase
from app.captions.windows import VoiceActivity
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, join_words
from app.decode.prompt import prompt_text
from app.decode.request import DecodeNeed, DecodeRequest

ENGLISH = "en"
"""The only language Whisper translates into."""


@dataclass(frozen=True, slots=True)
class UntranslatedPhrase:
    """A closed phrase and its sound."""

    phrase: Phrase
    samples: Samples
    """Mono at SAMPLE_RATE."""
    language: str
    is_retry: bool = False


class TranslationQueue:
    """The untranslated phrases of one session, in order."""

    def __init__(self, glossary: Glossary) -> None:
        """Create an empty queue."""
        self.glossary = glossary
        self._waiting: deque[UntranslatedPhrase] = deque()

    def __len__(self) -> int:
        """Return how many phrases wait."""
        return len(self._waiting)

    def add(self, phrase: Phrase, samples: Samples, language: str) -> None:
        """Queue a closed phrase with its sound."""
        self._waiting.append(UntranslatedPhrase(phrase, samples, language))

    def need(self) -> DecodeNeed:
        """Return what the scheduler needs to know about the next phrase."""
        return self._request(self._waiting[0]).need()

    def take_next(self) -> tuple[UntranslatedPhrase, DecodeRequest]:
        """Remove the next phrase and return it with its request."""
        untranslated = self._waiting.popleft()
        return untranslated, self._request(untranslated)

    def put_back(self, untranslated: UntranslatedPhrase) -> None:
        """Put a phrase whose decode failed back at the front of the queue."""
        self._waiting.appendleft(untranslated)

    def give_up(self, untranslated: UntranslatedPhrase) -> list[Event]:
        """Close the English track with what it shows, because its decode fails again and again."""
        phrase = untranslated.phrase
        return phrase.close_translation(ENGLISH, phrase.shown(ENGLISH))

    def complete(self, untranslated: UntranslatedPhrase, decoded: DecodeResult, sound: VoiceActivity) -> list[Event]:
        """Close the phrase's English track; a rejected answer is requested once more, at the full window."""
        text = self.english_text(decoded, sound)
        if not text and not untranslated.is_retry:
            self._waiting.appendleft(replace(untranslated, is_retry=True))
            return []
        return untranslated.phrase.close_translation(ENGLISH, text or untranslated.phrase.shown(ENGLISH))

    def english_text(self, decoded: DecodeResult | None, sound: VoiceActivity) -> str:
        """Return the English text of a window, empty if there is none or it was rejected."""
        hypothesis = decoded.hypotheses.get("translate") if decoded else None
        if hypothesis is None:
            return ""
        # the terms that were sent are unknown here, but those that the text contains are among these
        prompt = prompt_text(self.glossary.select(hypothesis.text), ENGLISH)
        verdict = judge(hypothesis, language=ENGLISH, sound=sound, start_s=0.0, prompt=prompt)
        return "" if verdict.fault is not None else join_words(self.glossary.correct(verdict.words))

    def _request(self, untranslated: UntranslatedPhrase) -> DecodeRequest:
        return DecodeRequest(
            samples=untranslated.samples,
            tasks=("translate",),
            language=untranslated.language,
            terms=self.glossary.select(untranslated.phrase.shown(ORIGINAL)),
            is_utterance_end=True,
            full_window=untranslated.is_retry,
            first_sample=round(untranslated.phrase.start_s * SAMPLE_RATE),
        )
