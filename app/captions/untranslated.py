"""A sentence whose English text is not final yet: its closed phrases and their sound; pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Samples
from app.captions.event import ORIGINAL, Event
from app.captions.phrase import Phrase
from app.captions.sentences import ends_clause, ends_sentence
from app.decode.hypothesis import Word
from app.decode.request import DecodeRequest

ENGLISH = "en"
"""The only language Whisper translates into."""

JOINED_MAX_S = 28.0
"""Most sound of one translation; Whisper's window has 30 s."""

CLAUSE_WORDS = 2.5
"""How far from its exact place, in words, a translation is divided rather after a comma than between two words."""


@dataclass(frozen=True, slots=True)
class UntranslatedSentence:
    """Closed phrases in a row that are translated by one decode."""

    phrases: tuple[Phrase, ...]
    samples: Samples
    """Mono at SAMPLE_RATE."""
    start_s: float
    end_s: float
    """Where their sound begins and ends, in seconds on the session's clock."""
    language: str
    due_s: float = -math.inf
    """When to stop waiting for the rest of the sentence, on the session's clock."""
    first_end_s: float | None = None
    """Where the sound of its first phrase ends; None if it has only one."""
    believed: tuple[Word, ...] = ()
    """Believed English words of exactly this sound."""
    is_joined: bool = False
    """Whether a decode of the whole sentence is needed even though words of its parts are believed."""
    tentative: tuple[Word, ...] = ()
    """About the English words of this sound, for the grey text of a sentence that goes on."""
    candidate: tuple[Word, ...] = ()
    """The words of the most probable translation that was not believed."""
    candidate_logprob: float = -math.inf
    retry: DecodeRequest | None = None
    """The next try after a rejected translation."""

    @property
    def waits_since_s(self) -> float:
        """Where the sound of its first phrase ends."""
        return self.end_s if self.first_end_s is None else self.first_end_s

    @property
    def needs_decode(self) -> bool:
        """Whether its English words are not known yet."""
        return self.is_joined or not self.believed

    @property
    def original(self) -> str:
        """What was said."""
        return " ".join(phrase.shown(ORIGINAL) for phrase in self.phrases)

    @property
    def duration_s(self) -> float:
        """Length of the sound in seconds."""
        return len(self.samples) / SAMPLE_RATE

    @property
    def is_open(self) -> bool:
        """Whether it ends in mid-sentence."""
        return not ends_sentence(self.original.rpartition(" ")[2], self.language)

    def may_join(self, following: "UntranslatedSentence") -> bool:
        """Return whether one decode can translate both."""
        is_same = self.language == following.language != ENGLISH
        return is_same and self.duration_s + following.duration_s <= JOINED_MAX_S

    def join(self, following: "UntranslatedSentence") -> "UntranslatedSentence":
        """Return the sentence with the phrases that follow it; sound that both have is there once."""
        n_common = max(0, round((self.end_s - following.start_s) * SAMPLE_RATE))
        return replace(
            following,
            phrases=(*self.phrases, *following.phrases),
            samples=np.concatenate([self.samples, following.samples[n_common:]]),
            start_s=self.start_s,
            due_s=min(self.due_s, following.due_s),
            first_end_s=self.waits_since_s,
            believed=self.believed + following.believed if self.believed and following.believed else (),
            is_joined=True,
            tentative=(*self.tentative, *following.tentative),
        )

    def close(self, words: Sequence[Word]) -> list[Event]:
        """Close the English track of all phrases with the words of their translation."""
        parts = divide_words(words, [len(phrase.shown(ORIGINAL)) for phrase in self.phrases])
        closed = zip(self.phrases, parts, strict=True)
        return [event for phrase, part in closed for event in phrase.close_translation(ENGLISH, part)]


def divide_words(words: Sequence[Word], weights: Sequence[float]) -> list[tuple[Word, ...]]:
    """Divide a text into parts about as long as their weights, rather at the end of a clause.

    No word is lost or doubled. Every part has a word, as long as there are enough.
    """
    parts: list[tuple[Word, ...]] = []
    first = 0
    for number in range(1, len(weights)):
        exact = len(words) * sum(weights[:number]) / max(sum(weights), 1e-9)
        last_max = max(first, len(words) - (len(weights) - number))
        cuts = range(min(first + 1, last_max), last_max + 1)
        last = min(cuts, key=lambda cut: abs(cut - exact) - CLAUSE_WORDS * _is_clause(words, cut))
        parts.append(tuple(words[first:last]))
        first = last
    return [*parts, tuple(words[first:])]


def _is_clause(words: Sequence[Word], cut: int) -> bool:
    """Return whether a clause ends before word `cut`."""
    following = words[cut].text if cut < len(words) else None
    return 0 < cut <= len(words) and ends_clause(words[cut - 1].text, ENGLISH, following)


def plain_words(text: str) -> tuple[Word, ...]:
    """Return the words of a text, doubtful and without times, for a translation that no decode gave."""
    return tuple(Word(part, 0.0, 0.0, 0.0, is_doubtful=True) for part in text.split())
