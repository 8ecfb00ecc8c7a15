"""Leaves out phrases that another source of the room has too, because its voice came over; pure.

`audio/crosstalk.py` silences copies before they are decoded. What was decoded before a copy was noticed is left out
here: by its sound, or by its text if another source says the same at the same time and louder.
"""

from collections import deque
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from app.audio.crosstalk import Crosstalk, CrosstalkLane
from app.captions.event import Event
from app.captions.units import fold_letters

APART_S = 1.5
"""Most by which a phrase and its copy are apart: one second of buffers, and times of words."""

SAME_SHARE = 0.8
"""Share of a copy's words that the original has too, in order; a quiet copy is decoded with some errors."""

LOUDER_DB = 6.0
"""By how much the original is louder, compared with the voices of its microphone, if only the text is the same."""

KEPT = 12
"""Phrases of each source that are remembered; a copy is at most seconds late."""


@dataclass(slots=True)
class _HeardPhrase:
    """The newest state of one phrase."""

    event: Event
    words: list[str]
    level_db: float


class CopiedPhrases:
    """The phrases of one source, without copies."""

    def __init__(self, lane: CrosstalkLane, others: "RoomPhrases") -> None:
        """Start with no phrases; see `RoomPhrases.join`."""
        self.lane = lane
        self._others = others
        self.heard: deque[_HeardPhrase] = deque(maxlen=KEPT)
        self._levels: deque[float] = deque(maxlen=20)
        """Loudness of the newest phrases that were no copies."""
        self._shown: dict[tuple[str, str], Event] = {}
        """The newest event of each phrase and track that readers have, of the newest phrases."""
        self._hidden: deque[str] = deque(maxlen=4 * KEPT)

    @property
    def voice_db(self) -> float:
        """How loud the voices of this microphone are."""
        return max(self._levels, default=-120.0)

    def take(self, event: Event, *, decides: bool) -> list[Event]:
        """Return the events to publish for one; `decides` on the track that is spoken."""
        if self._others.is_alone:
            return [event]
        if decides:
            self._decide(event)
        key = (event.phrase, event.track)
        if event.phrase not in self._hidden:
            self._shown[key] = event
            while len(self._shown) > 8 * KEPT:
                del self._shown[next(iter(self._shown))]
            return [event]
        shown = [one for (phrase, _), one in self._shown.items() if phrase == event.phrase]
        for one in shown:
            del self._shown[one.phrase, one.track]
        return [
            replace(one, rev=max(one.rev + 1, event.rev), state="open", committed="", tentative="", doubtful=())
            for one in shown
            if one.text and not one.is_logged
        ]

    def leave(self) -> None:
        """Leave the room's sources."""
        self._others.remove(self)

    def _decide(self, event: Event) -> None:
        """Hide a phrase that is a copy, and show one that is none after all."""
        level_db = self.lane.level_db(event.start_s, event.end_s)
        words = [letters for word in event.text.split() if (letters := fold_letters(word))]
        if self.heard and self.heard[-1].event.phrase == event.phrase:
            self.heard.pop()
        self.heard.append(_HeardPhrase(event, words, level_db))
        is_copy = bool(words) and (
            self.lane.is_copy(event.start_s, event.end_s) or self._others.have_louder(self, self.heard[-1])
        )
        if is_copy and event.phrase not in self._hidden:
            self._hidden.append(event.phrase)
        elif not is_copy and words and event.phrase in self._hidden:
            self._hidden.remove(event.phrase)
        if event.is_logged and not is_copy and words:
            self._levels.append(level_db)


class RoomPhrases:
    """The sources of one room, whose phrases are compared."""

    def __init__(self) -> None:
        """Start without sources."""
        self._crosstalk = Crosstalk()
        self._sources: list[CopiedPhrases] = []

    @property
    def is_alone(self) -> bool:
        """Whether there are no two sources to compare."""
        return len(self._sources) < 2

    def join(self, origin_s: float, *, yields: bool = False) -> CopiedPhrases:
        """Add a source; see `Crosstalk.join`. It leaves with `leave`."""
        source = CopiedPhrases(self._crosstalk.join(origin_s, yields=yields), self)
        self._sources.append(source)
        return source

    def remove(self, source: CopiedPhrases) -> None:
        """Forget a source."""
        self._sources.remove(source)
        source.lane.leave()

    def have_louder(self, source: CopiedPhrases, copy: _HeardPhrase) -> bool:
        """Return whether another source says the same at the same time, and louder.

        Two people who say the same are each as loud as they always are, so both are kept.
        """
        start_s, end_s = copy.event.start_s, copy.event.end_s
        for other in self._sources:
            if other is source:
                continue
            is_one_voice = self._crosstalk.have_one_voice(source.lane, other.lane, start_s, end_s)
            for heard in other.heard:
                is_near = heard.event.start_s - APART_S <= end_s and start_s <= heard.event.end_s + APART_S
                if is_near and heard.event.track == copy.event.track and _has_words(heard.words, copy.words):
                    louder_db = heard.level_db - copy.level_db
                    if min(other.voice_db, source.voice_db) > -120:
                        louder_db -= other.voice_db - source.voice_db
                    if louder_db >= LOUDER_DB or (is_one_voice and louder_db > 0):
                        return True
        return False


def _has_words(words: list[str], copied: list[str]) -> bool:
    """Return whether nearly all words of a copy are in a phrase, in order."""
    if not words or not copied:
        return False
    blocks = SequenceMatcher(None, words, copied, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= SAME_SHARE * len(copied)
