"""What the policy decides becomes events, cuts and requests for translations."""

import numpy as np

from app.audio.chunk import SAMPLE_RATE, Chunk
from app.audio.speech_stream import SpeechChunk
from app.captions.phrase_writer import PhraseWriter
from app.captions.policy import ClosedPhrase, PolicyUpdate
from app.captions.speaker_turns import SpeakerTurns
from app.captions.translation_queue import TranslationQueue
from app.captions.windows import Window, WindowSchedule
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis
from tests.fakes.speaker import VoicedWords, spoken_words
from tests.fakes.turns import GivenTurns

WORDS = spoken_words("we start now. then")


class Written:
    """A writer with its parts, behind four seconds of sound."""

    def __init__(self, turns: SpeakerTurns | None = None) -> None:
        self.windows = WindowSchedule()
        self.windows.feed(
            SpeechChunk(Chunk(np.zeros(4 * SAMPLE_RATE, np.float32), 0.0), (0.0,) * 125), keeps_silence=True
        )
        self.translations = TranslationQueue(Glossary())
        self.writer = PhraseWriter(
            room="main",
            source="mic",
            number=3,
            origin_s=0.0,
            windows=self.windows,
            translations=self.translations,
            turns=turns,
        )

    def write(self, update: PolicyUpdate, *, language: str = "en", translates: bool = False) -> list[tuple[str, ...]]:
        """Return track, state and text of each event."""
        window = Window(0.0, 4.0, False, VoicedWords(WORDS))
        events = self.writer.write(update, window, language, None, translates=translates)
        return [(event.phrase, event.track, event.state, event.text) for event in events]


def test_a_closed_phrase_is_cut_and_the_next_begins_there() -> None:
    """Its name is the session and the sample at which it begins."""
    written = Written()
    assert written.write(PolicyUpdate((), WORDS[:2], ())) == [("3-0", "original", "open", "we start")]
    events = written.write(PolicyUpdate((ClosedPhrase(WORDS[:3], 1.2, 1.2),), (), WORDS[3:]))
    assert events == [("3-0", "original", "final", "we start now."), ("3-19200", "original", "open", "then")]
    assert written.windows.cut_s == 1.2
    assert written.writer.is_open


def test_a_phrase_from_before_the_last_cut_has_a_name_of_its_own() -> None:
    """Words that a later decode finds before the cut close a phrase that moves no cut; the next one is another."""
    written = Written()
    written.write(PolicyUpdate((ClosedPhrase(WORDS[:2], 3.0, 1.0),), (), WORDS[3:]))
    events = written.write(PolicyUpdate((ClosedPhrase(WORDS[2:3], 1.2, 1.2),), (), WORDS[3:]))
    assert [(state, text) for _, _, state, text in events] == [("final", "now."), ("open", "then")]
    assert events[0][0] != events[1][0]


def test_the_next_window_begins_in_the_context() -> None:
    """A phrase that is cut in mid-sentence leaves some of its sound to the next window."""
    written = Written()
    written.write(PolicyUpdate((ClosedPhrase(WORDS[:2], 3.0, 1.0),), (), ()))
    window = written.windows.window()
    assert (window.start_s, window.cut_s) == (1.0, 3.0)


def test_english_speech_is_its_own_translation() -> None:
    """Both tracks get the same text."""
    events = Written().write(PolicyUpdate((ClosedPhrase(WORDS[:3], 1.2, 1.2),), (), ()), translates=True)
    assert [event[1:] for event in events] == [
        ("original", "final", "we start now."),
        ("en", "final", "we start now."),
    ]


def test_a_closed_phrase_of_another_language_is_queued_for_translation() -> None:
    """With the sound up to its cut."""
    written = Written()
    written.write(PolicyUpdate((ClosedPhrase(WORDS[:3], 1.2, 1.2),), (), ()), language="de", translates=True)
    untranslated, request = written.translations.take_next()
    assert [phrase.name for phrase in untranslated.phrases] == ["3-0"]
    assert len(request.samples) == round(1.2 * SAMPLE_RATE)


def test_a_translation_of_more_than_the_phrase_is_not_its_own() -> None:
    """A pause in the window of two sentences leaves the second one open; its English must not have the first again."""
    written = Written()
    both = DecodeResult("de", {"translate": Hypothesis(spoken_words("we start now. then", word_s=0.0), -0.1)})
    paused = Window(0.0, 2.0, True, VoicedWords(WORDS))
    update = PolicyUpdate((ClosedPhrase(WORDS[:3], 1.2, 1.2),), WORDS[3:], ())
    written.writer.write(update, paused, "de", both, translates=True)
    update = PolicyUpdate((ClosedPhrase(WORDS[3:], 2.0, 2.0),), (), ())
    events = written.writer.write(update, paused, "de", both, translates=True)
    assert [(event.track, event.text) for event in events if event.state == "final"] == [("original", "then")]
    assert len(written.translations) == 2


def test_an_open_phrase_can_be_cleared() -> None:
    """Then no phrase is open."""
    written = Written()
    written.write(PolicyUpdate((), (), WORDS[:1]))
    assert [event.text for event in written.writer.clear()] == [""]
    assert not written.writer.is_open
    assert written.writer.clear() == []


def test_a_phrase_is_cut_where_the_speaker_changes() -> None:
    """Each part is a phrase with its speaker, and each phrase has a name of its own."""
    words = spoken_words("we start now. thank you Ada")
    written = Written(GivenTurns((0.0, "Speaker 1"), (words[3].start_s - 0.05, "Speaker 2")))
    window = Window(0.0, 4.0, False, VoicedWords(words))
    opened = written.writer.write(PolicyUpdate((), words[:2], ()), window, "en", None, translates=True)
    assert {event.speaker for event in opened} == {"Speaker 1"}
    update = PolicyUpdate((ClosedPhrase(words, 3.5, 3.5),), (), ())
    closed = written.writer.write(update, window, "en", None, translates=True)
    assert [(event.track, event.text, event.speaker) for event in closed if event.state == "final"] == [
        ("original", "we start now.", "Speaker 1"),
        ("en", "we start now.", "Speaker 1"),
        ("original", "thank you Ada", "Speaker 2"),
        ("en", "thank you Ada", "Speaker 2"),
    ]
    assert len({event.phrase for event in closed}) == 2
