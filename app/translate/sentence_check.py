"""Checks the translations of one sentence: what must be in them, and whether they can be believed; pure."""

import re
import unicodedata
from functools import cached_property

from app.translate.checks import UNSURE_LOGPROB, find_fault
from app.translate.literals import Literal, find_literals, lost_literals
from app.translate.protection import ProtectedPart, find_parts, lost_terms
from app.translate.request import Fault, TranslationRequest

_LETTER = re.compile(r"[^\W\d_]")


class SentenceCheck:
    """Knows a request's locked terms and literals."""

    def __init__(self, request: TranslationRequest, unsure_logprob: float = UNSURE_LOGPROB) -> None:
        """Find the terms and literals; translations less probable than `unsure_logprob` are not believed."""
        self.request = request
        self.text = request.text if request.text.isascii() else unicodedata.normalize("NFC", request.text)
        self._unsure_logprob = unsure_logprob
        self._literals: tuple[Literal, ...] = find_literals(self.text, request.language, request.target)
        self.parts: tuple[ProtectedPart, ...] = (
            find_parts(self.text, request.terms, self._literals) if self._literals or request.terms else ()
        )

    @cached_property
    def has_words(self) -> bool:
        """Whether there is anything to translate besides terms and literals."""
        end = 0
        for part in self.parts:
            if _LETTER.search(self.text, end, part.start):
                return True
            end = part.end
        return _LETTER.search(self.text, end) is not None

    def find_fault(self, translation: str, logprob: float = 0.0, *, is_complete: bool = True) -> Fault | None:
        """Return why a translation cannot be shown; None if it can."""
        kept = [text for part in self.parts for text in (self.text[part.start : part.end], part.shown)]
        request = self.request
        fault = find_fault(self.text, translation, request.language, request.target, kept)
        if fault:
            return fault
        if self.parts and lost_terms(self.parts, translation):
            return "terms"
        if self._lost_literals(translation):
            return "literals"
        if not is_complete:
            return "length"
        return "unsure" if logprob < self._unsure_logprob else None

    def _lost_literals(self, translation: str) -> list[str]:
        """Return the literals that are lost; not those that are part of a term."""
        literals, text = self._literals, self.text
        if self.request.terms:
            places = {(part.start, part.end) for part in self.parts if not part.is_term}
            literals = tuple(one for one in literals if (one.start, one.end) in places)
            for part in self.parts:
                if part.is_term:
                    text = text[: part.start] + "-" * (part.end - part.start) + text[part.end :]
        return lost_literals(text, literals, translation, self.request.language, self.request.target)
