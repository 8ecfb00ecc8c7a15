"""Finds words that a hypothesis skips although the one before it had them; pure.

Whisper sometimes ends a text early, or leaves a clause out. The sound then has voice without words.
"""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from app.captions.windows import VoiceActivity
from app.decode.hypothesis import Word
from app.decode.tokens import fold_word

COVER_S = 0.15
"""Error of word times: a word this close covers the place of another one."""

VOICE_SHARE = 0.5
"""Share of a word's time in which there must be voice."""


def restore_skipped(words: Sequence[Word], before: Sequence[Word], sound: VoiceActivity) -> tuple[Word, ...]:
    """Return the words, with those of the hypothesis before it that they skip, marked as doubtful.

    A word is skipped if it has nothing in its place: no other text, and no word at its time, but voice.
    """
    found = SequenceMatcher(None, _folded(words), _folded(before), autojunk=False)
    restored: list[Word] = []
    for tag, first, last, begin, end in found.get_opcodes():
        restored += words[first:last]
        if tag == "insert":
            restored += [
                replace(word, is_doubtful=True) for word in before[begin:end] if _is_skipped(word, words, sound)
            ]
    return tuple(restored)


def _folded(words: Sequence[Word]) -> list[str]:
    return [fold_word(word.text) for word in words]


def _is_skipped(word: Word, words: Sequence[Word], sound: VoiceActivity) -> bool:
    middle_s, length_s = (word.start_s + word.end_s) / 2, word.end_s - word.start_s
    if length_s <= 0 or sound.voiced_s(word.start_s, word.end_s) < VOICE_SHARE * length_s:
        return False
    return not any(other.start_s - COVER_S < middle_s < other.end_s + COVER_S for other in words)
