"""Recognises text that is the prompt and not speech; pure.

Over noise Whisper writes terms and sentences of its prompt. A person may say the same words, so the text alone proves
nothing: it is a leak where little speech is under it.
"""

from collections.abc import Sequence

from app.captions.windows import VoiceActivity
from app.decode.hypothesis import Word
from app.decode.tokens import fold_word

SHARE_MIN = 0.8
"""Share of the words of a text that are in the prompt, from which on the whole text may be a leak."""

TAIL_LETTERS = 12
"""Fewest letters of a leak after other words. Fewer may end a sentence: "is this". Their times are inexact."""

LETTER_S = 0.03
"""Speech for one letter; with less, nobody said the words. Fast speakers need 0.04 to 0.05 s a letter."""

MARGIN_S = 0.15
"""Error of forced alignment: speech this close to the words counts for them."""


def drop_leak(
    words: Sequence[Word], prompt: str, sound: VoiceActivity, start_s: float, end_s: float | None
) -> tuple[Word, ...]:
    """Return the words without those that leaked from the prompt: all, or a row of them at the end.

    Any words of the prompt count in a text that is nothing else; after other words only those of its last line, which
    has the terms. Words without times are judged as a whole, by the speech between `start_s` and `end_s`, if that is
    known.
    """
    is_timed = any(word.end_s > start_s for word in words)
    if not (words and prompt and (is_timed or end_s is not None)):
        return tuple(words)
    folded = [fold_word(word.text) for word in words]
    prompted, terms = _fold_words(prompt), _fold_words(prompt.rpartition("\n")[2])
    first = len(words)
    if sum(word in prompted for word in folded) >= SHARE_MIN * len(words):
        first = 0
    elif is_timed:
        while folded[first - 1] in terms:
            first -= 1
    leaked, n_letters = words[first:], sum(map(len, folded[first:]))
    if not leaked or (first > 0 and n_letters < TAIL_LETTERS):
        return tuple(words)
    if is_timed:
        start_s, end_s = leaked[0].start_s - MARGIN_S, max(word.end_s for word in leaked) + MARGIN_S
    speech_s = sound.voiced_s(start_s, end_s or start_s)
    return tuple(words[:first]) if speech_s < LETTER_S * n_letters else tuple(words)


def _fold_words(text: str) -> frozenset[str]:
    return frozenset(fold_word(part) for part in text.split())
