"""The state of a room that its readers and operators watch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from app.captions.room_state import Alarm, OutputState, SourceState, Visibility
from app.captions.speaker_names import SpeakerNaming


class WatchedState:
    """What is known of a room apart from its captions; watchers are called after every change."""

    def __init__(self) -> None:
        """Start with no sources, outputs or readers."""
        self.title = ""
        """Title that people see; see `set_title`."""
        self.targets: tuple[str, ...] = ()
        """Languages that its text is translated into; see `set_targets`."""
        self.interpreted: tuple[str, ...] = ()
        """Languages that interpreters speak; see `set_interpreted`."""
        self.speaker_names: Mapping[str, str] = {}
        """The names that are shown, by the label of the speaker; see `set_speakers`."""
        self.shows_names = True
        """Whether names stand before what is said."""
        self._sources: dict[str, SourceState] = {}
        self._visibility = Visibility()
        self._outputs: tuple[OutputState, ...] = ()
        self._alarms: tuple[Alarm, ...] = ()
        self._problems: dict[str, str] = {}
        self._n_readers = 0
        self._watchers: list[Callable[[], None]] = []

    @property
    def naming(self) -> SpeakerNaming:
        """The names of speakers that are shown now."""
        return SpeakerNaming(self.speaker_names, self.shows_names)

    @property
    def visibility(self) -> Visibility:
        """What readers may see."""
        return self._visibility

    @property
    def n_readers(self) -> int:
        """Number of readers who are connected."""
        return self._n_readers

    @contextmanager
    def watch(self, on_change: Callable[[], None]) -> Iterator[None]:
        """Call `on_change` after every change of the state while the block lasts; it must not block."""
        self._watchers.append(on_change)
        try:
            yield
        finally:
            self._watchers.remove(on_change)

    def set_title(self, title: str) -> None:
        """Change the title that people see."""
        if title != self.title:
            self.title = title
            self._notify()

    def set_targets(self, targets: Sequence[str]) -> None:
        """Change the languages that the room's text is translated into."""
        if tuple(targets) != self.targets:
            self.targets = tuple(targets)
            self._notify()

    def set_interpreted(self, languages: Sequence[str]) -> None:
        """Change the languages that interpreters speak; the room's text is not translated into them."""
        if tuple(languages) != self.interpreted:
            self.interpreted = tuple(languages)
            self._notify()

    def set_speakers(self, names: Mapping[str, str], *, shows_names: bool) -> None:
        """Change the names of speakers by their labels, and whether they are shown; applies to all that was said."""
        if (names, shows_names) != (self.speaker_names, self.shows_names):
            self.speaker_names, self.shows_names = dict(names), shows_names
            self._notify()

    def set_source(self, state: SourceState) -> None:
        """Set how a source is doing."""
        self._sources[state.name] = state
        self._notify()

    def remove_source(self, name: str) -> None:
        """Remove a source from the room's state."""
        self._sources.pop(name, None)
        self._notify()

    def set_outputs(self, outputs: tuple[OutputState, ...]) -> None:
        """Set how the outputs are doing."""
        self._outputs = outputs
        self._notify()

    def set_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        """Set what a person should look at."""
        if alarms != self._alarms:
            self._alarms = alarms
            self._notify()

    def set_problem(self, subject: str, sentence: str) -> None:
        """Set the problem of `subject`, as a sentence for people; an empty one removes it."""
        if sentence == self._problems.get(subject, ""):
            return
        if sentence:
            self._problems[subject] = sentence
        else:
            self._problems.pop(subject, None)
        self._notify()

    def set_reader_count(self, n_readers: int) -> None:
        """Set how many readers are connected; watchers are not called, since consoles read the state regularly."""
        self._n_readers = n_readers

    def _notify(self) -> None:
        for on_change in self._watchers:
            on_change()
