"""The transcript of one room: the log, the open phrases, and the operator's corrections."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from math import inf

from app.captions.amended_originals import AmendedOriginals
from app.captions.bus import Bus
from app.captions.caption_log import CaptionLog, older_phrases
from app.captions.caption_order import CaptionOrder
from app.captions.event import ORIGINAL, Event
from app.captions.latest_phrases import LatestPhrases
from app.captions.replacement import ChangedText, NewText, PhraseChange, TextPlace
from app.errors import SettingsError

SNAPSHOT_FINALS = 30
"""Phrases that a new reader gets: more than fit on any screen, less than a second of download."""

SNAPSHOT_S = 3600.0
"""Age up to which a new reader gets phrases; older ones are treated as part of another meeting."""

MISSED_MAX = 2_000
"""Maximum events sent to a reader that reconnects; one that missed more gets a new snapshot."""


@dataclass(frozen=True, slots=True)
class RoomSnapshot:
    """Everything that a reader needs to be up to date."""

    epoch: str
    events: tuple[Event, ...]
    """Logged events, then the phrases open now."""
    is_fresh: bool
    """Whether the reader must first clear what it shows."""


class Transcript:
    """Logs and publishes the events of one room, and gives readers what they missed."""

    def __init__(self, log: CaptionLog, bus: Bus, now_s: Callable[[], float]) -> None:
        """Continue `log` and publish on `bus`; `now_s` returns the time on the room's audio clock."""
        self._log = log
        self.offers_all = False
        """Whether readers may see phrases older than SNAPSHOT_S."""
        self._bus = bus
        self._now_s = now_s
        self._latest = LatestPhrases(log.newest(), SNAPSHOT_FINALS)
        self._open: dict[tuple[str, str], Event] = {}
        """The open phrases, by phrase and track."""
        self._order = CaptionOrder()
        self._corrected: dict[tuple[str, str], Event] = {}
        """The newest correction of a phrase and track, until it is logged."""
        self._amended = AmendedOriginals()

    def publish(self, event: Event, *, translated: str | None = None) -> None:
        """Publish an event to all readers; a final or corrected one is logged first.

        Meanwhile the next phrase of its source waits, so that readers get the captions in order. `translated` is the
        original text that a translation is made of; None if it was made of the sound.
        """
        if event.is_logged:
            self._order.begin(event)
            self._log.append(self._amended.apply(event, translated), self._on_logged)
            return
        if self._amended.is_withdrawn(event.phrase):
            return  # a withdrawn phrase must not come back on another track
        if self._order.hold(event):
            return
        event = replace(event, epoch=self._log.epoch)
        if event.committed or event.tentative:
            self._open[event.phrase, event.track] = event
        else:
            self._open.pop((event.phrase, event.track), None)
        self._bus.publish(event)

    def snapshot(self, since: int | None, epoch: str | None) -> RoomSnapshot:
        """Return what a reader needs if it has all events up to `since` of the log `epoch`.

        `epoch` None means the current one. A reader that has nothing, has another epoch or missed too much gets a new
        snapshot: only the newest phrases.
        """
        if since is not None and epoch in (None, self._log.epoch) and self._log.can_resume_from(since):
            # phrases that changed several times are sent once, in their newest state
            unseen = takewhile(lambda event: (event.seq or 0) > since, self._log.newest())
            missed = list(islice(unseen, MISSED_MAX + 1))[::-1]
            oldest_s = self._oldest_s
            is_allowed = all(event.end_s >= oldest_s or event.state == "withdrawn" for event in missed)
            if len(missed) <= MISSED_MAX and is_allowed:
                return RoomSnapshot(self._log.epoch, (*missed, *self._open.values()), is_fresh=False)
        after_s = self._now_s() - SNAPSHOT_S
        expired = self._log.expired_seq
        recent = [event for event in self._latest.events() if event.end_s >= after_s and (event.seq or 0) > expired]
        return RoomSnapshot(self._log.epoch, (*recent, *self._open.values()), is_fresh=True)

    async def history(self, before: int, limit: int) -> tuple[list[Event], bool]:
        """Return the newest `limit` final phrases numbered below `before`, and whether readers may see no older ones.

        Unless `offers_all` is set, phrases older than SNAPSHOT_S are left out. Raises BusyError, StoreError.
        """
        if self._log.oldest_end_s < self._oldest_s:  # everything on the disk is even older
            found = older_phrases(self._log.newest(), before, limit)
        else:
            found = await self._log.before(before, limit)
        allowed = [event for event in found if event.end_s >= self._oldest_s]
        is_all = len(found) < limit or len(allowed) < len(found)
        return [*allowed, *self._changed_since(before, allowed, is_all=is_all)], is_all

    def open_phrases(self) -> list[Event]:
        """Return the phrases that are open now, of all tracks."""
        return list(self._open.values())

    def correct(self, phrase: str, track: str, text: str | None) -> None:
        """Replace the text of a final phrase on one track, or with `text` None withdraw it.

        A text that is the same only confirms its doubtful words. When an original is withdrawn, its translations are
        withdrawn too. When it is corrected, its translations are marked as outdated until they are translated again,
        a person corrects them too, or the original again says what was translated.

        Raises:
            SettingsError: There is no such phrase in memory.
        """
        newest, first = self._newest_of([event for event in self._log.since(0) if event.phrase == phrase])
        if track not in newest:
            raise SettingsError(f"Expected a final phrase of this room, but there is no {phrase} on the track {track}.")
        self._change(newest, first, {track: NewText(newest[track].rev, text)})

    def retranslate(self, outdated: Event, original: str, text: str, language: str) -> bool:
        """Replace a machine's translation of an original that was corrected; return whether that was done.

        It is not if the translation is no longer `outdated`'s revision, or the original no longer says `original`.
        """
        history = [event for event in self._log.since(0) if event.phrase == outdated.phrase]
        newest, _ = self._newest_of(history)
        spoken, translation = newest.get(ORIGINAL), newest.get(outdated.track)
        if spoken is None or spoken.state == "withdrawn" or spoken.committed != original:
            return False
        if translation is None or translation.rev != outdated.rev:
            return False
        changed = replace(translation, is_outdated=False, language=language)
        if text != translation.committed:
            changed = replace(changed, state="corrected", committed=text, doubtful=(), is_retranslated=True)
        if changed != translation:
            self._log_change(changed)
        return True

    async def change_phrases(self, changes: Iterable[PhraseChange]) -> tuple[list[ChangedText], int]:
        """Change texts of many phrases, each unless it was changed meanwhile, and wait until they are logged.

        Returns what changed, and how many texts did not.
        """
        results = [self._change_phrase(change) for change in changes]
        await self._log.drain()
        return [one for done, _ in results for one in done], sum(n_kept for _, n_kept in results)

    def _change_phrase(self, change: PhraseChange) -> tuple[list[ChangedText], int]:
        """Change the texts of a phrase of any age at once; return what changed, and how many texts did not.

        A text that is not the expected revision any more stays as it is.
        """
        newest, first = self._newest_of(change.history)
        texts = {
            track: new
            for track, new in change.texts.items()
            if track in newest and newest[track].rev == new.rev and newest[track].seq is not None
        }
        changed = set(texts)
        if ORIGINAL in texts and texts[ORIGINAL].text is None:
            changed |= {track for track, event in newest.items() if event.state != "withdrawn"}
        done = [
            ChangedText(TextPlace(change.phrase, track), newest[track].seq or 0, newest[track].rev + 1)
            for track in sorted(changed)
        ]
        if texts:
            self._change(newest, first, texts)
        return done, len(change.texts) - len(texts)

    def _newest_of(self, events: Iterable[Event]) -> tuple[dict[str, Event], str | None]:
        """Return the newest state of a phrase by track, and what the original said first.

        `events` are logged ones, oldest first.
        """
        newest: dict[str, Event] = {}
        first = None
        for event in events:
            newest[event.track] = self._corrected.get((event.phrase, event.track), event)
            if event.track == ORIGINAL and first is None:
                first = event.committed
        return newest, first

    def _change(self, newest: dict[str, Event], first: str | None, texts: Mapping[str, NewText]) -> None:
        """Log the new texts of a phrase by track, and what follows from them for its other tracks."""
        spoken = texts.get(ORIGINAL)
        is_withdrawn = spoken is not None and spoken.text is None
        for track, event in newest.items():
            new = texts.get(track)
            if is_withdrawn or (new is not None and new.text is None):
                changed = replace(event, state="withdrawn", committed="", is_outdated=False, doubtful=())
            elif new is not None:
                changed = _with_text(event, new)
            elif spoken is not None:
                changed = _after_original(event, newest[ORIGINAL], spoken.text, first)
            else:
                continue
            if is_withdrawn or changed != event:
                self._log_change(changed)
        if spoken is not None:
            self._remember_correction(newest[ORIGINAL].phrase, spoken.text, first)

    def _log_change(self, changed: Event) -> None:
        """Log the next revision of a text."""
        changed = replace(changed, rev=changed.rev + 1)
        self._corrected[changed.phrase, changed.track] = changed
        self._log.append(changed, self._on_logged)

    async def erase(self) -> int:
        """Delete all captions and return the number of logged events; raises StoreError if the disk failed."""
        self._open.clear()
        self._order.clear()
        self._corrected.clear()
        self._latest.clear()
        return await self._log.erase()

    def _changed_since(self, before: int, page: list[Event], *, is_all: bool) -> list[Event]:
        """Return what was said within a page of the history, but has a later number because it was changed since.

        Only texts in memory are found: readers who are connected have got the change anyway.
        """
        if not page:
            return []
        later = list(takewhile(lambda event: (event.seq or 0) >= before, self._log.newest()))[::-1]
        changed = [event for event in later if event.state == "corrected" or event.is_outdated]
        if not changed:
            return []
        first_s = -inf if is_all else min(event.start_s for event in page)
        next_s = later[0].start_s if later[0].seq == before else inf
        return [event for event in changed if max(first_s, self._oldest_s) <= event.start_s <= next_s]

    def _remember_correction(self, phrase: str, text: str | None, first: str | None) -> None:
        """Clear open translations of a withdrawn original, and remember the change for later translations."""
        if text is None:
            for event in [event for place, event in self._open.items() if place[0] == phrase]:
                self.publish(replace(event, rev=event.rev + 1, committed="", tentative=""))
        self._amended.remember(phrase, text, first)

    @property
    def _oldest_s(self) -> float:
        """End of the oldest phrase that readers may see, on the room's clock."""
        return -inf if self.offers_all else self._now_s() - SNAPSHOT_S

    def _on_logged(self, event: Event) -> None:
        place = (event.phrase, event.track)
        self._open.pop(place, None)
        if place in self._corrected and self._corrected[place].rev == event.rev:
            del self._corrected[place]
        self._latest.put(event)
        self._bus.publish(event)
        for held in self._order.finish(event):
            self.publish(held)


def _with_text(event: Event, new: NewText) -> Event:
    """Return a text after a person has changed or confirmed it, or has restored the machine's."""
    if new.text == event.committed:
        return replace(event, is_outdated=False, doubtful=())
    changed = replace(event, state="corrected", committed=new.text or "", is_outdated=False, doubtful=())
    return replace(changed, is_retranslated=new.is_machine)


def _after_original(event: Event, before: Event, text: str | None, first: str | None) -> Event:
    """Return a translation after its original, `before`, got another text; `first` is what it said first."""
    if event.state == "withdrawn":
        return replace(event, is_outdated=before.state == "withdrawn")  # it was withdrawn with the original
    is_outdated = event.state != "final" or event.is_backfilled or text != first
    return replace(event, is_outdated=is_outdated)
