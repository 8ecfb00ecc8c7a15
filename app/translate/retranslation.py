"""What is translated again after an original was corrected; pure.

A correction changes its sentences, which other phrases may have parts of. So all phrases that are linked to the
corrected one by sentences are translated again, together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.captions.event import ORIGINAL, Event
from app.translate.phrase_translation import TranslatedEvent
from app.translate.request import Translation
from app.translate.sentence_queue import may_join
from app.translate.sentence_split import split_sentences
from app.translate.source_lane import LaneRequest, SourceLane

LINKED_MAX = 6
"""Phrases on each side that are translated with a corrected one, for talks without full stops."""


def is_outdated(event: Event) -> bool:
    """Return whether an event is a machine's translation whose original was corrected since."""
    is_machine = event.state in ("final", "withdrawn") or event.is_retranslated
    return event.is_outdated and event.is_logged and event.track != ORIGINAL and is_machine


@dataclass(frozen=True, slots=True)
class LinkedPhrase:
    """A phrase that is translated again."""

    original: Event
    translation: Event
    """Its newest one so far."""


def find_linked(outdated: Event, newest: Iterable[Event]) -> list[LinkedPhrase]:
    """Return a phrase with the phrases that its sentences go on in, in the order in which they were said.

    `newest` are the newest states of all phrases and tracks. Nothing is returned if the original is not there.
    """
    originals: list[Event] = []
    translations: dict[str, Event] = {}
    for event in newest:
        if event.track == outdated.track:
            translations[event.phrase] = event
        elif event.track == ORIGINAL and event.source == outdated.source and event.state != "withdrawn":
            originals.append(event)
    originals = [one for one in originals if one.phrase in translations]
    originals.sort(key=lambda event: event.start_s)
    at = next((i for i, event in enumerate(originals) if event.phrase == outdated.phrase), None)
    if at is None:
        return []
    first = last = at
    while first > 0 and at - first < LINKED_MAX and _goes_on(originals[first - 1], originals[first], outdated.track):
        first -= 1
    while (
        last + 1 < len(originals)
        and last - at < LINKED_MAX
        and _goes_on(originals[last], originals[last + 1], outdated.track)
    ):
        last += 1
    return [LinkedPhrase(one, translations[one.phrase]) for one in originals[first : last + 1]]


class Retranslation:
    """Translates linked phrases again, as a lane translates new ones."""

    def __init__(self, linked: list[LinkedPhrase], room: str) -> None:
        """Prepare the sentences of linked phrases; there must be one."""
        self._linked: Mapping[str, LinkedPhrase] = {one.original.phrase: one for one in linked}
        target = linked[0].translation.track
        self._lane = SourceLane(target, room, has_previews=False)
        self._lane.is_hurried = True
        for one in linked:
            self._lane.put(replace(one.original, state="final"), 0.0)
        self._events: list[TranslatedEvent] = []

    def next_request(self) -> LaneRequest | None:
        """Return the next sentence, None if all are translated; `complete` must follow."""
        self._events += self._lane.advance(0.0)
        return self._lane.next_request(0.0)

    def complete(self, done: LaneRequest, translation: Translation) -> None:
        """Take the translation of a sentence."""
        self._lane.complete(done, translation, 0.0)

    def results(self) -> list[tuple[LinkedPhrase, TranslatedEvent]]:
        """Return the phrases with their new translations, without those that a person has corrected or withdrawn."""
        found = [(self._linked[one.event.phrase], one) for one in self._events if one.event.state == "final"]
        return [(linked, one) for linked, one in found if _is_machine(linked.translation)]


def _is_machine(event: Event) -> bool:
    return event.state == "final" or event.is_retranslated or is_outdated(event)


def _goes_on(before: Event, following: Event, target: str) -> bool:
    """Return whether a sentence of one phrase goes on in the next one."""
    if before.language == target or not may_join(before, following):
        return False
    return bool(split_sentences(before.committed, before.language, is_end=True).rest.strip())
