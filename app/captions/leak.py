"""Recognises text that is the prompt and not speech; pure.

Over noise Whisper writes terms and sentences of its prompt. A person may say the same words, so the text alone proves
nothing: it is a leak where little speech is under it.
"""

from collections.abc import Sequence

from app.captions.windows import VoiceActivity
from app.decode.hypothesis import Word
from app.decode.tokens import fold_word

WORDS_MIN = 2
"""Fewest words of a leak; a single name may be an answer."""

SHARE_MIN = 0.8
"""Share of the words of a text that are in the prompt, from which on it may be a leak."""

LETTER_S = 0.03
"""Speech for one letter; with less, nobody said the words. Fast speakers need 0.04 to 0.05 s a letter."""


def drop_leak(
    words: Sequence[Word], prompt: str, sound: VoiceActivity, start_s: float, end_s: float | None
) -> tuple[Word, ...]:
    """Return the words without those that leaked from the prompt: all, or a row of them at the end.

    Words without times are judged as a whole, by the speech between `start_s` and `end_s`, if that is known.
    """
    is_timed = any(word.end_s > start_s for word in words)
    if not prompt or not (is_timed or end_s is not None):
        return tuple(words)
    prompted = {fold_word(part) for part in prompt.split()}
    is_prompted = [fold_word(word.text) in prompted for word in words]
    first = len(words)
    while is_timed and first > 0 and is_prompted[first - 1]:
        first -= 1
    if sum(is_prompted) >= SHARE_MIN * len(words):
        first = 0
    leaked = words[first:]
    if len(leaked) < WORDS_MIN:
        return tuple(words)
    span = (leaked[0].start_s, max(word.end_s for word in leaked)) if is_timed else (start_s, end_s or start_s)
    n_letters = sum(len(fold_word(word.text)) for word in leaked)
    return tuple(words[:first]) if sound.voiced_s(*span) < LETTER_S * n_letters else tuple(words)
