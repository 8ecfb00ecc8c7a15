"""Which phrases are translated again after a correction, and what comes out."""

from dataclasses import replace

from app.captions.event import Event
from app.translate.request import Translation
from app.translate.retranslation import Retranslation, find_linked, is_outdated
from tests.fakes.text_translator import mark_words
from tests.support.captions import phrase_event


def _talk(*texts: str) -> list[Event]:
    """Return the originals and translations of phrases in a row; the second original was corrected."""
    events: list[Event] = []
    for number, text in enumerate(texts):
        times = {"start_s": float(number), "end_s": number + 0.9}
        state = "corrected" if number == 1 else "final"
        events.append(phrase_event(f"1-{number}", text, language="de", state=state, **times))
        events.append(phrase_event(f"1-{number}", "old", track="en", is_outdated=number == 1, **times))
    return events


def _outdated(events: list[Event]) -> Event:
    (found,) = [event for event in events if is_outdated(event)]
    return found


def test_phrases_of_one_sentence_are_translated_together() -> None:
    """Those that the corrected sentence does not touch stay."""
    events = _talk("Eins.", "Wir treffen", "uns am", "Montag.", "Zwei.")
    linked = find_linked(_outdated(events), events)
    assert [one.original.committed for one in linked] == ["Wir treffen", "uns am", "Montag."]
    work = Retranslation(linked, "main")
    while wanted := work.next_request():
        work.complete(wanted, Translation(mark_words(wanted.request.text, "en")))
    assert [new.event.committed for _, new in work.results()] == ["Wir_en treffen_en", "uns_en am_en", "Montag_en."]


def test_a_person_s_translation_is_no_result() -> None:
    """Its phrase still gives the sentence its words."""
    events = _talk("Eins.", "Wir treffen", "uns.")
    events[-1] = replace(events[-1], state="corrected", committed="By hand.")
    work = Retranslation(find_linked(_outdated(events), events), "main")
    wanted = work.next_request()
    assert wanted is not None
    work.complete(wanted, Translation(mark_words(wanted.request.text, "en")))
    assert work.next_request() is None
    assert [one.original.phrase for one, _ in work.results()] == ["1-1"]


def test_without_an_original_nothing_is_translated() -> None:
    """It may have been withdrawn meanwhile."""
    events = _talk("Eins.", "Zwei.")
    outdated = _outdated(events)
    assert find_linked(outdated, [outdated]) == []


def test_only_machine_translations_are_outdated() -> None:
    """A person's stays as it is, and is marked."""
    event = phrase_event("1-0", "text", track="en", is_outdated=True)
    assert is_outdated(event)
    assert is_outdated(replace(event, state="corrected", is_retranslated=True))
    assert not is_outdated(replace(event, state="corrected"))
    assert not is_outdated(replace(event, is_outdated=False))
