"""English is translated from whole sentences, in order, and never lost, doubled or empty."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE
from app.captions.event import Event
from app.captions.phrase import Phrase
from app.captions.translation_queue import MASKED_WORDS, RUNNING_WAIT_S, SENTENCE_WAIT_S, TranslationQueue
from app.captions.untranslated import UntranslatedSentence
from app.captions.windows import Window
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis, Word
from app.decode.request import Urgency
from tests.fakes.speaker import VoicedWords, spoken_words

SOUND = VoicedWords(spoken_words(" ".join(["wort"] * 60), word_s=0.5))
"""Speech for half a minute."""


def closed(
    name: str, text: str, start_s: float = 0.0, *, believed: str = "", tentative: str = "", language: str = "de"
) -> UntranslatedSentence:
    """Return a closed phrase; each of its words is half a second long."""
    phrase = Phrase(room="main", source="mic", name=name, start_s=start_s, origin_s=0.0)
    words = spoken_words(text, start_s=start_s, word_s=0.5)
    phrase.close(language, words)
    end_s = start_s + 0.5 * len(words)
    is_sentence = text[-1] in ".?!"
    return UntranslatedSentence(
        (phrase,),
        np.zeros(round((end_s - start_s) * SAMPLE_RATE), np.float32),
        start_s,
        end_s,
        language,
        due_s=-math.inf if is_sentence else end_s + SENTENCE_WAIT_S,
        believed=untimed(believed),
        tentative=untimed(tentative or believed),
    )


def queue_of(*sentences: UntranslatedSentence) -> TranslationQueue:
    """Return a queue with closed phrases."""
    queue = TranslationQueue(Glossary())
    for sentence in sentences:
        queue.add(sentence)
    return queue


def untimed(text: str) -> tuple[Word, ...]:
    """Return words without times, as a translation has them."""
    return tuple(Word(part, 0.0, 0.0, 0.9) for part in text.split())


def answer(text: str, logprob: float = -0.1) -> DecodeResult:
    """Return a translation."""
    return DecodeResult("de", {"translate": Hypothesis(untimed(text), logprob)})


def running(end_s: float, *, start_s: float = 0.0, context_s: float = 0.0, is_paused: bool = False) -> Window:
    """Return a live window."""
    return Window(start_s, end_s, is_paused, SOUND, context_s)


def opened(name: str, start_s: float = 0.0) -> Phrase:
    """Return a phrase that is open."""
    return Phrase(room="main", source="mic", name=name, start_s=start_s, origin_s=0.0)


def texts(events: Sequence[Event]) -> list[tuple[str, str, str]]:
    """Return phrase, state and text of events on the English track."""
    assert {event.track for event in events} <= {"en"}
    return [(event.phrase, event.state, event.text) for event in events]


def decode(queue: TranslationQueue, text: str, logprob: float = -0.1) -> list[tuple[str, str, str]]:
    """Answer the sentence that is due now."""
    sentence, _ = queue.take_next()
    return texts(queue.complete(sentence, answer(text, logprob), SOUND))


# -- sentences


def test_sentences_are_translated_in_order() -> None:
    """One whose decode failed stays the first."""
    queue = queue_of(closed("a", "Guten Morgen."), closed("b", "Wir fangen an.", 1.0))
    assert queue.is_due(0.0)
    first, request = queue.take_next()
    assert not queue.is_due(0.0)
    assert (request.tasks, request.language, request.is_utterance_end) == (("translate",), "de", True)
    queue.put_back(first)
    assert queue.need().urgency is Urgency.UTTERANCE_END
    assert decode(queue, "good morning") == [("a", "final", "good morning")]
    assert decode(queue, "we begin") == [("b", "final", "we begin")]
    assert not queue
    assert not queue.is_due(99.0)


def test_a_translation_of_exactly_the_sentence_needs_no_decode() -> None:
    """It closes at once, unless an older sentence is not closed yet."""
    queue = queue_of(closed("a", "Guten Morgen.", believed="good morning"))
    assert texts(queue.settle(0.0)) == [("a", "final", "good morning")]
    queue = queue_of(closed("a", "Guten Morgen."), closed("b", "Danke.", 1.0, believed="thanks"))
    assert queue.settle(9.0) == []
    assert decode(queue, "good morning") == [("a", "final", "good morning")]
    assert texts(queue.settle(9.0)) == [("b", "final", "thanks")]


def test_a_phrase_in_mid_sentence_waits_for_the_rest_and_is_translated_with_it() -> None:
    """One decode has the sound of both; its words are divided in proportion, none lost or doubled."""
    queue = queue_of(closed("a", "Am dritten Oktober kommt", believed="on the third of October comes"))
    assert queue.settle(3.0) == []
    assert not queue.is_due(3.0)
    queue.add(closed("b", "der neue Chef aus Berlin.", 2.5))
    assert queue.is_due(3.0)
    _, request = queue.take_next()
    assert request.duration_s == pytest.approx(4.5)
    assert request.first_sample == 0
    sentence, _ = queue.take_next()
    english = "On October third the new boss from Berlin is coming."
    parts = texts(queue.complete(sentence, answer(english), SOUND))
    assert [part[:2] for part in parts] == [("a", "final"), ("b", "final")]
    assert " ".join(part[2] for part in parts) == english
    assert all(len(part[2].split()) >= 3 for part in parts)


def test_the_wait_for_the_rest_is_bounded() -> None:
    """After it, the phrase closes with its own translation, or is decoded alone."""
    wait_s = 2.0 + SENTENCE_WAIT_S
    queue = queue_of(closed("a", "Am dritten Oktober kommt", believed="On October third"))
    assert queue.settle(wait_s - 0.1) == []
    assert texts(queue.settle(wait_s)) == [("a", "final", "On October third")]
    queue = queue_of(closed("a", "Am dritten Oktober kommt"))
    assert not queue.is_due(wait_s - 0.1)
    assert queue.is_due(wait_s)
    decode(queue, "On October third")
    queue.add(closed("b", "der neue Chef.", 2.5))
    _, request = queue.take_next()
    assert request.previous == "On October third"
    queue.put_back(_)


def test_it_waits_longer_for_a_phrase_that_has_begun() -> None:
    """But not for ever, however many phrases the sentence has."""
    queue = queue_of(closed("a", "Am dritten Oktober kommt"))
    queue.expect_more()
    assert not queue.is_due(2.0 + RUNNING_WAIT_S - 0.1)
    queue.add(closed("b", "aus dem schönen", 4.0))
    queue.expect_more()
    assert not queue.is_due(2.0 + RUNNING_WAIT_S - 0.1)
    assert queue.is_due(2.0 + RUNNING_WAIT_S)
    queue = queue_of(closed("a", "Guten Morgen."))
    queue.expect_more()
    assert queue.is_due(0.5)


def test_sound_that_two_phrases_share_is_decoded_once() -> None:
    """Word times may overlap by a little; dropped silence is left out."""
    queue = queue_of(closed("a", "Am dritten Oktober"), closed("b", "kommt der Chef.", 1.3))
    assert queue.take_next()[1].duration_s == pytest.approx(2.8)
    queue = queue_of(closed("a", "Am dritten Oktober"), closed("b", "kommt der Chef.", 3.0))
    assert queue.take_next()[1].duration_s == pytest.approx(3.0)


def test_nothing_waits_when_no_sound_arrives() -> None:
    """The rest of the sentence will not come."""
    queue = queue_of(closed("a", "Am dritten Oktober kommt"))
    queue.is_hurried = True
    assert queue.is_due(2.0)


def test_a_sentence_too_long_for_one_decode_is_translated_in_parts() -> None:
    """So is one whose speaker changes the language."""
    queue = queue_of(closed("a", "wort " * 40, 0.0), closed("b", "wort " * 20 + "ende.", 20.0))
    _, request = queue.take_next()
    assert request.duration_s == 20.0
    queue = queue_of(closed("a", "Am dritten Oktober"), closed("b", "le chef arrive.", 2.0, language="fr"))
    _, request = queue.take_next()
    assert request.duration_s == 1.5


def test_english_speech_waits_for_older_translations() -> None:
    """The captions of the track stay in order."""
    queue = queue_of(closed("a", "Guten Morgen."), closed("b", "and hello", 1.0, believed="and hello", language="en"))
    assert queue.settle(9.0) == []
    assert decode(queue, "good morning") == [("a", "final", "good morning")]
    assert texts(queue.settle(9.0)) == [("b", "final", "and hello")]


# -- rejected translations


def test_a_rejected_translation_climbs_the_ladder() -> None:
    """Then the most probable one is taken as doubtful."""
    queue = queue_of(closed("a", "Guten Morgen.", tentative="good mo"))
    tries = []
    for logprob, text in ((-3.0, "guess"), (-2.5, "better guess"), (-2.9, "worse"), (-2.8, "worst")):
        sentence, request = queue.take_next()
        tries.append((request.full_window, request.beam_size, request.temperature))
        assert queue.complete(sentence, answer(text, logprob), SOUND) == []
        assert queue.is_due(0.0)
    assert tries == [(False, 1, 0.0), (True, 1, 0.0), (True, 5, 0.0), (True, 1, 0.2)]
    sentence, request = queue.take_next()
    assert request.temperature == 0.4
    [event] = queue.complete(sentence, answer("last", -2.9), SOUND)
    assert (event.state, event.text, event.doubtful) == ("final", "better guess", (0, 1))


def test_believed_words_of_exactly_the_sound_are_better_than_a_rejected_decode() -> None:
    """They are those of the parts."""
    queue = queue_of(closed("a", "Am dritten Oktober", believed="On October third"))
    queue.add(closed("b", "kommt der Chef.", 1.5, believed="the boss comes."))
    for _ in range(4):
        assert decode(queue, "guess", -3.0) == []
    parts = decode(queue, "guess", -3.0)
    assert " ".join(part[2] for part in parts) == "On October third the boss comes."


@pytest.mark.parametrize(("tentative", "kept"), [("good mo", "good mo"), ("", "Guten Morgen.")])
def test_a_phrase_with_speech_is_never_empty(tentative: str, kept: str) -> None:
    """Without any translation it has its tentative words, or what was said; an empty answer is tried once more."""
    queue = queue_of(closed("a", "Guten Morgen.", tentative=tentative))
    assert decode(queue, "") == []
    assert decode(queue, "") == [("a", "final", kept)]


def test_a_doubtful_translation_is_marked() -> None:
    """It is believed, but an operator should look at it."""
    queue = queue_of(closed("a", "Guten Morgen."))
    sentence, _ = queue.take_next()
    [event] = queue.complete(sentence, answer("good morning", -1.2), SOUND)
    assert (event.text, event.doubtful) == ("good morning", (0, 1))


def test_a_decode_that_fails_for_good_closes_with_what_is_known() -> None:
    """Behind it the others go on."""
    queue = queue_of(closed("a", "Guten Morgen.", tentative="good mo"), closed("b", "Danke.", 1.0, believed="thanks"))
    sentence, _ = queue.take_next()
    assert texts(queue.give_up(sentence)) == [("a", "final", "good mo")]
    assert texts(queue.settle(0.0)) == [("b", "final", "thanks")]


def test_a_credit_is_not_a_translation() -> None:
    """It is judged with the voice of its source."""
    queue = queue_of(closed("a", "Na.", tentative="Well."))
    for _ in range(5):
        found = decode(queue, "Thanks for watching!", -0.9)
    assert found == [("a", "final", "Well.")]


# -- tentative words


def test_the_last_words_are_masked_while_somebody_speaks() -> None:
    """In a pause all are shown."""
    queue, phrase = queue_of(), opened("a")
    english = untimed("on October third the boss")
    assert texts(queue.show(phrase, english, running(3.0))) == [("a", "open", "on October third")]
    assert len(english) - MASKED_WORDS == 3
    assert texts(queue.show(phrase, english, running(3.0, is_paused=True))) == [
        ("a", "open", "on October third the boss")
    ]
    assert queue.show(opened("b"), untimed("on"), running(3.0)) == []


def test_words_of_the_sound_before_the_phrase_are_not_shown_in_it() -> None:
    """The window begins before its phrase, and its translation too; about that share is left out."""
    queue = queue_of()
    english = untimed("one two three four five six seven eight")
    window = running(4.0, context_s=2.0, is_paused=True)
    assert texts(queue.show(opened("b", 2.0), english, window)) == [("b", "open", "five six seven eight")]


def test_a_sentence_that_goes_on_is_shown_in_its_first_phrase() -> None:
    """So the last caption of a phrase comes before the first one of the next."""
    queue = queue_of(closed("a", "Am dritten Oktober kommt", tentative="on October third"))
    window = running(4.0, context_s=2.0, is_paused=True)
    shown = queue.show(opened("b", 2.0), untimed("third comes the new boss now"), window)
    assert texts(shown) == [("a", "open", "on October third new boss now")]
    queue.add(closed("b", "der neue Chef.", 2.0))
    assert queue.show(opened("c", 4.0), untimed("hello to all of you"), running(6.0, start_s=4.0)) == []
    english = "On October third the new boss comes."
    parts = decode(queue, english)
    assert ([part[0] for part in parts], " ".join(part[2] for part in parts)) == (["a", "b"], english)


def test_a_live_translation_is_judged_with_the_voice_of_its_window() -> None:
    """A loop, a credit and a missing translation give no words."""
    queue = queue_of()
    assert queue.read_words(answer("good morning to you"), running(2.0)) == untimed("good morning to you")
    assert queue.read_words(answer("very " * 20), running(2.0)) == ()
    assert queue.read_words(answer("Thanks for watching!", -0.9), replace(running(0.4), sound=SOUND)) == ()
    assert queue.read_words(DecodeResult("de", {}), running(2.0)) == ()
    assert queue.read_words(None, running(2.0)) == ()
