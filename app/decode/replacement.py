"""Replaces texts of one or more words in a list of timed words; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from app.decode.hypothesis import Word
from app.decode.tokens import fold_word

ENDS = ".,;:!?…。，！？"
"""Punctuation that stays behind a text that is replaced."""

SENTENCE_ENDS = ".!?…。！？"
"""Punctuation that stays behind a text that is deleted."""


class Replacements:
    """Texts and what replaces them, found without regard to case, punctuation and the places of spaces."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Prepare the texts; an empty replacement deletes."""
        self._texts = {_fold(wrong.split()): (wrong, right) for wrong, right in texts.items()}
        self._texts.pop("", None)
        self._longest = max(map(len, self._texts), default=0)

    def find(self, words: Sequence[Word]) -> Iterator[str]:
        """Yield the texts that the words contain, in order; the longest match wins."""
        for _, _, wrong in self._matches(words):
            yield wrong

    def apply(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Return the words with every text replaced; the longest match wins, and punctuation after it stays."""
        replaced: list[Word] = []
        position = 0
        for first, last, wrong in self._matches(words):
            replaced += words[position:first]
            right = self._texts[_fold(wrong.split())][1]
            if right:
                replaced += spread(right, words[first:last])
            elif replaced and words[last - 1].text[-1] in SENTENCE_ENDS:
                before = replaced[-1].text.rstrip(ENDS)
                replaced[-1] = replace(replaced[-1], text=before + words[last - 1].text[-1])
            position = last
        return (*replaced, *words[position:])

    def _matches(self, words: Sequence[Word]) -> Iterator[tuple[int, int, str]]:
        """Yield (first word, word after the last, text) of every match, none overlapping."""
        if not self._texts:
            return
        plains = [fold_word(word.text) for word in words]
        position = 0
        while position < len(words):
            found: tuple[int, int, str] | None = None
            joined = ""
            for last in range(position, len(words)):
                joined += plains[last]
                if not plains[position] or len(joined) > self._longest:
                    break
                if plains[last] and joined in self._texts:
                    found = position, last + 1, self._texts[joined][0]
            if found:
                yield found
            position = found[1] if found else position + 1


def spread(right: str, found: Sequence[Word]) -> list[Word]:
    """Return the words of `right` spread evenly over the time of the words they replace."""
    parts = right.split()
    start_s, end_s = found[0].start_s, found[-1].end_s
    share_s = (end_s - start_s) / len(parts)
    behind = found[-1].text[len(found[-1].text.rstrip(ENDS)) :]
    probability = min(word.probability for word in found)
    is_doubtful = any(word.is_doubtful for word in found)
    words = [
        Word(
            part, start_s + i * share_s, start_s + (i + 1) * share_s, probability, i > 0 or found[0].spaced, is_doubtful
        )
        for i, part in enumerate(parts)
    ]
    if behind and not words[-1].text.endswith(behind):
        words[-1] = replace(words[-1], text=words[-1].text + behind)
    return words


def _fold(parts: Iterable[str]) -> str:
    return "".join(fold_word(part) for part in parts)
