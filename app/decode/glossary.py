"""A room's glossary: terms for the prompt, corrections of known errors, unwanted words, and fixed translations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path

from app.decode.fixed_terms import FixedTerm, FixedTerms
from app.decode.glossary_lines import read_lines
from app.decode.hypothesis import Word
from app.decode.prompt import PREVIOUS_TOKENS, TERM_TOKENS, TERMS_LENGTH
from app.decode.replacement import Replacements
from app.decode.term_index import TermIndex
from app.errors import SettingsError

TERMS_MAX = 12
"""Most terms of one prompt. More raise false insertions more than recall. Source: adaptation-translation.md 1.2."""

CORRECTIONS_MAX = 32
"""Most corrections of one decode: of this many all are sent, of more those that resemble the last hypothesis."""

CLEAR_LIKENESS = 0.6
"""Likeness from which on a term goes before those that were said lately."""

MISSED_LIKENESS = 0.75
"""Likeness from which on a window is worth a second decode with the term in its prompt."""

ENTRIES_MAX = 5_000
"""Most terms and corrections of a glossary: a window whose text is all new takes up to 30 ms with 5,000, less than the
50 ms that anything may hold the event loop; a talk needs some hundred."""

ENTRY_MAX = 200
"""Most characters of a term, or of one side of a correction; no prompt has room for more."""

BYTES_MAX = 240_000
"""Most bytes of a glossary in UTF-8: 5,000 entries of 48 bytes; with JSON around it, the body of a
request stays below 256 KiB."""

SENTENCE_TOKENS = 6
"""Tokens of the sentence around the terms."""

LETTERS_PER_TOKEN = 2.5
"""Letters of a name in one token, estimated; names are rarer than other words."""

TEXT_LETTERS_PER_TOKEN = 4
"""Letters of running European text in one token, estimated."""

ENGLISH = "en"
"""The language into which Whisper translates."""


@dataclass(frozen=True)
class Glossary:
    """Terms to recognise, and corrections of what the model tends to write.

    Indexes are built once: by `compile`, which a service calls in a thread of its own, else when they are first used.
    """

    terms: tuple[str, ...] = ()
    """Names and words in their correct spelling, most important first."""
    corrections: Mapping[str, str] = field(default_factory=dict)
    """Wrong text to right text; each has one or more words. An empty right side deletes the wrong text."""
    fixed: tuple[FixedTerm, ...] = ()
    """Terms whose translation is fixed, or that stay as they are; each is in `terms` too."""

    def __bool__(self) -> bool:
        """Return whether there is any entry."""
        return bool(self.terms or self.corrections)

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """The terms, and the right side of every correction, each once: all that a prompt may contain."""
        return tuple(dict.fromkeys(text for text in [*self.terms, *self.corrections.values()] if text))

    def compile(self) -> None:
        """Build all indexes; with ENTRIES_MAX entries this takes about 0.3 s, so call it outside of the event loop."""
        _ = (self.known, self._spelling_of, self._spelling_index)
        _ = (self._all, self._errors, self._unwanted, self._mentions, self._fixed_terms)

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
            n_spellings = len(self.spellings)
            found = self._spelling_index.find(near) if near else {}
            likeness = {entry - n_spellings: value for entry, value in found.items() if entry >= n_spellings}
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

        For text that cannot be verified, such as Whisper's translation into English, which gets its fixed terms too.
        """
        return self._all.apply(words)

    def find_fixed(self, text: str, language: str, target: str) -> tuple[tuple[str, str], ...]:
        """Return the terms of a text whose translation into `target` is fixed, as (text that was found, translation).

        The longest match wins; each text once, in the order of the text, which is in `language`.
        """
        return self._fixed_terms.find(text, language, target)

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
    def known(self) -> frozenset[str]:
        """The spellings, for look-ups."""
        return frozenset(self.spellings)

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
        return TermIndex([*self.spellings, *self._wrongs], len(self.spellings))

    @cached_property
    def _all(self) -> Replacements:
        english = {term.source: term.translation for term in self.fixed if ENGLISH in term.targets}
        return Replacements({**english, **self.corrections})

    @cached_property
    def _errors(self) -> Replacements:
        return Replacements({wrong: self.corrections[wrong] for wrong in self._wrongs})

    @cached_property
    def _unwanted(self) -> Replacements:
        return Replacements({wrong: "" for wrong, right in self.corrections.items() if not right})

    @cached_property
    def _fixed_terms(self) -> FixedTerms:
        return FixedTerms(self.fixed)

    @cached_property
    def _mentions(self) -> Replacements:
        return Replacements({spelling: spelling for spelling in self.spellings})


def estimate_tokens(term: str) -> float:
    """Estimate the tokens of a term in a sentence, its comma included; other scripts need one or two a letter."""
    return 1 + sum(1 / LETTERS_PER_TOKEN if letter.isascii() else 0.7 if letter < "\u2e80" else 1.5 for letter in term)


@lru_cache(maxsize=32)
def parse(text: str) -> Glossary:
    """Parse a glossary that `check` accepts; what is beyond the limits is left out.

    One term per line; `wrong => right` for a known error, `unwanted =>` for text to delete; `term => translation [en]`
    for a translation that is fixed, `term = keep` for a term that stays as it is in every language; `#` begins a
    comment. The glossaries of the latest texts are kept, so that the sources of a room share one and its indexes.

    Raises:
        SettingsError: A line with an arrow or an equals sign has nothing on its left.
    """
    terms: dict[str, None] = {}
    corrections: dict[str, str] = {}
    fixed: list[FixedTerm] = []
    for line in islice(read_lines(text[:BYTES_MAX], is_strict=False), ENTRIES_MAX):
        if max(len(line.left), len(line.right)) > ENTRY_MAX:
            continue
        if line.kind == "correction":
            corrections[line.left] = line.right
            continue
        terms[line.left] = None
        if line.kind != "term":
            fixed.append(FixedTerm(line.left, line.right, frozenset(line.targets)))
    return Glossary(tuple(terms), corrections, tuple(fixed))


def check(text: str) -> None:
    """Check the lines of a glossary and its limits; takes up to 0.1 s.

    Raises:
        SettingsError: A line has nothing on its left, an unknown language or no translation, or a limit is exceeded.
    """
    n_bytes = len(text.encode("utf-8", "surrogatepass"))
    if n_bytes > BYTES_MAX:
        raise _limit_error(f"at most {BYTES_MAX:,} bytes", f"{n_bytes:,}")
    for n_entries, line in enumerate(read_lines(text, is_strict=True), start=1):
        if n_entries > ENTRIES_MAX:
            raise _limit_error(f"at most {ENTRIES_MAX:,} terms and rules", "more")
        if (length := max(len(line.left), len(line.right))) > ENTRY_MAX:
            raise _limit_error(f"terms of at most {ENTRY_MAX} characters", f"{length:,} in line {line.number}")


def _limit_error(expected: str, got: str) -> SettingsError:
    return SettingsError(
        f"Expected a glossary with {expected}, but got {got}. Keep the names that are likely to be said."
    )


def read(path: Path) -> Glossary:
    """Read a glossary file in UTF-8.

    Raises:
        SettingsError: The file cannot be read, a line is not a term or a correction, or there are too many.
    """
    text = read_text(path)
    check(text)
    return parse(text)


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
