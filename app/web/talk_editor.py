"""Search and replace over the whole talk: searched beside the event loop, changed in small steps."""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import TypeVar

from app.captions.event import Event
from app.captions.replacement import (
    ChangedText,
    PhraseChange,
    TextMatch,
    find_matches,
    plan_replacement,
    plan_undo,
    without,
)
from app.captions.room import Room
from app.captions.text_search import TextSearch
from app.errors import BusyError, SettingsError
from app.outputs.pacer import Pacer
from app.web.search_schemas import (
    ReplaceRequest,
    ReplaceResult,
    SearchRequest,
    SearchResult,
    TextPart,
    TextQuery,
    UndoResult,
)

WAITING_MAX = 16
"""Searches and replacements of a room that may wait for each other; each search of a long talk takes up to a second."""

RETRY_S = 5.0
"""When a client may try again if more wait."""

STEP_PHRASES = 25
"""Phrases that are changed at once: a few milliseconds of the event loop."""

STEP_PAUSE_S = 0.05
"""Pause between two steps, in which phrases that are said now are published and readers get what has changed."""

UNDOS_MAX = 20
"""Replacements of a room that can be undone; each is a list of numbers, without texts."""

UNDO_TEXTS_MAX = 50_000
"""Texts that they may have changed altogether, 12 MB; only the newest replacement may have changed more."""

NEW_LOG = (
    "Expected the captions that were searched, but they were erased meanwhile, or the disk failed. Nothing is "
    "replaced. Search again."
)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Undo:
    id: str
    epoch: str
    changed: Sequence[ChangedText]


class TalkEditor:
    """Searches and changes the talks of rooms; within a room one after the other, so that no room waits for another."""

    def __init__(self) -> None:
        """Start with nothing to undo."""
        self._undos: defaultdict[str, deque[_Undo]] = defaultdict(lambda: deque(maxlen=UNDOS_MAX))
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._n_waiting = Counter[str]()
        """Searches and replacements of each room, with the one that has its turn."""
        self._thread: ThreadPoolExecutor | None = None

    async def search(self, room: Room, wanted: SearchRequest) -> bytes:
        """Return a `SearchResult` as JSON; raises BusyError, SettingsError, StoreError."""
        search = _read_search(wanted)
        async with self._turn(room):
            epoch, last_seq = room.epoch, room.last_seq
            events = await room.all_events()
            up_to_seq = last_seq if wanted.up_to_seq is None else wanted.up_to_seq

            def answer() -> bytes:
                matches = find_matches(events, search, Pacer(), track=wanted.track, up_to_seq=up_to_seq)
                return _describe(matches, wanted, epoch, up_to_seq)

            return await self._compute(answer)

    async def replace(self, room: Room, wanted: ReplaceRequest) -> ReplaceResult:
        """Replace what a search has found, except texts that were changed since.

        Cancelling stops between two phrases.

        Raises:
            BusyError: Too many others search.
            SettingsError: The captions were erased since the search, or a text would become too long.
            StoreError: The disk cannot be read; nothing has changed.
        """
        search = _read_search(wanted)
        skip = frozenset(place.as_place() for place in wanted.skip)
        only = None if wanted.only is None else frozenset(place.as_place() for place in wanted.only)

        def plan(events: Sequence[Event]) -> tuple[list[PhraseChange], int]:
            matches = find_matches(events, search, Pacer(), track=wanted.track)
            changes = plan_replacement(events, without(matches, skip, only), wanted.replacement, Pacer())
            return _unchanged_since(changes, wanted.up_to_seq)

        async with self._turn(room):
            if room.epoch != wanted.epoch:
                raise SettingsError(NEW_LOG)
            changed, n_kept = await self._change(room, plan)
        undo = _Undo(token_hex(6), room.epoch, tuple(changed))
        if changed:
            undos = self._undos[room.name]
            undos.append(undo)
            while len(undos) > 1 and sum(len(one.changed) for one in undos) > UNDO_TEXTS_MAX:
                undos.popleft()
        return ReplaceResult(id=undo.id if changed else None, n_replaced=len(changed), n_changed_meanwhile=n_kept)

    async def undo(self, room: Room, undo_id: str) -> UndoResult:
        """Restore the texts before a replacement, except those that were changed after it; raises like `replace`."""
        undo = next((one for one in self._undos[room.name] if one.id == undo_id), None)
        if undo is None or undo.epoch != room.epoch:
            raise SettingsError(
                "Expected a replacement that can be undone, but the service no longer knows it: it was undone before, "
                "the captions were erased, or the service has restarted."
            )
        async with self._turn(room):
            changed, _ = await self._change(room, lambda events: (plan_undo(events, undo.changed, Pacer()), 0))
        if undo in self._undos[room.name]:
            self._undos[room.name].remove(undo)
        return UndoResult(n_restored=len(changed), n_changed_meanwhile=len(undo.changed) - len(changed))

    def forget(self, room: Room) -> None:
        """Drop what can be undone in a room that was removed or whose captions were erased."""
        self._undos.pop(room.name, None)

    async def _change(
        self, room: Room, plan: Callable[[Sequence[Event]], tuple[list[PhraseChange], int]]
    ) -> tuple[list[ChangedText], int]:
        """Make planned changes, and return what changed, and how many texts did not because they had changed."""
        later: defaultdict[str, list[Event]] = defaultdict(list)
        waiting: set[str] | None = None
        """The phrases that are still to be changed; None while that is not known."""

        def note(event: Event) -> None:
            if event.is_logged and (waiting is None or event.phrase in waiting):
                later[event.phrase].append(event)

        epoch, done = room.epoch, list[ChangedText]()
        with room.bus.listen(note):
            changes, n_kept = await self._plan(room, plan)
            waiting = {change.phrase for change in changes}
            changes.reverse()  # so that those that are done can be dropped: few objects are few to collect
            while changes and room.epoch == epoch:  # else the captions were erased meanwhile
                step = [changes.pop() for _ in range(min(STEP_PHRASES, len(changes)))]
                waiting.difference_update(change.phrase for change in step)
                changed, n_not = await room.transcript.change_phrases(_with_later(change, later) for change in step)
                done += changed
                n_kept += n_not
                if changes:
                    await asyncio.sleep(STEP_PAUSE_S)
        return done, n_kept

    async def _plan(
        self, room: Room, plan: Callable[[Sequence[Event]], tuple[list[PhraseChange], int]]
    ) -> tuple[list[PhraseChange], int]:
        events = await room.all_events()
        return await self._compute(lambda: plan(events))

    async def _compute(self, job: Callable[[], Result]) -> Result:
        self._thread = self._thread or ThreadPoolExecutor(1, "search")
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)

    @asynccontextmanager
    async def _turn(self, room: Room) -> AsyncIterator[None]:
        """Wait until nothing else searches or changes the talk of a room, and keep that so while the block lasts."""
        name = room.name
        if self._n_waiting[name] >= WAITING_MAX:
            message = f"Too many people search at once. Try again in {RETRY_S:.0f} s."
            raise BusyError(message, retry_after_s=RETRY_S)
        self._n_waiting[name] += 1
        try:
            async with self._locks[name]:
                yield
        finally:
            self._n_waiting[name] -= 1
            if not self._n_waiting[name]:
                del self._n_waiting[name], self._locks[name]


def _read_search(wanted: TextQuery) -> TextSearch:
    return TextSearch(wanted.text, is_whole_word=wanted.is_whole_word, matches_case=wanted.matches_case)


def _with_later(change: PhraseChange, later: dict[str, list[Event]]) -> PhraseChange:
    """Return a change whose history has what was logged since it was planned."""
    known = max((event.seq or 0 for event in change.history), default=0)
    new = [event for event in later.get(change.phrase, ()) if (event.seq or 0) > known]
    return replace(change, history=(*change.history, *new)) if new else change


def _unchanged_since(changes: Sequence[PhraseChange], seq: int) -> tuple[list[PhraseChange], int]:
    """Return the changes without the texts that were said or changed after a number, and how many were changed.

    What was said later was in no preview; it is left out, but has not changed.
    """
    kept, n_changed = [], 0
    for change in changes:
        newest = {event.track: event for event in change.history}
        texts = {track: new for track, new in change.texts.items() if (newest[track].seq or 0) <= seq}
        n_changed += sum(newest[track].state == "corrected" for track in change.texts.keys() - texts.keys())
        if texts:
            kept.append(replace(change, texts=texts))
    return kept, n_changed


def _describe(matches: Sequence[TextMatch], wanted: SearchRequest, epoch: str, up_to_seq: int) -> bytes:
    """Return one page of the matches as JSON, the newest first."""
    newest_first = matches[::-1][wanted.offset : wanted.offset + wanted.limit]
    result = SearchResult(
        epoch=epoch,
        up_to_seq=up_to_seq,
        n_matches=sum(match.n_matches for match in matches),
        n_texts=len(matches),
        texts=tuple(
            TextPart(
                phrase=match.event.phrase,
                track=match.event.track,
                language=match.event.language,
                start_s=match.event.start_s,
                parts=tuple(match.parts),
            )
            for match in newest_first
        ),
    )
    return result.model_dump_json().encode()
