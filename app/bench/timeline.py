"""Computes from the events of one track when each word was shown, and how late; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.bench import score
from app.bench.shown_event import ShownEvent
from app.captions.event import Event

SAME_SCREEN_S = 0.01
"""Events closer than this are seen as one change: less than a frame of any display (16.7 ms at 60 Hz)."""


@dataclass(frozen=True, slots=True)
class SpokenWordTime:
    """A word of the reference and the moment at which it had been said."""

    text: str
    """Normalized."""
    end_s: float | None
    """Seconds since the start of the clip; None if unknown."""


@dataclass(frozen=True, slots=True)
class WordLag:
    """How late one word was."""

    end_s: float
    """When it had been said."""
    first_shown_s: float
    """First-shown lag: from its end to the first screen that showed it, grey or solid, in the place it kept."""
    stable_shown_s: float
    """From its end to the first screen after which it never left that place."""
    commit_s: float
    """Commit lag: from its end to the first screen that showed it solid."""


@dataclass(slots=True)
class _ScreenText:
    """The text of a track that may still change at one moment; words are normalized, phrases in the order of sound."""

    at_s: float
    n_settled: int
    """Words of the phrases before `words`, which no longer change."""
    words: list[str]
    n_erased: int


@dataclass(slots=True)
class _SolidWords:
    """The moments at which each word of a phrase became solid, and at which the phrase was final."""

    since_s: list[float] = field(default_factory=list)
    final_s: float | None = None


class Timeline:
    """All events of one track of one clip.

    Lags count wall time from the moment a word had been said, as viewers experience it ("computation-aware" in
    simultaneous translation; Papi et al. 2022, "Over-generation cannot be rewarded", defines the variants). Only words
    that match the reference have a lag.
    """

    def __init__(self, history: Sequence[ShownEvent], track: str) -> None:
        """Take the events of `track` from a history, which is in the order of its moments."""
        self._history = [shown for shown in history if shown.event.track == track]
        last: dict[str, Event] = {shown.event.phrase: shown.event for shown in self._history}
        # a phrase's name ends in the sample at which its sound starts, which orders the phrases of a session
        self._order = sorted(last, key=lambda phrase: int(phrase.rpartition("-")[2]))
        self._final = {phrase: score.split_words(last[phrase].committed) for phrase in self._order}
        self.text = " ".join(last[phrase].committed for phrase in self._order if last[phrase].committed)
        """All solid text at the end."""
        self._by_phrase: dict[str, list[ShownEvent]] = {phrase: [] for phrase in self._order}
        for shown in self._history:
            self._by_phrase[shown.event.phrase].append(shown)
        self._screens = list(self._build_screens())

    @property
    def words(self) -> list[str]:
        """The normalized words that were solid at the end."""
        return [word for phrase in self._order for word in self._final[phrase]]

    @property
    def final_events(self) -> list[ShownEvent]:
        """The last state of each phrase that became final, at the moment it first was, in the order of sound."""
        found = []
        for phrase in self._order:
            closings = [shown for shown in self._by_phrase[phrase] if shown.event.is_logged]
            if closings:
                found.append(ShownEvent(closings[0].at_s, closings[-1].event))
        return found

    @property
    def n_erased(self) -> int:
        """Words that were shown and then changed or vanished, over the whole clip.

        From one screen to the next, these are the words of the phrases that changed, without those at the start that
        stayed the same. Over the number of final words this is the normalized erasure (Arivazhagan et al. 2020,
        "Re-translation versus streaming for simultaneous translation", eq. 3), with words compared after `normalize`:
        a comma that is added later erases nothing.
        """
        return sum(screen.n_erased for screen in self._screens)

    @property
    def final_revisions(self) -> int:
        """Solid words that later changed or vanished; punctuation counts, so a late comma is a revision.

        Each committed text of a phrase must be the start of the phrase's next one.
        """
        n_revised = 0
        committed: dict[str, str] = {}
        for shown in self._history:
            before, now = committed.get(shown.event.phrase, ""), shown.event.committed
            if not now.startswith(before):
                words = before.split()
                n_revised += len(words) - score.count_common_start(words, now.split())
            committed[shown.event.phrase] = now
        return n_revised

    def word_lags(self, reference: Sequence[SpokenWordTime]) -> list[WordLag]:
        """Return the lags of the final words that match a timed word of the reference, in the reference's order."""
        first, stable = self._find_shown_since()
        solid = [since_s for phrase in self._order for since_s in self._find_solid(phrase).since_s]
        lags: list[WordLag] = []
        for place, own in score.match_words([word.text for word in reference], self.words).items():
            end_s = reference[place].end_s
            if end_s is not None and own in first:
                lags.append(WordLag(end_s, first[own] - end_s, stable[own] - end_s, solid[own] - end_s))
        return lags

    def closing_lags(self, reference: Sequence[SpokenWordTime]) -> list[float]:
        """Return for each phrase how long after the end of its last matched word it was final, in seconds."""
        places = {own: place for place, own in score.match_words([word.text for word in reference], self.words).items()}
        lags: list[float] = []
        first = 0
        for phrase in self._order:
            after = first + len(self._final[phrase])
            ends = [reference[places[own]].end_s for own in range(first, after) if own in places]
            timed = [end_s for end_s in ends if end_s is not None]
            final_s = self._find_solid(phrase).final_s
            if timed and final_s is not None:
                lags.append(final_s - timed[-1])
            first = after
        return lags

    def _build_screens(self) -> Iterator[_ScreenText]:
        texts: dict[str, list[str]] = {}
        last = {shown.event.phrase: i for i, shown in enumerate(self._history)}
        n_seen = n_phrases = n_settled = 0
        for moment in _group_moments(self._history):
            changed = {shown.event.phrase for shown in moment}
            before = [word for phrase in self._order if phrase in changed for word in texts.get(phrase, [])]
            for shown in moment:
                texts[shown.event.phrase] = score.split_words(shown.event.text)
            after = [word for phrase in self._order if phrase in changed for word in texts[phrase]]
            yield _ScreenText(
                at_s=moment[-1].at_s,
                n_settled=n_settled,
                words=[word for phrase in self._order[n_phrases:] for word in texts.get(phrase, [])],
                n_erased=len(before) - score.count_common_start(before, after),
            )
            n_seen += len(moment)
            while n_phrases < len(self._order) and last[self._order[n_phrases]] < n_seen:
                n_settled += len(self._final[self._order[n_phrases]])
                n_phrases += 1

    def _find_shown_since(self) -> tuple[dict[int, float], dict[int, float]]:
        """Return for each final word when it was first shown, and since when it stayed."""
        final = self.words
        first: dict[int, float] = {}
        stable: dict[int, float] = {}
        settled: dict[int, float] = {}
        n_settled = 0
        for screen in self._screens:
            for place in range(n_settled, screen.n_settled):
                if place in stable:
                    settled[place] = stable[place]
            n_settled = screen.n_settled
            rest = final[n_settled : n_settled + len(screen.words) + score.SPARE_WORDS]
            present = [n_settled + place for place in score.match_start(rest, screen.words)]
            stable = {place: stable.get(place, screen.at_s) for place in present}
            for place in present:
                first.setdefault(place, screen.at_s)
        return first, settled | stable

    def _find_solid(self, phrase: str) -> _SolidWords:
        """Return since when each word of a phrase was solid: the first event whose committed text includes it."""
        solid = _SolidWords()
        for shown in self._by_phrase[phrase]:
            n_solid = score.count_common_start(self._final[phrase], score.split_words(shown.event.committed))
            solid.since_s += [shown.at_s] * (n_solid - len(solid.since_s))
            if shown.event.is_logged and solid.final_s is None:
                solid.final_s = shown.at_s
        return solid


def _group_moments(history: Sequence[ShownEvent]) -> Iterator[list[ShownEvent]]:
    """Group events that viewers see as one change."""
    moment: list[ShownEvent] = []
    for shown in history:
        if moment and shown.at_s - moment[0].at_s > SAME_SCREEN_S:
            yield moment
            moment = []
        moment.append(shown)
    if moment:
        yield moment
