"""Closed phrases whose sound waits for its translation, and the one that is being translated."""

from collections import deque
from dataclasses import dataclass, replace

from app.audio.chunk import Samples
from app.captions.event import Event
from app.captions.filters import judge
from app.captions.phrase import Phrase
from app.captions.windows import VoiceActivity
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, join_words
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
    """Asks for the translations of one session's phrases, one after the other."""

    def __init__(self, glossary: Glossary) -> None:
        """Begin with nothing to translate."""
        self.glossary = glossary
        self._waiting: deque[UntranslatedPhrase] = deque()

    def __len__(self) -> int:
        """Return how many phrases wait."""
        return len(self._waiting)

    def add(self, phrase: Phrase, samples: Samples, language: str) -> None:
        """Let a closed phrase wait for its translation."""
        self._waiting.append(UntranslatedPhrase(phrase, samples, language))

    def need(self) -> DecodeNeed:
        """Return what a scheduler must know of the next phrase."""
        return self._request(self._waiting[0]).need()

    def take_next(self) -> tuple[UntranslatedPhrase, DecodeRequest]:
        """Take the next phrase and return it with its request."""
        waiting = self._waiting.popleft()
        return waiting, self._request(waiting)

    def put_back(self, waiting: UntranslatedPhrase) -> None:
        """Let a phrase wait that has no answer, before the others."""
        self._waiting.appendleft(waiting)

    def complete(self, waiting: UntranslatedPhrase, decoded: DecodeResult, sound: VoiceActivity) -> list[Event]:
        """Close the phrase's English track; an answer not to be believed is asked for once more, at the full window."""
        text = self.english_text(decoded, sound)
        if not text and not waiting.is_retry:
            self._waiting.appendleft(replace(waiting, is_retry=True))
            return []
        return waiting.phrase.close_translation(ENGLISH, text or waiting.phrase.shown(ENGLISH))

    def english_text(self, decoded: DecodeResult | None, sound: VoiceActivity) -> str:
        """Return the English text of a window, empty if there is none to believe."""
        hypothesis = decoded.hypotheses.get("translate") if decoded else None
        if hypothesis is None:
            return ""
        verdict = judge(hypothesis, language=ENGLISH, sound=sound, start_s=0.0, prompt=self.glossary.prompt)
        return join_words(self.glossary.correct(verdict.words))

    def _request(self, waiting: UntranslatedPhrase) -> DecodeRequest:
        return DecodeRequest(
            samples=waiting.samples,
            tasks=("translate",),
            language=waiting.language,
            glossary=self.glossary.prompt,
            is_final=True,
            full_window=waiting.is_retry,
        )
