"""Search and replace over the whole talk: which texts match, and what a replacement or its undo changes; pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from app.captions.event import ORIGINAL, Event
from app.captions.text_search import TextSearch, replace_matches
from app.errors import SettingsError

Pace = Callable[[Iterable[Event]], Iterator[Event]]
"""Yields the items of a long list, with pauses for other threads; in the service a `Pacer`."""

TEXT_MAX = 2_000
"""Most characters that a changed text may have: replacing each letter by 200, again and again, would fill the disk."""


@dataclass(frozen=True, slots=True)
class TextPlace:
    """One phrase on one track."""

    phrase: str
    track: str


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A text that contains what was searched for."""

    event: Event
    """The newest state of the phrase on its track."""
    parts: Sequence[str]
    """Its text, as `TextSearch.split` returns it."""

    @property
    def place(self) -> TextPlace:
        """Where it is."""
        return TextPlace(self.event.phrase, self.event.track)

    @property
    def n_matches(self) -> int:
        """How often the text contains it."""
        return len(self.parts) // 2


@dataclass(frozen=True, slots=True)
class NewText:
    """What a text becomes if it is still the same."""

    rev: int
    """The revision that it replaces."""
    text: str | None
    """None withdraws the phrase."""
    is_machine: bool = False
    """Whether it is a translation by the machine, which is restored."""


@dataclass(frozen=True, slots=True)
class PhraseChange:
    """New texts of one phrase."""

    phrase: str
    history: Sequence[Event]
    """Of its logged events the first of the original, then the newest of each track, and all that were logged later."""
    texts: Mapping[str, NewText]
    """By track."""


@dataclass(frozen=True, slots=True)
class ChangedText:
    """What a replacement did to one text, without the text itself, which may be erased meanwhile."""

    place: TextPlace
    old_seq: int
    """Number of the event that has the old text."""
    rev: int
    """Revision of the new text."""


def find_matches(
    events: Iterable[Event], search: TextSearch, pace: Pace, *, track: str | None, up_to_seq: int | None = None
) -> list[TextMatch]:
    """Return the texts that match, in the order in which they were said.

    `events` is the log, oldest first. `track` None searches all. Texts that changed after `up_to_seq` are left out.
    """
    newest = {(event.phrase, event.track): event for event in pace(events)}
    found = []
    for event in pace(newest.values()):
        if event.state == "withdrawn" or track not in (None, event.track) or not event.is_logged:
            continue
        if up_to_seq is not None and (event.seq or 0) > up_to_seq:
            continue
        parts = search.split(event.committed)
        if len(parts) > 1:
            found.append(TextMatch(event, parts))
    return sorted(found, key=lambda match: (match.event.start_s, match.event.phrase, match.event.track != "original"))


def plan_replacement(
    events: Sequence[Event], matches: Sequence[TextMatch], replacement: str, pace: Pace
) -> list[PhraseChange]:
    """Return the changes that put a replacement for each match; texts that stay the same are left out.

    Raises:
        SettingsError: A text would have more than TEXT_MAX characters.
    """
    texts: dict[str, dict[str, NewText]] = {}
    for match in matches:
        event, text = match.event, replace_matches(match.parts, replacement)
        if len(text) > max(TEXT_MAX, len(event.committed)):
            raise SettingsError(
                f"Expected texts of at most {TEXT_MAX} characters, but one would have {len(text)}. "
                "Nothing is replaced. Type a shorter replacement, or search for whole words."
            )
        if text != event.committed:
            texts.setdefault(event.phrase, {})[event.track] = NewText(event.rev, text or None)
    return _with_history(events, texts, pace)


def plan_undo(events: Sequence[Event], changed: Sequence[ChangedText], pace: Pace) -> list[PhraseChange]:
    """Return the changes that restore what a replacement changed, as far as the log still has it."""
    wanted = {one.old_seq: one for one in changed}
    texts: dict[str, dict[str, NewText]] = {}
    for event in pace(events):
        one = wanted.get(event.seq or 0)
        if one is not None and one.place == TextPlace(event.phrase, event.track):
            is_machine = event.track != ORIGINAL and (event.state == "final" or event.is_retranslated)
            texts.setdefault(event.phrase, {})[event.track] = NewText(one.rev, event.committed or None, is_machine)
    return _with_history(events, texts, pace)


def without(matches: Iterable[TextMatch], skip: Set[TextPlace], only: Set[TextPlace] | None) -> list[TextMatch]:
    """Return the matches that an operator wants to replace."""
    return [match for match in matches if match.place not in skip and (only is None or match.place in only)]


def _with_history(
    events: Iterable[Event], texts: Mapping[str, Mapping[str, NewText]], pace: Pace
) -> list[PhraseChange]:
    first: dict[str, Event] = {}
    newest: dict[str, dict[str, Event]] = {phrase: {} for phrase in texts}
    for event in pace(events):
        if event.phrase in newest:
            newest[event.phrase][event.track] = event
            if event.track == ORIGINAL:
                first.setdefault(event.phrase, event)
    return [
        PhraseChange(phrase, (*([first[phrase]] if phrase in first else []), *newest[phrase].values()), changes)
        for phrase, changes in texts.items()
    ]
