"""Finds what an operator searches for in a text, and replaces it; pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.captions.event import UNSPACED
from app.errors import SettingsError

_UNSPACED = re.compile(f"[{UNSPACED}]")
_APOSTROPHES = "['\u2019\u02bc]"


@dataclass(frozen=True)
class TextSearch:
    """What is searched for, and how."""

    text: str
    is_whole_word: bool = False
    """Whether a match must begin and end where a word does."""
    matches_case: bool = False
    """Whether capital and small letters are different."""

    def __post_init__(self) -> None:
        """Raises SettingsError if there is nothing to search for."""
        if not self.text.strip():
            raise SettingsError("Expected a text to search for, but got only spaces. Type at least one letter.")

    def split(self, text: str) -> Sequence[str]:
        """Return the text in parts: what is between matches, a match, what is between, …; one part if it has none."""
        parts, end = [], 0
        for match in self._pattern.finditer(text):
            if self.is_whole_word and not _is_whole_word(text, match.start(), match.end()):
                continue
            parts += [text[end : match.start()], match[0]]
            end = match.end()
        return (*parts, text[end:])

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = unicodedata.normalize("NFC", self.text).split()
        spelled = [re.sub("['\u2019\u02bc]", lambda _: _APOSTROPHES, re.escape(word)) for word in words]
        return re.compile(r"\s+".join(spelled), 0 if self.matches_case else re.IGNORECASE)


def replace_matches(parts: Sequence[str], replacement: str) -> str:
    """Return the text whose parts `TextSearch.split` returned, with a replacement for each match.

    Where the replacement is empty, no two spaces remain.
    """
    between, word = list(parts[::2]), replacement.strip()
    if word:
        return word.join(between).strip()
    text = between[0]
    for following in between[1:]:
        is_doubled = text[-1:] in ("", " ") and following[:1] == " "
        text += following[1:] if is_doubled else following
    return text.strip()


def _is_whole_word(text: str, start: int, end: int) -> bool:
    """Return whether no word goes on before or after a match; scripts without spaces have no words."""
    begins = start == 0 or not (_is_letter(text[start - 1]) and _is_letter(text[start]))
    return begins and (end == len(text) or not (_is_letter(text[end - 1]) and _is_letter(text[end])))


def _is_letter(character: str) -> bool:
    """Return whether a character is part of a word, as marks above letters are."""
    return unicodedata.category(character)[0] in "LMN" and not _UNSPACED.match(character)
