"""A room's glossary: terms go into the prompt, and known errors are corrected in the text."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.decode.hypothesis import Word
from app.decode.tokens import fold_word
from app.errors import SettingsError

ARROW = "=>"


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms to recognise, and corrections of what the model tends to write."""

    terms: tuple[str, ...] = ()
    """Names and words in their correct spelling, most important first."""
    corrections: dict[str, str] = field(default_factory=dict)
    """Wrong text to right text; each has one or more words."""

    @property
    def prompt(self) -> str:
        """The terms, and the right side of every correction, as text for the model's prompt."""
        return ", ".join(dict.fromkeys([*self.terms, *self.corrections.values()]))

    def correct(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Return the words with every known error corrected; the longest match wins, and punctuation after it stays."""
        wrongs = {tuple(fold_word(part) for part in wrong.split()): right for wrong, right in self.corrections.items()}
        longest = max((len(wrong) for wrong in wrongs), default=0)
        corrected: list[Word] = []
        position = 0
        while position < len(words):
            for n_words in range(min(longest, len(words) - position), 0, -1):
                found = words[position : position + n_words]
                right = wrongs.get(tuple(fold_word(word.text) for word in found))
                if right is not None:
                    corrected += _spread(right, found)
                    position += n_words
                    break
            else:
                corrected.append(words[position])
                position += 1
        return tuple(corrected)


def parse(text: str) -> Glossary:
    """Parse a glossary: one term per line, `wrong => right` for a known error, `#` begins a comment.

    Raises:
        SettingsError: A line with an arrow has nothing on one side.
    """
    terms: list[str] = []
    corrections: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        wrong, arrow, right = (part.strip() for part in content.partition(ARROW))
        if arrow and not (wrong and right):
            raise SettingsError(
                f"Glossary line {number}: expected 'wrong {ARROW} right', got {content!r}. Write both sides."
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


def _spread(right: str, found: Sequence[Word]) -> list[Word]:
    """Return the words of `right` spread evenly over the time of the words they replace."""
    parts = right.split()
    start_s, end_s = found[0].start_s, found[-1].end_s
    share_s = (end_s - start_s) / len(parts)
    behind = found[-1].text[len(found[-1].text.rstrip(".,;:!?…。，！？")) :]
    probability = min(word.probability for word in found)
    words = [
        Word(part, start_s + i * share_s, start_s + (i + 1) * share_s, probability, i > 0 or found[0].spaced)
        for i, part in enumerate(parts)
    ]
    if behind and not words[-1].text.endswith(behind):
        words[-1] = replace(words[-1], text=words[-1].text + behind)
    return words
