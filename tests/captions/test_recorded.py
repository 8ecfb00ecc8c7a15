"""Recorded speech goes through the same filters, in order, many windows at once."""

import asyncio

import numpy as np
import pytest

from app.audio.segments import Segment
from app.audio.speech_timeline import SpeechTimeline
from app.captions.recorded import IN_FLIGHT, TranscribeOptions, split_phrases, transcribe
from app.decode.glossary import parse
from app.decode.hypothesis import DecodeResult, Hypothesis, LanguageDetection, Word, join_words
from app.decode.request import DecodeRequest
from app.errors import DecodeError
from tests.fakes.speaker import spoken_words


class AllVoice(SpeechTimeline):
    """Voice all the time."""

    def voiced_s(self, start_s: float, end_s: float) -> float:
        """Return the whole span."""
        return max(0.0, end_s - start_s)


def pieces(n_pieces: int, seconds: float = 3.0) -> list[Segment]:
    """Return windows one after the other."""
    sound = np.zeros(round(seconds * 16_000), np.float32)
    return [Segment(sound, i * 5.0, AllVoice()) for i in range(n_pieces)]


class Scripted:
    """Answers window i with text i, later ones sooner; notes what it was asked."""

    def __init__(
        self,
        *texts: str,
        language: str = "en",
        detection: LanguageDetection | None = None,
        logprob: float = -0.1,
    ) -> None:
        self.texts = list(texts)
        self.logprob = logprob
        self.language, self.detection = language, detection
        self.requests: list[DecodeRequest] = []
        self.n_flying = self.n_most = 0

    async def decode(self, request: DecodeRequest) -> DecodeResult:
        """Take a moment."""
        number = len(self.requests)
        self.requests.append(request)
        self.n_flying += 1
        self.n_most = max(self.n_most, self.n_flying)
        await asyncio.sleep(0.02 / (number + 1))
        self.n_flying -= 1
        words = tuple(spoken_words(self.texts[number % len(self.texts)]))
        return DecodeResult(
            request.language or self.language, {request.tasks[0]: Hypothesis(words, self.logprob)}, self.detection
        )


async def test_phrases_come_in_order_with_their_place_in_the_recording() -> None:
    """Windows that are answered out of order are written in order; sentences are phrases."""
    decoder = Scripted("we meet today. it is late.", "good night to all.")
    progress: list[float] = []
    phrases = await transcribe(pieces(2), decoder, TranscribeOptions(language="en"), progress.append)
    assert [phrase.committed for phrase in phrases] == ["we meet today.", "it is late.", "good night to all."]
    assert phrases[2].start_s >= 5.0
    assert [phrase.start_s for phrase in phrases] == sorted(phrase.start_s for phrase in phrases)
    assert progress == [3.0, 8.0]
    assert all(request.is_recorded and request.beam_size == 5 for request in decoder.requests)


async def test_many_windows_are_in_flight_and_not_too_many() -> None:
    """Batches can fill, and a long file is not read into memory."""
    decoder = Scripted("yes we can.")
    await transcribe(pieces(100), decoder, TranscribeOptions(language="en"))
    assert 8 <= decoder.n_most <= IN_FLIGHT


async def test_a_loop_is_decoded_again_at_the_full_window() -> None:
    """A window that repeats itself gets a second try."""
    decoder = Scripted("and so on " * 9, "and so on.")
    [phrase] = await transcribe(pieces(1), decoder, TranscribeOptions(language="en"))
    assert decoder.requests[1].full_window
    assert phrase.committed == "and so on."


async def test_a_window_that_is_never_believed_stays_and_is_doubtful() -> None:
    """Speech that loops in every decode is kept, each word marked."""
    decoder = Scripted("and so on " * 9)
    phrases = await transcribe(pieces(1), decoder, TranscribeOptions(language="en"))
    assert [(request.beam_size, request.temperature) for request in decoder.requests] == [
        (5, 0.0),
        (5, 0.0),
        (1, 0.2),
        (1, 0.4),
    ]
    text = " ".join(phrase.committed for phrase in phrases)
    assert text.startswith("and so on and so on")
    assert all(len(phrase.doubtful) == len(phrase.committed.split()) for phrase in phrases)


async def test_an_improbable_window_is_not_lost() -> None:
    """A mean log-probability alone never removes text, and an empty answer is not the last word."""
    decoder = Scripted("we vote on the budget now.", logprob=-1.8)
    [phrase] = await transcribe(pieces(1), decoder, TranscribeOptions(language="en"))
    assert phrase.committed == "we vote on the budget now."
    assert phrase.doubtful == (0, 1, 2, 3, 4, 5)
    [phrase] = await transcribe(pieces(1), Scripted("", "we vote now."), TranscribeOptions(language="en"))
    assert phrase.committed == "we vote now."


async def test_a_credit_is_dropped_at_once() -> None:
    """What is known to be invented needs no better decode."""
    decoder = Scripted("Untertitelung des ZDF, 2020")
    assert await transcribe(pieces(1), decoder, TranscribeOptions(language="de")) == []
    assert len(decoder.requests) == 1


async def test_a_doubtful_language_is_that_of_the_window_before() -> None:
    """A short window whose language is a guess is decoded again in the language spoken before it."""
    decoder = Scripted("ja das ist gut.", language="nl", detection=LanguageDetection("nl", 0.4))
    [phrase] = await transcribe(pieces(1), decoder, TranscribeOptions(languages=("de", "nl")))
    assert [request.language for request in decoder.requests] == [None, "de"]
    assert phrase.language == "de"


async def test_the_glossary_corrects_and_a_translation_is_english() -> None:
    """Corrections apply to a translation as they are, and its phrases are on the English track."""
    decoder = Scripted("the survey title is here. it works.")
    wanted = TranscribeOptions(task="translate", language="de", glossary=parse("survey title => Surtitle"))
    first, second = await transcribe(pieces(1), decoder, wanted)
    assert (first.committed, first.track, first.language) == ("the Surtitle is here.", "en", "en")
    assert 0.0 <= first.start_s < first.end_s <= second.start_s < second.end_s <= 3.0


async def test_a_window_that_calls_for_another_term_is_decoded_twice() -> None:
    """The second decode has the terms and corrections that the text of the first one resembles."""
    terms = "\n".join(f"Placeholder{i}" for i in range(40))
    wrongs = "\n".join(f"mistake number {i} => right {i}" for i in range(40))
    decoder = Scripted("we use cooper netties and survey title.")
    wanted = parse(f"{terms}\nKubernetes\n{wrongs}\nsurvey title => Surtitle")
    await transcribe(pieces(1), decoder, TranscribeOptions(language="en", glossary=wanted))
    first, second = decoder.requests
    assert "Kubernetes" not in first.terms
    assert "Kubernetes" in second.terms[:2]
    assert (first.corrections, second.corrections) == ((), (("survey title", "Surtitle"),))


async def test_a_model_that_fails_ends_the_recording() -> None:
    """A failed window is not skipped in silence."""

    class Broken:
        async def decode(self, request: DecodeRequest) -> DecodeResult:
            raise DecodeError("The batch failed.")

    with pytest.raises(ExceptionGroup) as failure:
        await transcribe(pieces(3), Broken(), TranscribeOptions(language="en"))
    assert failure.group_contains(DecodeError, match="The batch failed")


def test_phrases_end_at_sentences_pauses_and_long_clauses() -> None:
    """Sentences and pauses part phrases, commas only long ones."""
    words = [
        *spoken_words("good morning. now"),
        Word("then,", 4.0, 4.3, 0.9),
        *spoken_words("word " * 20 + "comma, end", start_s=4.4),
    ]
    texts = [join_words(phrase) for phrase in split_phrases(words, "en")]
    assert texts[:2] == ["good morning.", "now"]
    assert texts[2].startswith("then, word")
    assert texts[2].endswith("comma,")
    assert texts[3] == "end"
