"""The translated tracks of a room: lanes by demand, corrections, and what a restart finds."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from app.captions.event import Event
from app.captions.room import Room
from app.translate import attempts, lane_runner, retranslator, room_translator
from app.translate.room_translator import RoomTranslator
from tests.fakes.text_translator import MarkedWords
from tests.support.captions import phrase_event, scripted_room
from tests.support.waiting import wait_until


class Talk:
    """A German room that is translated, and what its readers get."""

    def __init__(self, room: Room | None = None) -> None:
        self.room = room or scripted_room()
        self.room.set_targets(("en", "fr"))
        self.model = MarkedWords()
        self.translator = RoomTranslator(self.room, self.model)

    @asynccontextmanager
    async def running(self, *read: str) -> AsyncIterator["Talk"]:
        """Translate while the block lasts; somebody reads these tracks."""
        task = asyncio.ensure_future(self.translator.run())
        with self.reading(*read):
            await asyncio.sleep(0)
            yield self
        task.cancel()
        await asyncio.wait([task])

    @contextmanager
    def reading(self, *tracks: str) -> Iterator[None]:
        """Read tracks while the block lasts."""
        with self.room.demand.reading(tracks):
            yield

    def say(self, phrase: str, text: str, **changes: Any) -> None:
        """Publish a final phrase, said now at the second in its name."""
        start_s = self.room.now_s() + float(phrase.partition("-")[2])
        changes = {"language": "de", "start_s": start_s, "end_s": start_s, **changes}
        self.room.publish(phrase_event(phrase, text, **changes))

    def newest(self, track: str) -> dict[str, Event]:
        """Return the newest state of each phrase on a track."""
        found = [event for event in self.room.since(0) if event.track == track]
        return {event.phrase: event for event in found}

    def texts(self, track: str) -> list[str]:
        """Return what each phrase says on a track now."""
        return [event.committed for event in self.newest(track).values()]


async def test_a_target_is_translated_while_somebody_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is not; soon after its last reader it stops."""
    monkeypatch.setattr(lane_runner, "LINGER_S", 0.05)
    async with Talk().running() as talk:
        with talk.reading("fr"):
            talk.say("1-0", "Guten Morgen.")
            await wait_until(lambda: talk.texts("fr") == ["Guten_fr Morgen_fr."])
        assert talk.texts("en") == []
        await wait_until(lambda: talk.translator.targets == ())
        talk.translator.set_always(translates_always=True)
        await wait_until(lambda: talk.texts("en") == ["Guten_en Morgen_en."])


async def test_a_new_reader_gets_the_last_phrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, and those that were said long ago are no news; after a restart of the service all of some minutes."""
    talk = Talk()
    for number in range(40):
        talk.say(f"1-{number}", f"Satz {number}.", start_s=float(number), end_s=talk.room.now_s() - 60 + number)
    async with talk.running("fr"):
        await wait_until(lambda: len(talk.texts("fr")) == 40)
        monkeypatch.setattr(room_translator, "RETURN_S", 0.0)
        with talk.reading("en"):
            await wait_until(lambda: "en" in talk.translator.targets)
            talk.say("1-40", "Jetzt.")
            await wait_until(lambda: len(talk.texts("en")) == 31)
    assert talk.texts("en") == [*(f"Satz_en {number}_en." for number in range(10, 40)), "Jetzt_en."]
    assert [event.is_backfilled for event in talk.newest("en").values()].count(True) == 30


async def test_after_a_restart_nothing_is_lost_or_doubled() -> None:
    """What was logged and not translated is translated then."""
    talk = Talk()
    talk.model.gate.clear()
    async with talk.running("en"):
        talk.say("1-0", "Eins.")
        await wait_until(lambda: len(talk.model.sentences) == 1)
    assert talk.texts("en") == []
    again = Talk(talk.room)
    async with again.running("en"):
        again.say("1-1", "Zwei.")
        await wait_until(lambda: len(again.texts("en")) == 2)
    async with Talk(talk.room).running("en"):
        await asyncio.sleep(0.02)
    finals = [event.committed for event in talk.room.since(0) if event.track == "en"]
    assert finals == ["Eins_en.", "Zwei_en."]


async def test_a_correction_is_translated_by_itself() -> None:
    """On every track that has a translation, read or not; the newest correction wins, and its rest is untouched."""
    async with Talk().running("en") as talk:
        with talk.reading("fr"):
            talk.say("1-0", "Falsch.")
            talk.say("1-1", "Gut.")
            await wait_until(lambda: len(talk.texts("fr")) == len(talk.texts("en")) == 2)
        for text in ("Besser.", "Noch besser.", "Richtig."):
            talk.room.correct("1-0", "original", text)
        await wait_until(lambda: talk.texts("en")[0] == "Richtig_en." and talk.texts("fr")[0] == "Richtig_fr.")
        newest = talk.newest("en")
        states = {phrase: (one.state, one.is_retranslated, one.is_outdated) for phrase, one in newest.items()}
        assert states == {"1-0": ("corrected", True, False), "1-1": ("final", False, False)}


async def test_a_person_s_translation_stays() -> None:
    """It is marked as outdated."""
    async with Talk().running("en") as talk:
        talk.say("1-0", "Falsch.")
        await wait_until(lambda: bool(talk.texts("en")))
        talk.room.correct("1-0", "en", "By hand.")
        talk.room.correct("1-0", "original", "Richtig.")
        await asyncio.sleep(0.02)
        assert (talk.newest("en")["1-0"].committed, talk.newest("en")["1-0"].is_outdated) == ("By hand.", True)


async def test_both_phrases_of_a_corrected_sentence_are_translated_again() -> None:
    """The sentence is one request."""
    async with Talk().running("en") as talk:
        talk.say("1-0", "Wir treffen uns")
        talk.say("1-1", "am Montag.")
        await wait_until(lambda: len(talk.texts("en")) == 2)
        talk.room.correct("1-0", "original", "Wir sehen uns")
        await wait_until(lambda: talk.texts("en")[0] == "Wir_en sehen_en uns_en")
        assert talk.model.sentences == ["Wir treffen uns am Montag.", "Wir sehen uns am Montag."]


async def test_a_withdrawn_phrase_can_come_back() -> None:
    """With its original it is withdrawn on every track, and translated again when the original has text again."""
    async with Talk().running("en") as talk:
        talk.say("1-0", "Eins.")
        await wait_until(lambda: bool(talk.texts("en")))
        talk.room.correct("1-0", "original", None)
        await asyncio.sleep(0.01)
        assert talk.newest("en")["1-0"].state == "withdrawn"
        talk.room.correct("1-0", "original", "Zwei.")
        await wait_until(lambda: talk.texts("en") == ["Zwei_en."])


async def test_failures_are_tried_again_then_the_original_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator is told what fails, until a sentence is translated again."""
    monkeypatch.setattr(attempts, "RETRY_PAUSES_S", (0.0, 0.0))
    async with Talk().running("en") as talk:
        talk.model.failures = 2
        talk.say("1-0", "Eins.")
        await wait_until(lambda: talk.texts("en") == ["Eins_en."])
        talk.model.failures = 6
        talk.say("1-1", "Zwei.")
        talk.say("1-2", "Drei.")
        await wait_until(lambda: len(talk.texts("en")) == 3)
        assert [event.language for event in talk.newest("en").values()] == ["en", "de", "de"]
        await wait_until(lambda: bool(talk.room.state.problems))
        assert "could not be translated into English" in talk.room.state.problems[0]
        talk.say("1-3", "Vier.")
        await wait_until(lambda: not talk.room.state.problems)


async def test_a_correction_that_cannot_be_translated_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then the old translation is marked as outdated."""
    monkeypatch.setattr(attempts, "RETRY_PAUSES_S", ())
    monkeypatch.setattr(retranslator, "RETRY_S", 0.02)
    async with Talk().running("en") as talk:
        talk.say("1-0", "Falsch.")
        await wait_until(lambda: bool(talk.texts("en")))
        talk.model.failures = 1
        talk.room.correct("1-0", "original", "Richtig.")
        await wait_until(lambda: talk.newest("en")["1-0"].is_outdated)
        await wait_until(lambda: talk.texts("en") == ["Richtig_en."])


async def test_a_full_machine_refuses_a_target(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator sees it, and the target is tried again; a lane that ends gives its place back."""
    monkeypatch.setattr(room_translator, "REFUSED_S", 0.02)
    talk = Talk()
    talk.model.is_full = True
    async with talk.running("en"):
        talk.say("1-0", "Eins.")
        await wait_until(lambda: bool(talk.room.state.problems))
        assert "Readers of English get no translation. This machine is at capacity." in talk.room.state.problems
        talk.model.is_full = False
        await wait_until(lambda: talk.texts("en") == ["Eins_en."])
        assert (talk.room.state.problems, talk.model.joined) == ((), ["en"])
    assert talk.model.joined == []


async def test_targets_change_live() -> None:
    """A removed target leaves no text that is not final."""
    async with Talk().running("en", "fr") as talk:
        talk.room.publish(phrase_event("1-0", "Good", state="open", tentative="morning to you all", rev=1))
        await wait_until(lambda: len(talk.room.snapshot(None).events) == 3)
        talk.room.set_targets(("fr",))
        await wait_until(lambda: {event.track for event in talk.room.snapshot(None).events} == {"original", "fr"})
        talk.room.set_targets(("fr", "en"))
        await wait_until(lambda: talk.translator.targets == ("fr", "en"))


async def test_nothing_of_an_erased_talk_comes_back() -> None:
    """What was in flight is dropped, and the talk goes on."""
    async with Talk().running("en") as talk:
        talk.model.gate.clear()
        talk.say("1-0", "Geheim.")
        await wait_until(lambda: talk.model.sentences == ["Geheim."])
        talk.translator.suspend()
        await talk.room.erase()
        talk.model.gate.set()
        talk.say("1-1", "Neu.")
        await wait_until(lambda: talk.texts("en") == ["Neu_en."])


async def test_the_last_phrases_are_translated_before_the_end() -> None:
    """Nothing waits for the rest of a sentence any more."""
    async with Talk().running("en") as talk:
        talk.say("1-0", "Eins.")
        talk.say("1-1", "Und dann")
        async with asyncio.timeout(1.0):
            await talk.translator.drain()
        assert talk.texts("en") == ["Eins_en.", "Und_en dann_en"]
