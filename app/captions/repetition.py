"""Stops a sentence that returns again and again with no plausible speech under it, across phrases; pure.

Over hum or music a model may write the same sentence for minutes, each time in a phrase of its own, so the loops of one
hypothesis do not show it. People repeat themselves too ("Next slide, please", a chorus): theirs has a voice as long as
the sentence takes.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.captions.rates import spoken_s
from app.captions.sentences import ends_sentence
from app.captions.windows import VoiceActivity
from app.decode.hypothesis import Word, join_words
from app.decode.tokens import fold_word

RECENT_S = 120.0
"""How long a sentence is remembered; invented ones return within seconds."""

RECENT_SENTENCES = 20
"""How many sentences are remembered at most."""

SIMILARITY = 0.8
"""Share of equal words from which on two sentences are the same: invented ones vary by a word."""

LETTERS_MIN = 8
"""Shorter phrases are said again all day: "Ja.", "Okay."."""

SECOND_VOICE = 1.0
LATER_VOICE = 1.2
"""Voice that the second copy and later ones need, in times of what fast speech takes (28 and 23 letters a second)."""

LATER_SHARE = 0.5
"""Least share of the time of a third copy that is voice; bursts of noise are shorter than their sentence."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A sentence of a closed phrase."""

    said: tuple[str, ...]
    """Its folded words."""
    end_s: float


class RecentSentences:
    """The sentences that one session closed lately; all times are on its clock."""

    def __init__(self) -> None:
        """Start with none."""
        self._recent: deque[_Remembered] = deque(maxlen=RECENT_SENTENCES)

    def strip_echoes(
        self, words: Sequence[Word], sound: VoiceActivity, from_s: float, end_s: float, language: str
    ) -> tuple[Word, ...]:
        """Leave out the sentences of a hypothesis that are echoes; changes nothing.

        Sentences that begin before `from_s` stay: their sound is that of the phrase before. Sentences without word
        times are judged by the voice from there to `end_s`, the end of the window.
        """
        kept: list[Word] = []
        for sentence in _split_sentences(words, language):
            is_timed = any(word.end_s > word.start_s for word in sentence)
            is_new = sentence[0].start_s >= from_s or not is_timed
            if not (is_new and self.is_echo(sentence, sound, from_s, end_s)):
                kept += sentence
        return tuple(kept)

    def is_echo(self, words: Sequence[Word], sound: VoiceActivity, start_s: float, end_s: float) -> bool:
        """Return whether the words of a sentence repeat a recent one and were not said; changes nothing.

        `start_s` and `end_s` are the times of its window; only words without times need them.
        """
        said = _fold(words)
        n_before = sum(_is_same(said, one.said) for one in self._recent if start_s - one.end_s < RECENT_S)
        if not n_before or sum(map(len, said)) < LETTERS_MIN:
            return False
        if any(word.end_s > word.start_s for word in words):
            start_s, end_s = words[0].start_s, max(word.end_s for word in words)
        voiced_s = sound.voiced_s(start_s, end_s)
        need_s = spoken_s(join_words(words))
        if n_before == 1:
            return voiced_s < SECOND_VOICE * need_s
        return voiced_s < LATER_VOICE * need_s or voiced_s < LATER_SHARE * (end_s - start_s)

    def add(self, words: Sequence[Word], end_s: float, language: str) -> None:
        """Remember the sentences of a phrase that was closed."""
        for sentence in _split_sentences(words, language):
            if said := _fold(sentence):
                self._recent.append(_Remembered(said, end_s))


def _split_sentences(words: Sequence[Word], language: str) -> Iterator[tuple[Word, ...]]:
    first = 0
    for i, word in enumerate(words):
        following = words[i + 1].text if i + 1 < len(words) else None
        if following is None or ends_sentence(word.text, language, following):
            yield tuple(words[first : i + 1])
            first = i + 1


def _fold(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(folded for word in words if (folded := fold_word(word.text)))


def _is_same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= SIMILARITY and matcher.ratio() >= SIMILARITY
