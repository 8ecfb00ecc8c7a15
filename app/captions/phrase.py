"""One phrase from its first tentative word until it is final, on each of its tracks."""

from collections.abc import Sequence

from app.captions.doubt import number_doubtful
from app.captions.event import ORIGINAL, Event, State, join_texts
from app.decode.hypothesis import Word, join_words


class Phrase:
    """Builds the events of one phrase; each has the whole text of one track."""

    def __init__(self, *, room: str, source: str, name: str, start_s: float, origin_s: float) -> None:
        """Start a phrase called `name` whose sound begins at `start_s` on the session's clock.

        `origin_s` is where the session's clock began on the room's.
        """
        self.name = name
        self.start_s = start_s
        self.speaker: str | None = None
        """Label of the person who says it, on every track; None if nobody knows."""
        self._room = room
        self._source = source
        self._origin_s = origin_s
        self._revs: dict[str, int] = {}
        self._shown: dict[str, tuple[str, str]] = {}
        self._shown_speakers: dict[str, str | None] = {}
        self._span = (start_s, start_s)

    def shown(self, track: str) -> str:
        """Return the text that the track shows now."""
        return join_texts(*self._shown.get(track, ("", "")))

    def open(self, language: str, committed: Sequence[Word], tentative: Sequence[Word]) -> list[Event]:
        """Return the event that shows these words on the original track; none if nothing changed."""
        self._set_span([*committed, *tentative])
        doubtful = number_doubtful(committed)
        return self._show(ORIGINAL, "open", language, join_words(committed), join_words(tentative), doubtful)

    def open_translation(self, track: str, tentative: str) -> list[Event]:
        """Return the event that shows a translation, which is tentative until its phrase is final."""
        return self._show(track, "open", track, "", tentative)

    def close(self, language: str, words: Sequence[Word]) -> list[Event]:
        """Return the event that closes the phrase on the original track."""
        self._set_span(words)
        return self._show(ORIGINAL, "final", language, join_words(words), "", number_doubtful(words))

    def close_translation(self, track: str, words: Sequence[Word]) -> list[Event]:
        """Return the event that closes the phrase on a translated track."""
        return self._show(track, "final", track, join_words(words), "", number_doubtful(words))

    def clear(self) -> list[Event]:
        """Return the events that remove tentative text that turned out not to be speech."""
        return [event for track in list(self._shown) for event in self._show(track, "open", track, "", "")]

    def _set_span(self, words: Sequence[Word]) -> None:
        if words:
            self._span = (words[0].start_s, max(words[-1].end_s, words[0].start_s))

    def _show(
        self,
        track: str,
        state: State,
        language: str,
        committed: str,
        tentative: str,
        doubtful: tuple[int, ...] = (),
    ) -> list[Event]:
        is_same = self._shown.get(track, ("", "")) == (committed, tentative)
        if state == "open" and is_same and self._shown_speakers.get(track, self.speaker) == self.speaker:
            return []
        self._shown[track] = (committed, tentative)
        self._shown_speakers[track] = self.speaker
        self._revs[track] = self._revs.get(track, 0) + 1
        start_s, end_s = self._span
        return [
            Event(
                room=self._room,
                epoch="",
                seq=None,
                phrase=self.name,
                rev=self._revs[track],
                source=self._source,
                track=track,
                state=state,
                language=language,
                start_s=round(self._origin_s + start_s, 3),
                end_s=round(self._origin_s + end_s, 3),
                committed=committed,
                tentative=tentative,
                speaker=self.speaker,
                doubtful=doubtful,
            )
        ]
