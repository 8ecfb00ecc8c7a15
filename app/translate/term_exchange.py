"""Puts locked terms into a free translation, in the place of the words that the model wrote for them.

A model may not find its way around a placeholder for a common word. Then it translates the sentence as it is, and the
term alone; what is the same in both is the term.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.translate.language_evidence import frequent_words
from app.translate.model import ModelCandidate, ModelRow, TextModel
from app.translate.protection import ProtectedPart, ProtectedText, hide
from app.translate.request import Translation
from app.translate.sentence_check import SentenceCheck

CANDIDATES = 4
"""Translations of a term alone that are looked for: a form in the sentence may not be the first one."""

LITTLE_LETTERS = 4
"""A frequent word with at most so many letters is an article or a verb such as "will", and no term."""

ALONE_LOGPROB = -1.0
"""Mean log-probability of a token from which a translation of a term alone counts."""

_WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

_LAST_WORD = re.compile(r"([^\W_]+)['’]?\s*$")


@dataclass(slots=True)
class _FreeSentence:
    """A sentence whose terms the model sees."""

    check: SentenceCheck
    terms: tuple[ProtectedPart, ...]
    protected: ProtectedText | None
    """Its text with placeholders for its numbers and addresses; None if it has none, or the model has none."""
    words: list[tuple[str, ...]] = field(default_factory=list)
    """For each term, what the model writes for it alone."""

    def row(self) -> ModelRow:
        """Return the whole sentence."""
        return self._row(self.protected.text if self.protected else self.check.text)

    def term_rows(self) -> list[ModelRow]:
        """Return each term alone, then each with the article or preposition before it."""
        text = self.check.text
        starts = [self._find_start(part) for part in self.terms]
        alone = [self._row(text[part.start : part.end]) for part in self.terms]
        return [*alone, *(self._row(text[start : part.end]) for start, part in zip(starts, self.terms, strict=True))]

    def exchange(self, candidate: ModelCandidate) -> Translation | None:
        """Return a candidate with the terms in it; None if it cannot be believed, or a term is not found."""
        text: str | None = candidate.text
        text = self.protected.restore(candidate.text) if self.protected else text
        for part, words in zip(self.terms, self.words, strict=True):
            text = _replace(text, words, part.shown) if text else None
        if not text or self.check.find_fault(text, candidate.logprob, is_complete=candidate.is_complete):
            return None
        return Translation(text, None, candidate.logprob)

    def count_words(self, part: ProtectedPart) -> int:
        """Return how many words the original has for a term."""
        return len(_WORDS.findall(self.check.text, part.start, part.end))

    def _find_start(self, part: ProtectedPart) -> int:
        """Return where the frequent word before a term begins, or the term if there is none."""
        before = _LAST_WORD.search(self.check.text, 0, part.start)
        common = frequent_words().get(self.check.request.language, frozenset())
        return before.start() if before and before[1].lower() in common else part.start

    def _row(self, text: str) -> ModelRow:
        return ModelRow(text, self.check.request.language, self.check.request.target)


def exchange_terms(model: TextModel, checks: Sequence[SentenceCheck]) -> list[Translation | None]:
    """Return a translation with its terms for each sentence, None where none is found.

    Raises:
        TranslateError: A batch failed.
    """
    sentences = [_free(model, check) for check in checks]
    rows = [row for one in sentences for row in (one.row(), *one.term_rows())]
    found = iter(model.generate(rows, beam_size=CANDIDATES, n_best=CANDIDATES))
    results: list[Translation | None] = []
    for one in sentences:
        candidates = next(found)
        alone = [next(found) for _ in one.terms]
        with_article = [next(found) for _ in one.terms]
        one.words = [
            _read_words([*first, *second], one.check.request.target, one.count_words(part) + 1)
            for part, first, second in zip(one.terms, alone, with_article, strict=True)
        ]
        results.append(next(filter(None, map(one.exchange, candidates)), None))
    return results


def _free(model: TextModel, check: SentenceCheck) -> _FreeSentence:
    others = [part for part in check.parts if not part.is_term]
    protected = hide(check.text, others, model.placeholder) if others else None
    return _FreeSentence(check, tuple(part for part in check.parts if part.is_term), protected)


def _read_words(candidates: Iterable[ModelCandidate], target: str, n_max: int) -> tuple[str, ...]:
    """Return the translations of a term with at most `n_max` words, the most probable first, without an article."""
    common = frequent_words().get(target, frozenset())
    found: dict[str, None] = {}
    for candidate in sorted(candidates, key=lambda one: -one.logprob):
        words = _WORDS.findall(candidate.text)
        if len(words) > 1 and words[0].lower() in common:
            del words[0]
        is_little = len(words) == 1 and len(words[0]) <= LITTLE_LETTERS and words[0].lower() in common
        if words and len(words) <= n_max and not is_little and candidate.logprob >= ALONE_LOGPROB:
            found[" ".join(words)] = None
    return tuple(found)


def _replace(text: str, words: Iterable[str], shown: str) -> str | None:
    """Return a text with a term for the first of these words that is in it exactly once."""
    for word in words:
        pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
        if len(pattern.findall(text)) == 1:
            return pattern.sub(lambda _: shown, text)
    return None
