"""Writes what the policy decided into phrases, and asks for the translations of closed ones; pure."""

import math
from collections.abc import Sequence

from app.audio.chunk import SAMPLE_RATE
from app.captions.event import Event
from app.captions.phrase import Phrase
from app.captions.policy import ClosedPhrase, PolicyUpdate
from app.captions.sentences import ends_sentence
from app.captions.speaker_turns import OneSpeaker, SpeakerTurns, find_turns, split_by_speaker
from app.captions.translation_queue import SENTENCE_WAIT_S, TranslationQueue, count_voiced
from app.captions.untranslated import ENGLISH, UntranslatedSentence
from app.captions.windows import ROUNDING_S, Window, WindowSchedule
from app.decode.hypothesis import DecodeResult, Word, join_words

PHRASE_MIN_S = 0.02
"""The least that a phrase begins after the one before: a frame of the encoder."""


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
        turns: SpeakerTurns | None = None,
    ) -> None:
        """Start session `number` with no phrase; closed phrases are cut from `windows`, and where `turns` change."""
        self._turns = turns or OneSpeaker(None)
        self._room, self._source, self._number, self._origin_s = room, source, number, origin_s
        self._windows = windows
        self._translations = translations
        self._phrase: Phrase | None = None
        self._earliest_s = 0.0
        """The next phrase may not begin before this, or it would have the name of the last one."""

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
        english = self._translations.read_words(result, window)
        events: list[Event] = []
        parts = [part for closed in update.closed for part in split_by_speaker(closed, self._turns)]
        for closed, speaker in parts:
            events += self._close_original(closed, language, speaker)
            if translates:
                is_last = window.is_paused and len(parts) == 1 and not update.committed
                events += self._close_english(closed, language, english, window, is_last=is_last)
            self._phrase = None
            self._windows.cut(closed.cut_s, closed.context_s)
        if update.committed or update.tentative or self._phrase is not None:
            phrase = self._phrase = self._phrase or self._new_phrase()
            turns = find_turns([*update.committed, *update.tentative], self._turns)
            phrase.speaker = turns[0][1] if turns else phrase.speaker
            events += phrase.open(language, update.committed, update.tentative)
            self._translations.expect_more()
            if translates and language == ENGLISH:
                if not self._translations:
                    events += phrase.open_translation(ENGLISH, join_words([*update.committed, *update.tentative]))
            elif english and not update.closed:
                events += self._translations.show(phrase, english, window)
        return events

    def clear(self) -> list[Event]:
        """Remove the open phrase, if there is one, because it turned out not to be speech."""
        phrase, self._phrase = self._phrase, None
        return phrase.clear() if phrase else []

    def _close_original(self, closed: ClosedPhrase, language: str, speaker: str | None) -> list[Event]:
        self._phrase = self._phrase or self._new_phrase()
        self._phrase.speaker = speaker or self._phrase.speaker
        return self._phrase.close(language, closed.words)

    def _close_english(
        self, closed: ClosedPhrase, language: str, english: Sequence[Word], window: Window, *, is_last: bool
    ) -> list[Event]:
        """Queue the English of a closed phrase, and close what needs no decode.

        `english` is the translation of the window; `is_last`: whether the phrase ends with it. If it also begins with
        it, that is the phrase's translation. English speech is its own.
        """
        phrase = self._phrase or self._new_phrase()
        # word times may differ from the cuts by a little, and all words must be in the sound
        start_s = min(phrase.start_s, closed.words[0].start_s)
        end_s = max(closed.cut_s, closed.words[-1].end_s)
        if language == ENGLISH:
            believed = tentative = closed.words
        else:
            n_before = count_voiced(english, window.start_s, start_s, window)
            n_words = count_voiced(english, start_s, end_s, window)
            tentative = tuple(english[n_before : n_before + n_words])
            is_whole = is_last and abs(window.start_s - phrase.start_s) <= ROUNDING_S
            believed = tuple(english) if is_whole else ()
        is_sentence = language == ENGLISH or ends_sentence(closed.words[-1].text, language)
        sentence = UntranslatedSentence(
            (phrase,),
            self._windows.samples(start_s, end_s),
            start_s,
            end_s,
            language,
            due_s=-math.inf if is_sentence else end_s + SENTENCE_WAIT_S,
            believed=believed,
            tentative=believed or tentative,
        )
        self._translations.add(sentence)
        return self._translations.settle(self._windows.end_s)

    def _new_phrase(self) -> Phrase:
        # a phrase whose words come from before the last cut moves no cut
        start_s = max(self._windows.cut_s, self._earliest_s)
        self._earliest_s = start_s + PHRASE_MIN_S
        name = f"{self._number}-{round(start_s * SAMPLE_RATE)}"
        return Phrase(room=self._room, source=self._source, name=name, start_s=start_s, origin_s=self._origin_s)
