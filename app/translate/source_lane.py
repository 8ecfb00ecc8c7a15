"""Translates what one source says into one language, in order and append-only; pure.

A committed sentence is translated once, when the next word or the end of its phrase shows that it is whole. Its text is
then committed on the target track; it never changes, whatever the next results are. Phrases close in the order in which
they were said, and only the first unfinished one shows text.
"""

import math
from dataclasses import dataclass

from app.captions.event import Event, join_texts
from app.captions.sentences import ends_sentence
from app.translate.phrase_translation import PhraseTranslation, TranslatedEvent
from app.translate.request import Translation, TranslationRequest
from app.translate.sentence_division import count_units, mask_end
from app.translate.sentence_queue import CONTEXT_MAX_S, SENTENCE_WAIT_S, SentenceQueue, SourceSentence
from app.translate.sentence_split import split_sentences

PREVIEW_S = 0.6
"""Least time between two previews: grey text that changes more often cannot be read."""

PREVIEW_MIN_UNITS = 3
"""Words from which an open phrase has a preview; less is translated badly, and masked anyway."""


@dataclass(frozen=True, slots=True)
class LaneRequest:
    """A sentence or a preview that a lane wants translated."""

    request: TranslationRequest
    sentence: SourceSentence | None = None
    """None for a preview."""
    phrase: PhraseTranslation | None = None
    """The phrase that shows a preview."""
    n_known: int = 0
    """How many pieces of the phrase the preview follows."""
    is_masked: bool = False
    """Whether the end of a preview is not shown, because somebody speaks on."""


class SourceLane:
    """The phrases of one source whose text on one target track is not final; times are on the room's clock."""

    def __init__(self, target: str, room: str, *, has_previews: bool = True) -> None:
        """Start with no phrases."""
        self._target, self._room, self._has_previews = target, room, has_previews
        self._phrases: list[PhraseTranslation] = []
        """In the order in which they were said; the last one may be open on the original track."""
        self._sentences = SentenceQueue()
        self._in_flight: SourceSentence | None = None
        self._waits_since_s = math.inf
        """Since when the first whole sentence waits for its translation."""
        self._previous: tuple[SourceSentence, str] | None = None
        """The last sentence if it was whole, and its translation."""
        self._is_previewing = False
        self._previewed = ""
        """The text of the last preview, ..."""
        self._previewed_s = -math.inf
        """... and when it was requested."""
        self.is_hurried = False
        """Whether no sentence waits for its rest, because nothing more will be said."""

    @property
    def is_idle(self) -> bool:
        """Whether no final phrase waits for its translation."""
        return not self._sentences and not any(phrase.is_final for phrase in self._phrases)

    def due_s(self) -> float:
        """Return when `advance` or `next_request` has something to do even if nothing arrives; infinite for never."""
        preview_s = self._previewed_s + PREVIEW_S if self._may_preview() else math.inf
        return min(self._sentences.due_s, preview_s)

    def waiting_s(self, now_s: float) -> float:
        """Return how long the first whole sentence has waited for its translation; 0 if none waits."""
        return max(0.0, now_s - self._waits_since_s)

    def has(self, name: str) -> bool:
        """Return whether it still has work with a phrase."""
        return any(phrase.original.phrase == name for phrase in self._phrases)

    def put(self, event: Event, now_s: float, *, is_backfilled: bool = False) -> None:
        """Take the next state of a phrase of the original track."""
        phrase = self._find(event)
        if phrase is None and not event.text:
            return
        if phrase is None:
            phrase = self._begin(event, is_backfilled=is_backfilled)
        elif phrase.is_final:
            self._sentences.close()  # it was corrected: show what there is, then translate it again
            return
        elif not event.is_logged and not event.text and not phrase.pieces:
            self._phrases.remove(phrase)  # it was no speech
            return
        phrase.original = event
        if phrase.passes:
            self._sentences.close()
            phrase.take_untranslated()
        else:
            self._take_sentences(phrase, now_s)

    def advance(self, now_s: float) -> list[TranslatedEvent]:
        """Return the events that follow from what has happened so far."""
        if self.is_hurried or now_s >= self._sentences.due_s:
            self._sentences.close()
        if math.isinf(self._waits_since_s) and self._sentences.first():
            self._waits_since_s = now_s
        events: list[TranslatedEvent] = []
        while self._phrases and self._phrases[0].is_done:
            events.append(self._phrases.pop(0).close(now_s))
        if self._phrases and not self._phrases[0].is_backfilled:
            shown = self._phrases[0].show(now_s)
            events += [shown] if shown else []
        return events

    def next_request(self, now_s: float) -> LaneRequest | None:
        """Return what to translate now; `complete` must follow. At most one sentence and one preview are in flight."""
        sentence = self._sentences.first()
        if sentence is not None:
            if self._in_flight is not None:
                return None
            self._in_flight = sentence
            return LaneRequest(self._request(sentence.text, sentence), sentence)
        if not self._may_preview() or now_s < self._previewed_s + PREVIEW_S:
            return None
        return self._preview(now_s)

    def complete(self, done: LaneRequest, translation: Translation | None, now_s: float) -> None:
        """Take the translation of a request; None if it failed, so that the original text stands for it."""
        if done.sentence is None:
            self._is_previewing = False
            if translation is not None and translation.fault is None and done.phrase is not None:
                text = translation.text.strip()
                done.phrase.preview = mask_end(text) if done.is_masked else text
                done.phrase.preview_after = done.n_known
            return
        self._in_flight = None
        self._sentences.remove_first()
        is_translated = done.sentence.settle(translation, self._target)
        # half a sentence is no context: the model would first complete its translation
        is_context = is_translated and done.sentence.is_whole
        self._previous = (done.sentence, translation.text) if translation and is_context else None
        self._waits_since_s = now_s if self._sentences.first() else math.inf

    def clear(self, now_s: float) -> list[TranslatedEvent]:
        """Return the events that remove all text that is not final, and forget it."""
        hidden = [phrase.hide(now_s) for phrase in self._phrases]
        self._phrases.clear()
        return [event for event in hidden if event]

    def _find(self, event: Event) -> PhraseTranslation | None:
        return next((one for one in self._phrases if one.original.phrase == event.phrase), None)

    def _begin(self, event: Event, *, is_backfilled: bool) -> PhraseTranslation:
        """Add a phrase. One before it that is still open never ends: its source broke off."""
        self._phrases = [phrase for phrase in self._phrases if phrase.is_final]
        if not self._sentences.accepts(event):
            self._sentences.close()
        phrase = PhraseTranslation(event, self._target, is_backfilled)
        self._phrases.append(phrase)
        return phrase

    def _take_sentences(self, phrase: PhraseTranslation, now_s: float) -> None:
        """Queue the new whole sentences of a phrase, and what a final one ends with."""
        event = phrase.original
        split = split_sentences(phrase.untaken, event.language, is_end=phrase.is_final)
        for text in split.sentences:
            self._sentences.add(phrase.take(text), event)
        if phrase.is_final and split.rest.strip():
            self._sentences.add_open(phrase.take(split.rest), event, now_s + SENTENCE_WAIT_S)

    def _request(self, text: str, sentence: SourceSentence, *, is_preview: bool = False) -> TranslationRequest:
        before, translation = self._previous or (None, "")
        if before and (before.language != sentence.language or sentence.start_s - before.end_s > CONTEXT_MAX_S):
            before, translation = None, ""
        return TranslationRequest(
            text,
            sentence.language,
            self._target,
            previous=before.text if before else "",
            previous_translation=translation,
            room=self._room,
            is_preview=is_preview,
        )

    def _may_preview(self) -> bool:
        """Return whether there is new text for a preview, and nothing better to do."""
        if not self._has_previews or self._is_previewing or self._sentences.first() or not self._phrases:
            return False
        text = self._preview_text()
        return text not in ("", self._previewed) and count_units(text) >= PREVIEW_MIN_UNITS

    def _preview_text(self) -> str:
        """Return the sentence that the first phrase is in, as far as it was said; empty for none."""
        first = self._phrases[0]
        if first.is_backfilled or first.passes:
            return ""
        if self._sentences.open is None:
            return _first_sentence(first) if not first.is_final else ""
        text = self._sentences.open.text
        following = self._phrases[-1]
        if not following.is_final and self._sentences.accepts(following.original):
            return join_texts(text, _first_sentence(following))
        return text

    def _preview(self, now_s: float) -> LaneRequest:
        first, last = self._phrases[0], self._phrases[-1].original
        text = self._previewed = self._preview_text()
        self._previewed_s, self._is_previewing = now_s, True
        sentence = SourceSentence(first.original.language, start_s=first.original.start_s, end_s=last.end_s)
        return LaneRequest(
            self._request(text, sentence, is_preview=True),
            phrase=first,
            n_known=first.n_known,
            is_masked=not last.is_logged and not ends_sentence(text.split()[-1], sentence.language),
        )


def _first_sentence(phrase: PhraseTranslation) -> str:
    """Return the first sentence of what is in no piece yet, tentative words included."""
    text = join_texts(phrase.untaken, phrase.original.tentative)
    split = split_sentences(text, phrase.original.language, is_end=False)
    return (split.sentences[0] if split.sentences else split.rest).strip()
