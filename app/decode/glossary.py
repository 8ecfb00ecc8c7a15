"""A room's glossary: terms go into the prompt, known errors are corrected, unwanted words deleted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from app.decode.hypothesis import Word
from app.decode.prompt import PREVIOUS_TOKENS, TERM_TOKENS, TERMS_LENGTH
from app.decode.replacement import Replacements
from app.decode.term_index import TermIndex
from app.errors import SettingsError

ARROW = "=>"

TERMS_MAX = 12
"""Most terms of one prompt. More raise false insertions more than recall. Source: adaptation-translation.md 1.2."""

CORRECTIONS_MAX = 32
"""Most corrections of one decode: of this many all are sent, of more those that resemble the last hypothesis."""

CLEAR_LIKENESS = 0.6
"""Likeness from which on a term goes before those that were said lately."""

MISSED_LIKENESS = 0.75
"""Likeness from which on a window is worth a second decode with the term in its prompt."""

SENTENCE_TOKENS = 6
"""Tokens of the sentence around the terms."""

LETTERS_PER_TOKEN = 2.5
"""Letters of a name in one token, estimated; names are rarer than other words."""

TEXT_LETTERS_PER_TOKEN = 4
"""Letters of running European text in one token, estimated."""


@dataclass(frozen=True)
class Glossary:
    """Terms to recognise, and corrections of what the model tends to write; indexes are built when first used."""

    terms: tuple[str, ...] = ()
    """Names and words in their correct spelling, most important first."""
    corrections: Mapping[str, str] = field(default_factory=dict)
    """Wrong text to right text; each has one or more words. An empty right side deletes the wrong text."""

    def __bool__(self) -> bool:
        """Return whether there is any entry."""
        return bool(self.terms or self.corrections)

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """The terms, and the right side of every correction, each once: all that a prompt may contain."""
        return tuple(dict.fromkeys(text for text in [*self.terms, *self.corrections.values()] if text))

    def select(self, near: str = "", recent: Iterable[str] = (), previous: str = "") -> tuple[str, ...]:
        """Return the terms for the prompt of one window, most useful first: at most TERMS_MAX, and what room there is.

        First come those that sound like something in `near`, the last text of the window, then the `recent` ones, then
        those that sound a little like something in it, then the most important. `previous` is the text that is in the
        prompt too.
        """
        likeness = self._likeness(near)
        ranked = sorted(likeness, key=lambda spelling: -likeness[spelling])
        clear = [spelling for spelling in ranked if likeness[spelling] >= CLEAR_LIKENESS]
        chosen: dict[str, None] = {}
        n_previous = min(PREVIOUS_TOKENS, len(previous) / TEXT_LETTERS_PER_TOKEN)
        n_tokens, room = float(SENTENCE_TOKENS), min(TERM_TOKENS, TERMS_LENGTH - n_previous)
        for spelling in dict.fromkeys([*clear, *recent, *ranked, *self.spellings[: 4 * TERMS_MAX]]):
            cost = estimate_tokens(spelling)
            if n_tokens + cost <= room:
                chosen[spelling] = None
                n_tokens += cost
            if len(chosen) == TERMS_MAX:
                break
        return tuple(chosen)

    def missed(self, text: str, sent: Sequence[str]) -> tuple[str, ...]:
        """Return the terms that the text very likely means but does not contain, and that were not `sent`."""
        likeness = self._likeness(text)
        return tuple(term for term, value in likeness.items() if MISSED_LIKENESS <= value < 1 and term not in sent)

    def select_corrections(self, near: str = "") -> tuple[tuple[str, str], ...]:
        """Return the corrections (wrong, right) that may apply to a window: all if few, else those alike to `near`."""
        wrongs = self._wrongs
        if len(wrongs) > CORRECTIONS_MAX:
            likeness = self._wrong_index.find(near) if near else {}
            wrongs = tuple(wrongs[i] for i in sorted(likeness, key=lambda i: (-likeness[i], i))[:CORRECTIONS_MAX])
        return tuple((wrong, self.corrections[wrong]) for wrong in wrongs)

    def unverified(self, words: Sequence[Word], sent: Iterable[tuple[str, str]] = ()) -> tuple[tuple[str, str], ...]:
        """Return the corrections whose wrong text is in the words, without those that were `sent` to be verified."""
        known = {wrong for wrong, _ in sent}
        return tuple((wrong, self.corrections[wrong]) for wrong in self._errors.find(words) if wrong not in known)

    def mentioned(self, words: Sequence[Word]) -> tuple[str, ...]:
        """Return the terms that the words contain, whatever their case, in the order of the words."""
        return tuple(self._mentions.find(words))

    def correct(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Return the words with every known error corrected without looking at the sound, and unwanted words deleted.

        For text that cannot be verified, such as a translation.
        """
        return self._all.apply(words)

    def delete_unwanted(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Return the words without the unwanted ones."""
        return self._unwanted.apply(words)

    def _likeness(self, text: str) -> dict[str, float]:
        """Return how much each term, or an error that stands for it, resembles something in the text."""
        likeness: dict[str, float] = {}
        for entry, value in self._spelling_index.find(text).items() if text else ():
            spelling = self._spelling_of[entry]
            likeness[spelling] = max(value, likeness.get(spelling, 0.0))
        return likeness

    @cached_property
    def _wrongs(self) -> tuple[str, ...]:
        """The errors that can be verified; a deletion cannot: any shorter text is more probable."""
        return tuple(wrong for wrong, right in self.corrections.items() if right)

    @cached_property
    def _spelling_of(self) -> tuple[str, ...]:
        """The spelling that each entry of the index stands for."""
        return (*self.spellings, *(self.corrections[wrong] for wrong in self._wrongs))

    @cached_property
    def _spelling_index(self) -> TermIndex:
        """Spellings and the errors that stand for them: a prompt with the right spelling avoids the error."""
        return TermIndex([*self.spellings, *self._wrongs])

    @cached_property
    def _wrong_index(self) -> TermIndex:
        return TermIndex(self._wrongs)

    @cached_property
    def _all(self) -> Replacements:
        return Replacements(self.corrections)

    @cached_property
    def _errors(self) -> Replacements:
        return Replacements({wrong: self.corrections[wrong] for wrong in self._wrongs})

    @cached_property
    def _unwanted(self) -> Replacements:
        return Replacements({wrong: "" for wrong, right in self.corrections.items() if not right})

    @cached_property
    def _mentions(self) -> Replacements:
        return Replacements({spelling: spelling for spelling in self.spellings})


def estimate_tokens(term: str) -> float:
    """Estimate the tokens of a term in a sentence, its comma included; other scripts need one or two a letter."""
    return 1 + sum(1 / LETTERS_PER_TOKEN if letter.isascii() else 0.7 if letter < "\u2e80" else 1.5 for letter in term)


@lru_cache(maxsize=32)
def parse(text: str) -> Glossary:
    """Parse a glossary.

    One term per line; `wrong => right` for a known error, `unwanted =>` for text to delete; `#` begins a comment.
    The glossaries of the latest texts are kept, so that the sources of a room share one and its indexes.

    Raises:
        SettingsError: A line with an arrow has nothing on its left.
    """
    terms: list[str] = []
    corrections: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        wrong, arrow, right = (part.strip() for part in content.partition(ARROW))
        if arrow and not wrong:
            raise SettingsError(
                f"Glossary line {number}: expected 'wrong {ARROW} right' or 'unwanted {ARROW}', got {content!r}. "
                f"Write the text to replace on the left."
            )
        if arrow:
            corrections[wrong] = right
        else:
            terms.append(content)
    return Glossary(tuple(terms), corrections)


def read(path: Path) -> Glossary:
    """Read a glossary file in UTF-8.

    Raises:
        SettingsError: The file cannot be read, or a line is not a term or a correction.
    """
    return parse(read_text(path))


def read_text(path: Path) -> str:
    """Return the text of a glossary file.

    Raises:
        SettingsError: The file cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(
            f"Expected a glossary as a UTF-8 text file at {path}, but it cannot be read: {exc}. Check the path."
        ) from exc
