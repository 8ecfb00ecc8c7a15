"""A lane under any interleaving of speech, results, failures, restarts and corrections."""

import os
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.captions.bus import Bus
from app.captions.caption_log import MemoryLog
from app.captions.event import ORIGINAL, Event
from app.captions.transcript import Transcript
from app.translate.lane import Lane, LaneWork
from app.translate.phrase_translation import TranslatedEvent
from app.translate.request import Translation, TranslationRequest
from app.translate.retranslation import Retranslation, find_linked, is_outdated
from tests.fakes.text_translator import mark_words
from tests.support.captions import EVENT

EXAMPLES = int(os.environ.get("SURTITLE_LANE_EXAMPLES", "40"))
"""Random talks of the property test; `SURTITLE_LANE_EXAMPLES=5000` makes a long run of it."""

WORDS = (
    "wir",
    "treffen",
    "uns.",
    "Am",
    "3.",
    "Oktober",
    "kommt",
    "Ada!",
    "今日は晴れです。明日は",
    "z.",
    "B.",
    "heute,",
    "gut?",
)

STEPS = st.one_of(
    st.tuples(st.just("say"), st.sampled_from("ab"), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)),
    st.tuples(st.just("hesitate"), st.sampled_from("ab"), st.lists(st.sampled_from(WORDS), max_size=3)),
    st.tuples(st.just("end"), st.sampled_from("ab"), st.just(())),
    st.tuples(st.just("switch"), st.sampled_from("ab"), st.sampled_from(("de", "ja", "en"))),
    st.tuples(st.just("break"), st.sampled_from("ab"), st.just(())),
    st.tuples(st.just("answer"), st.sampled_from(("good", "good", "good", "fault", "fail")), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.sampled_from((0.1, 0.7, 2.5)), st.just(())),
    st.tuples(st.just("correct"), st.integers(0, 9), st.sampled_from(("Neu.", "Halb", None))),
    st.tuples(st.just("translate by hand"), st.integers(0, 9), st.sampled_from(("By hand.", None))),
    st.tuples(st.just("retranslate"), st.just(""), st.just(())),
    st.tuples(st.just("restart"), st.just(""), st.just(())),
)


class _Mouth:
    """What one source says now."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.session = 1
        self.language = "de"
        self.words: list[str] = []
        self.n_phrases = 0
        self.rev = 0


class RandomTalk:
    """A transcript with one lane into English, and what readers of it were shown."""

    def __init__(self) -> None:
        self.now_s = 50.0
        self.log = MemoryLog("e1")
        self.bus = Bus("main")
        self.transcript = Transcript(self.log, self.bus, lambda: self.now_s)
        self.mouths = {name: _Mouth(name) for name in "ab"}
        self.works: list[LaneWork] = []
        self.shown: dict[str, Event] = {}
        """The newest event of each phrase on the target track."""
        self.corrected: set[str] = set()
        """Phrases that a person has changed, or that are linked to one."""
        self.revs: dict[str, int] = {}
        """The revision with which each phrase ended."""
        self.bus_events: list[Event] = []
        self.lane = Lane("en", "main")
        self._listening = self.bus.listen(self._on_event)
        self._listening.__enter__()

    def do(self, kind: str, what: object, how: object) -> None:
        """Do one step, then let the lane publish and ask."""
        if kind in ("say", "hesitate", "end", "switch", "break"):
            self._speak(kind, self.mouths[str(what)], how)
        elif kind == "wait":
            self.now_s += float(str(what))
        elif kind == "answer":
            self._answer(str(what), int(str(how)))
        elif kind in ("correct", "translate by hand"):
            self._correct(int(str(what)), ORIGINAL if kind == "correct" else "en", None if how is None else str(how))
        elif kind == "retranslate":
            self._retranslate()
        elif kind == "restart":
            self.works.clear()
            self._publish(self.lane.clear(self.now_s))
            self.now_s += 0.1
            self.lane = Lane("en", "main")
            self.lane.backfill(self.log.newest(), self.transcript.open_phrases(), self.now_s, all_from_s=0.0)
            self.bus_events.clear()
        self._step()

    def finish(self) -> None:
        """End what is said, and translate all of it."""
        for name in self.mouths:
            self.do("end", name, ())
        self.lane.hurry()
        for _ in range(1000):
            self._step()
            if not self.works:
                break
            self._answer("good", 0)
        self._retranslate()
        assert self.lane.is_idle

    def _speak(self, kind: str, mouth: _Mouth, how: object) -> None:
        self.now_s += 0.05
        if kind in ("switch", "break") and mouth.words:
            if kind == "switch":
                self._speak("end", mouth, ())
            mouth.words = []
            mouth.n_phrases += 1
        if kind == "switch":
            mouth.language = str(how)
            return
        if kind == "break":
            mouth.session += 2
            return
        tentative = ""
        if kind == "say":
            mouth.words += [str(word) for word in how] if isinstance(how, list) else []
        elif kind == "hesitate" and isinstance(how, list):
            tentative = " ".join(how)
        if kind == "end" and not mouth.words:
            return
        mouth.rev += 1
        start_s = 40.0 + mouth.n_phrases
        phrase = f"{mouth.session + (mouth.name == 'b')}-{mouth.name}{mouth.n_phrases}"
        if kind == "end":
            self.revs[phrase] = mouth.rev
        self.transcript.publish(
            replace(
                EVENT,
                phrase=phrase,
                rev=mouth.rev,
                source=mouth.name,
                language=mouth.language,
                state="final" if kind == "end" else "open",
                committed=" ".join(mouth.words),
                tentative=tentative,
                start_s=start_s,
                end_s=start_s + 0.9,
            )
        )
        if kind == "end":
            mouth.words = []
            mouth.n_phrases += 1

    def _answer(self, how: str, number: int) -> None:
        if not self.works:
            return
        work = self.works.pop(number % len(self.works))
        self.lane.complete(work, self._translate(work.wanted.request, how), self.now_s)

    def _translate(self, request: TranslationRequest, how: str) -> Translation | None:
        if how == "fail":
            return None
        if how == "fault":
            return Translation(request.text, "unsure")
        return Translation(mark_words(request.text, "en"))

    def _correct(self, number: int, track: str, text: str | None) -> None:
        finals = [event.phrase for event in self.log.since(0) if event.track == track]
        if finals:
            self.corrected.update(finals)  # a sentence may link any of them
            self.transcript.correct(finals[number % len(finals)], track, text)

    def _retranslate(self) -> None:
        for _ in range(20):
            outdated = next((event for event in self.log.newest() if is_outdated(event)), None)
            if outdated is None:
                return
            linked = find_linked(outdated, self.log.newest())
            if not linked:
                return
            work = Retranslation(linked, "main")
            while wanted := work.next_request():
                work.complete(wanted, Translation(mark_words(wanted.request.text, "en")))
            for one, new in work.results():
                self.transcript.retranslate(one.translation, new.original, new.event.committed, new.event.language)
        raise AssertionError("It is translated again and again.")

    def _step(self) -> None:
        while self.bus_events:
            self.lane.put(self.bus_events.pop(0), self.now_s)
        self._publish(self.lane.advance(self.now_s))
        self.works += self.lane.next_requests(self.now_s)

    def _publish(self, events: list[TranslatedEvent]) -> None:
        for one in events:
            self.transcript.publish(one.event, translated=one.original)

    def _on_event(self, event: Event) -> None:
        if event.track != "en":
            self.bus_events.append(event)
            return
        before = self.shown.get(event.phrase)
        self.shown[event.phrase] = event
        if before is None:
            return
        assert event.rev > before.rev
        if event.text and event.phrase not in self.corrected:  # without text it was removed, as its lane ended
            assert event.committed.startswith(before.committed)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(STEPS, max_size=60))
def test_committed_translations_only_grow(steps: list[tuple[str, object, object]]) -> None:
    """Without a person's change a text only grows; every final phrase is translated once, in order for its source."""
    talk = RandomTalk()
    for kind, what, how in steps:
        talk.do(kind, what, how)
    talk.finish()
    logged = talk.log.since(0)
    withdrawn = {event.phrase for event in logged if (event.track, event.state) == (ORIGINAL, "withdrawn")}
    originals = [event.phrase for event in logged if event.track == ORIGINAL and event.rev == talk.revs[event.phrase]]
    translated = [event.phrase for event in logged if event.track == "en" and event.phrase not in withdrawn]
    for source in "ab":
        said = [name for name in originals if f"-{source}" in name and name not in withdrawn]
        assert [name for name in dict.fromkeys(translated) if f"-{source}" in name] == said
    finals = [event.phrase for event in logged if (event.track, event.state) == ("en", "final")]
    assert all(finals.count(phrase) == 1 for phrase in finals if phrase not in talk.corrected)
    assert not any(is_outdated(event) for event in talk.log.newest())


def test_a_phrase_is_translated_once() -> None:
    """An original that is published again, because its doubtful words were confirmed, changes nothing."""
    talk = RandomTalk()
    talk.do("say", "a", ["gut?"])
    talk.do("end", "a", ())
    talk.do("answer", "good", 0)
    talk.bus_events += [event for event in talk.log.since(0) if event.track == ORIGINAL]
    talk.do("wait", 2.5, ())
    assert not talk.works
    assert [event.committed for event in talk.log.since(0) if event.track == "en"] == ["gut_en?"]
