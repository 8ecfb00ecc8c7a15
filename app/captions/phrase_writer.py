"""Writes what the policy decided into phrases, and asks for the translations of closed ones; pure."""

from app.audio.chunk import SAMPLE_RATE
from app.captions.event import Event
from app.captions.phrase import Phrase
from app.captions.policy import ClosedPhrase, PolicyUpdate
from app.captions.translation_queue import ENGLISH, TranslationQueue
from app.captions.windows import Window, WindowSchedule
from app.decode.hypothesis import DecodeResult, join_words


class PhraseWriter:
    """The phrases of one session: at most one is open."""

    def __init__(
        self,
        *,
        room: str,
        source: str,
        number: int,
        origin_s: float,
        windows: WindowSchedule,
        translations: TranslationQueue,
    ) -> None:
        """Start session `number` with no phrase; closed phrases are cut from `windows`."""
        self._room, self._source, self._number, self._origin_s = room, source, number, origin_s
        self._windows = windows
        self._translations = translations
        self._phrase: Phrase | None = None

    @property
    def is_open(self) -> bool:
        """Whether a phrase is open."""
        return self._phrase is not None

    def write(
        self, update: PolicyUpdate, window: Window, language: str, result: DecodeResult | None, *, translates: bool
    ) -> list[Event]:
        """Return the events for what the policy closed, committed and left tentative, oldest first.

        `result` is the decode behind it, if it may contain a translation of the window.
        """
        translation = self._translations.english_text(result, self._windows.sound)
        events: list[Event] = []
        for closed in update.closed:
            is_whole = window.is_paused and not window.context_s and len(update.closed) == 1 and not update.committed
            events += self._close(closed, language, translation if is_whole else "", translates=translates)
        if update.committed or update.tentative or self._phrase is not None:
            phrase = self._phrase = self._phrase or self._new_phrase()
            events += phrase.open(language, update.committed, update.tentative)
            if translates and language == ENGLISH:
                events += phrase.open_translation(ENGLISH, join_words([*update.committed, *update.tentative]))
            elif translation and not update.closed:
                events += phrase.open_translation(ENGLISH, translation)
        return events

    def clear(self) -> list[Event]:
        """Remove the open phrase, if there is one, because it turned out not to be speech."""
        phrase, self._phrase = self._phrase, None
        return phrase.clear() if phrase else []

    def _close(self, closed: ClosedPhrase, language: str, translation: str, *, translates: bool) -> list[Event]:
        """Close the open phrase; without a `translation` of exactly its sound, queue that sound for translation."""
        phrase = self._phrase or self._new_phrase()
        events = phrase.close(language, closed.words)
        if translates:
            if language == ENGLISH:
                events += phrase.close_translation(ENGLISH, join_words(closed.words))
            elif translation:
                events += phrase.close_translation(ENGLISH, translation)
            else:
                samples = self._windows.samples(phrase.start_s, closed.cut_s)
                self._translations.add(phrase, samples, language)
        self._phrase = None
        self._windows.cut(closed.cut_s, closed.context_s)
        return events

    def _new_phrase(self) -> Phrase:
        start_s = self._windows.cut_s
        name = f"{self._number}-{round(start_s * SAMPLE_RATE)}"
        return Phrase(room=self._room, source=self._source, name=name, start_s=start_s, origin_s=self._origin_s)
