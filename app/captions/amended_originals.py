"""Corrections and withdrawals of originals, for translations of them that arrive later; pure."""

from dataclasses import dataclass, replace

from app.captions.event import ORIGINAL, Event

AMENDED_MAX = 2_000
"""Changed originals that are remembered for their translations, which arrive within seconds; a replacement in the whole
talk changes hundreds at once."""


@dataclass(frozen=True, slots=True)
class _Amendment:
    text: str | None
    """What the original says now; None if it was withdrawn."""
    first: str | None
    """What it said first."""


class AmendedOriginals:
    """What originals that were changed say now, by phrase."""

    def __init__(self) -> None:
        """Start with no changes."""
        self._by_phrase: dict[str, _Amendment] = {}

    def remember(self, phrase: str, text: str | None, first: str | None) -> None:
        """Remember what an original says now, None if it was withdrawn, and what it said first."""
        self._by_phrase.pop(phrase, None)
        self._by_phrase[phrase] = _Amendment(text, first)
        if len(self._by_phrase) > AMENDED_MAX:
            del self._by_phrase[next(iter(self._by_phrase))]

    def is_withdrawn(self, phrase: str) -> bool:
        """Return whether the original was withdrawn."""
        amendment = self._by_phrase.get(phrase)
        return amendment is not None and amendment.text is None

    def apply(self, event: Event, translated: str | None) -> Event:
        """Return a final event; a translation is withdrawn or outdated if its original was changed meanwhile.

        `translated` is the text that was translated; None for a translation of the sound, and thus of what the
        original said first.
        """
        amendment = self._by_phrase.get(event.phrase)
        if amendment is None or event.track == ORIGINAL:
            return event
        if amendment.text is None:
            return replace(event, state="withdrawn", committed="", doubtful=())
        return replace(event, is_outdated=amendment.text != (amendment.first if translated is None else translated))
