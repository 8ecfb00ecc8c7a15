"""One source on one target track: whole sentences, in order, append-only."""

from dataclasses import replace
from typing import Any

from app.captions.event import Event
from app.translate.request import Translation
from app.translate.source_lane import LaneRequest, SourceLane
from tests.fakes.text_translator import mark_words
from tests.support.captions import EVENT, phrase_event


class Spoken:
    """A lane from German to English with what it published, on a clock that the test moves."""

    def __init__(self, *, has_previews: bool = False) -> None:
        self.lane = SourceLane("en", "main", has_previews=has_previews)
        self.now_s = 100.0
        self.shown: list[tuple[str, str, str]] = []
        """Phrase, text and state, in order."""
        self.events: list[Event] = []
        self.asked: list[LaneRequest] = []

    def say(self, phrase: str, committed: str, tentative: str = "", *, final: bool = False, **changes: Any) -> None:
        """Put a state of a phrase, which starts at the second in its name."""
        start_s = float(phrase.partition("-")[2])
        changes = {"language": "de", "start_s": start_s, "end_s": start_s + 1.0, **changes}
        if final:
            self.lane.put(phrase_event(phrase, committed, **changes), self.now_s)
        else:
            changes = {"phrase": phrase, "committed": committed, "tentative": tentative, **changes}
            self.lane.put(replace(EVENT, **changes), self.now_s)
        self.step()

    def step(self, pass_s: float = 0.0) -> None:
        """Let time pass, publish and ask."""
        self.now_s += pass_s
        for one in self.lane.advance(self.now_s):
            self.events.append(one.event)
            text = f"{one.event.committed}|{one.event.tentative}" if one.event.tentative else one.event.committed
            self.shown.append((one.event.phrase, text, one.event.state))
        wanted = self.lane.next_request(self.now_s)
        if wanted is not None:
            self.asked.append(wanted)

    def answer(self, translation: Translation | None = None) -> str:
        """Translate the oldest request, marking its words; return what it was."""
        wanted = self.asked.pop(0)
        marked = Translation(mark_words(wanted.request.text, "en"))
        self.lane.complete(wanted, translation or marked, self.now_s)
        self.step()
        return wanted.request.text

    def fail(self) -> None:
        """Let the oldest request fail."""
        self.lane.complete(self.asked.pop(0), None, self.now_s)
        self.step()


def test_a_committed_sentence_is_translated_before_its_phrase_ends() -> None:
    """It is once the next word is committed; the rest follows when the phrase is final."""
    spoken = Spoken()
    spoken.say("1-0", "Guten Morgen.")
    assert not spoken.asked
    spoken.say("1-0", "Guten Morgen. Wir", "beginnen")
    assert spoken.answer() == "Guten Morgen."
    spoken.say("1-0", "Guten Morgen. Wir beginnen jetzt.", final=True)
    assert spoken.answer() == "Wir beginnen jetzt."
    assert spoken.shown == [
        ("1-0", "Guten_en Morgen_en.", "open"),
        ("1-0", "Guten_en Morgen_en. Wir_en beginnen_en jetzt_en.", "final"),
    ]


def test_the_sentence_before_is_the_context() -> None:
    """With its translation as readers got it, unless a long silence is between them or it was only half a sentence."""
    spoken = Spoken()
    spoken.say("1-0", "Eins. Zwei.", final=True)
    spoken.answer()
    assert (spoken.asked[0].request.previous, spoken.asked[0].request.previous_translation) == ("Eins.", "Eins_en.")
    spoken.answer()
    spoken.say("1-99", "Drei.", final=True)
    assert spoken.asked[0].request.previous == ""
    spoken.answer()
    spoken.say("1-100", "Wir treffen", final=True)
    spoken.say("2-101", "Vier.", final=True)
    assert spoken.answer() == "Wir treffen"
    assert spoken.asked[0].request.previous == ""


def test_half_a_sentence_waits_for_its_rest() -> None:
    """One request translates both phrases, and each gets its share, in order."""
    spoken = Spoken()
    spoken.say("1-0", "Wir treffen uns", final=True)
    assert not spoken.asked
    spoken.say("1-2", "am Montag.", final=True)
    assert spoken.answer() == "Wir treffen uns am Montag."
    assert spoken.shown == [("1-0", "Wir_en treffen_en uns_en", "final"), ("1-2", "am_en Montag_en.", "final")]


def test_half_a_sentence_waits_two_seconds_at_most() -> None:
    """Then it is translated as it is, and what follows alone."""
    spoken = Spoken()
    spoken.say("1-0", "Wir treffen uns", final=True)
    spoken.step(1.9)
    assert not spoken.asked
    spoken.step(0.2)
    assert spoken.answer() == "Wir treffen uns"
    spoken.say("1-2", "am Montag.", final=True)
    assert spoken.answer() == "am Montag."


def test_the_rest_may_be_committed_in_an_open_phrase() -> None:
    """The sentence does not wait for the end of the phrase that it ends in."""
    spoken = Spoken()
    spoken.say("1-0", "Wir treffen uns", final=True)
    spoken.say("1-2", "am Montag. Ada", "kommt")
    assert spoken.answer() == "Wir treffen uns am Montag."
    assert spoken.shown == [("1-0", "Wir_en treffen_en uns_en", "final"), ("1-2", "am_en Montag_en.", "open")]


def test_sentences_of_different_people_are_never_joined() -> None:
    """Nor those of different languages or source sessions, or after a pause."""
    for change in ({"speaker": "Ada"}, {"language": "fr"}, {"phrase": "2-2"}, {"start_s": 3.5, "end_s": 4.5}):
        spoken = Spoken()
        spoken.say("1-0", "Wir treffen uns", final=True)
        spoken.say(str(change.pop("phrase", "1-2")), "am Montag.", final=True, **change)
        assert [spoken.answer(), spoken.answer()] == ["Wir treffen uns", "am Montag."]


def test_speech_in_the_target_language_passes_at_once() -> None:
    """Grey and doubtful words too; in order with what is translated before it."""
    spoken = Spoken()
    spoken.say("1-0", "Guten Morgen.", final=True)
    spoken.say("1-2", "Good", "morning", language="en", doubtful=(0,))
    assert spoken.shown == []
    spoken.answer()
    assert spoken.shown[1:] == [("1-2", "Good|morning", "open")]
    assert spoken.events[-1].doubtful == (0,)
    spoken.say("1-2", "Good morning all", final=True, language="en", doubtful=(2,))
    assert spoken.shown[2:] == [("1-2", "Good morning all", "final")]
    assert (spoken.events[-1].language, spoken.events[-1].doubtful) == ("en", (2,))
    assert not spoken.asked


def test_without_a_translation_the_original_text_stands() -> None:
    """A fault or a failure gives the text as it was said, marked by its language."""
    spoken = Spoken()
    spoken.say("1-0", "Guten Morgen.", final=True)
    spoken.answer(Translation("Guten Morgen.", "copied"))
    spoken.say("1-2", "Guten Tag.", final=True)
    spoken.fail()
    assert [(event.committed, event.language) for event in spoken.events] == [
        ("Guten Morgen.", "de"),
        ("Guten Tag.", "de"),
    ]


def test_a_preview_hides_its_last_words() -> None:
    """It has the sentence so far; the next one comes not before 0.6 s, and nothing changes committed text."""
    spoken = Spoken(has_previews=True)
    spoken.say("1-0", "", "wir beginnen am Montag")
    assert spoken.asked[0].request.is_preview
    spoken.answer()
    assert spoken.shown == [("1-0", "|wir_en beginnen_en", "open")]
    spoken.say("1-0", "wir", "beginnen am Montag um acht")
    assert not spoken.asked
    spoken.step(0.6)
    assert spoken.answer() == "wir beginnen am Montag um acht"
    spoken.say("1-0", "wir beginnen am Montag um acht.", final=True)
    spoken.answer()
    assert spoken.shown[-1] == ("1-0", "wir_en beginnen_en am_en Montag_en um_en acht_en.", "final")


def test_the_first_phrase_shows_the_preview_of_an_open_sentence() -> None:
    """Readers get the captions of this track in order too."""
    spoken = Spoken(has_previews=True)
    spoken.say("1-0", "Wir treffen uns", final=True)
    spoken.answer()
    spoken.say("1-2", "", "am Montag um acht")
    spoken.step(0.6)
    assert spoken.answer() == "Wir treffen uns am Montag um acht"
    assert {phrase for phrase, *_ in spoken.shown} == {"1-0"}
    assert spoken.shown[-1][1] == "|Wir_en treffen_en uns_en am_en Montag_en"


def test_japanese_is_translated_sentence_by_sentence() -> None:
    """Nothing depends on spaces."""
    spoken = Spoken()
    spoken.say("1-0", "今日は晴れです。明日は", language="ja")
    assert spoken.answer(Translation("It is sunny.")) == "今日は晴れです。"
    spoken.say("1-0", "今日は晴れです。明日は雨です。", language="ja", final=True)
    assert spoken.answer(Translation("It will rain.")) == "明日は雨です。"
    assert spoken.shown[-1] == ("1-0", "It is sunny. It will rain.", "final")


def test_a_phrase_that_never_ends_holds_nothing_up() -> None:
    """Its source broke off; the next session goes on."""
    spoken = Spoken()
    spoken.say("1-0", "Guten", "Morgen")
    spoken.say("2-3", "Guten Tag.", final=True)
    spoken.answer()
    assert spoken.shown == [("2-3", "Guten_en Tag_en.", "final")]


def test_what_was_no_speech_leaves_nothing() -> None:
    """A phrase whose grey text is removed blocks nothing."""
    spoken = Spoken()
    spoken.say("1-0", "", "hm")
    spoken.say("1-0", "")
    assert spoken.lane.is_idle
    assert spoken.shown == []
