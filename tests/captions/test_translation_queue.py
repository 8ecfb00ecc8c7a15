"""Closed phrases are translated in order, and a rejected translation is requested once more."""

import numpy as np

from app.captions.phrase import Phrase
from app.captions.translation_queue import TranslationQueue
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis
from app.decode.request import Urgency
from tests.fakes.speaker import VoicedWords, spoken_words

SOUND = VoicedWords(spoken_words("guten morgen"))


def queue_of(*names: str) -> TranslationQueue:
    """Return a queue with phrases."""
    queue = TranslationQueue(Glossary())
    for name in names:
        phrase = Phrase(room="main", source="mic", name=name, start_s=0.0, origin_s=0.0)
        phrase.open_translation("en", f"open {name}")
        queue.add(phrase, np.zeros(16_000, np.float32), "de")
    return queue


def answer(text: str, logprob: float = -0.1) -> DecodeResult:
    """Return a translation."""
    words = tuple(word.shifted(0.0) for word in spoken_words(text, word_s=0.0))
    return DecodeResult("de", {"translate": Hypothesis(words, logprob)})


def test_phrases_are_translated_in_order() -> None:
    """A phrase whose decode failed stays the first."""
    queue = queue_of("a", "b")
    first, request = queue.take_next()
    assert (request.tasks, request.language, request.is_utterance_end) == (("translate",), "de", True)
    queue.put_back(first)
    assert queue.need().urgency is Urgency.UTTERANCE_END
    assert [queue.take_next()[0].phrase.name for _ in range(2)] == ["a", "b"]
    assert not queue


def test_a_translation_closes_the_english_track() -> None:
    """The phrase is final there with the translated text."""
    queue = queue_of("a")
    untranslated, _ = queue.take_next()
    [event] = queue.complete(untranslated, answer("good morning"), SOUND)
    assert (event.track, event.state, event.committed) == ("en", "final", "good morning")


def test_a_rejected_translation_is_requested_once_more_at_the_full_window() -> None:
    """When that is rejected too, the phrase closes with the text that is shown."""
    queue = queue_of("a")
    untranslated, request = queue.take_next()
    assert not request.full_window
    assert queue.complete(untranslated, answer("guess", logprob=-2.0), SOUND) == []
    untranslated, request = queue.take_next()
    assert request.full_window
    [event] = queue.complete(untranslated, answer("guess", logprob=-2.0), SOUND)
    assert event.committed == "open a"
