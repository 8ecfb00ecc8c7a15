"""What one session knows about its glossary's terms: which were said lately, and what the last hypothesis was; pure."""

from dataclasses import replace

from app.captions.policy import PolicyUpdate
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis
from app.decode.prompt import estimate_prompt_tokens
from app.decode.request import DecodeRequest

RECENT_S = 300.0
"""Terms that were committed less than this ago are likely to be said again. Source: adaptation-translation.md 1.2."""

SPEECH_MIN_S = 0.6
"""Windows with less speech get no terms: over silence and noise Whisper writes its prompt (faster-whisper #1356)."""


class TermMemory:
    """Chooses the terms and corrections of each window of one session."""

    def __init__(self, glossary: Glossary) -> None:
        """Start with nothing said."""
        self.glossary = glossary
        """May be replaced at any time; terms that it no longer has are forgotten."""
        self._near = ""
        """The last hypothesis of the running utterance."""
        self._said_s: dict[str, float] = {}
        """When each term was committed last, on the session's clock; the latest is the last."""
        self.n_used = 0
        """Number of terms in the prompt of the latest window."""

    def has_terms(self, speech_s: float) -> bool:
        """Return whether a window with this much speech gets terms; fast enough for every chunk of sound."""
        return speech_s >= SPEECH_MIN_S and bool(self.glossary.spellings)

    def estimate_prompt_tokens(self, speech_s: float, previous: str) -> int:
        """Return the length of the prompt of a window with this much speech."""
        return estimate_prompt_tokens(has_terms=self.has_terms(speech_s), previous=previous)

    def request(self, request: DecodeRequest, *, at_s: float, speech_s: float) -> DecodeRequest:
        """Return the request of a window that ends at `at_s` with its terms and corrections."""
        terms: tuple[str, ...] = ()
        if self.has_terms(speech_s):
            recent = [term for term, said_s in self._said_s.items() if at_s - said_s <= RECENT_S]
            recent = [term for term in reversed(recent) if term in self.glossary.known]
            terms = self.glossary.select(self._near, recent, request.previous)
        self.n_used = len(terms)
        return replace(request, terms=terms, corrections=self.glossary.select_corrections(self._near))

    def note_result(self, request: DecodeRequest, result: DecodeResult) -> DecodeRequest | None:
        """Remember the text of a window; return the request to send instead if its result is not to be used.

        That is the first decode of an utterance that has ended, when it calls for terms or corrections that it did not
        have; later decodes know the one before.
        """
        hypothesis = result.hypotheses["transcribe"]
        is_first, self._near = not self._near, hypothesis.text
        if not (is_first and request.is_utterance_end):
            return None
        again = ask_again(request, hypothesis, self.glossary)
        return replace(again, detect=False, language=result.language) if again is not None else None

    def note_update(self, update: PolicyUpdate, at_s: float) -> None:
        """Remember the terms in committed words."""
        for words in (*(closed.words for closed in update.closed), update.committed):
            for term in self.glossary.mentioned(words):
                self._said_s.pop(term, None)
                self._said_s[term] = at_s

    def begin_utterance(self) -> None:
        """Forget the last hypothesis: the next utterance says something else."""
        self._near = ""


def ask_again(request: DecodeRequest, hypothesis: Hypothesis, glossary: Glossary) -> DecodeRequest | None:
    """Return the request with the terms and corrections that its own result calls for; None if it had them.

    For a window that was decoded without knowing anything, such as a short utterance or a file's. Ask only once.
    """
    missed = glossary.missed(hypothesis.text, request.terms) if request.terms else ()
    unverified: tuple[tuple[str, str], ...] = ()
    if "transcribe" in request.tasks:
        unverified = glossary.unverified(hypothesis.words, request.corrections)
    if not (missed or unverified):
        return None
    corrections = tuple(dict.fromkeys([*unverified, *request.corrections]))
    return replace(request, terms=glossary.select(hypothesis.text, previous=request.previous), corrections=corrections)
