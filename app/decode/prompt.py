"""Prompts of a few lengths, because all rows of a batch need one length; pure.

A prompt is an opening as filling, a sentence with the terms of the glossary, and the text just before the window:

    … Am Ende ist noch Zeit für Ihre Fragen. | Es geht um Kubernetes, Surtitle. | und deshalb haben wir letzte Woche

Terms are never repeated and never cut; the opening and the previous text lose tokens on their left, as Whisper cuts its
previous text.
"""

from collections.abc import Callable, Sequence

from app.decode.prompt_sentences import SENTENCES

PREVIOUS_TOKENS = 32
"""Most tokens of the text before a window. More did not lower the word error of the demo model."""

TERM_TOKENS = 60
"""Most tokens of the sentence with the terms; less where text precedes the window. More terms raise the number of false
insertions. Source: adaptation-translation.md 1.2."""

TERMS_LENGTH = 64
"""Length of every prompt with terms. Whisper allows 224, but the demo model suffers: its word error is 2.9 % with 32 or
64 tokens of earlier text, 4.6 % with 60 tokens of strange names, 6 % with 80 and 8 % with 96 tokens of both (in 120
windows of one to three sentences)."""

PROMPT_LENGTHS = (0, PREVIOUS_TOKENS, TERMS_LENGTH)
"""Prompt lengths in tokens; few, so that batches fill."""

Encode = Callable[[str], Sequence[int]]


def pack_prompt(terms: Sequence[str], previous: str, language: str | None, encode: Encode) -> list[int]:
    """Return the tokens of a prompt; `encode` tokenizes one text.

    `terms` are ordered by importance; the last ones are left out if the sentence becomes too long. A language without
    sentences of its own, or an unknown one, has no filling: its prompts keep their own length.

    CTranslate2 needs start-of-transcript at the same place in every row of a batch (`check_prompts` in whisper.cc).
    """
    before = list(encode(previous))[-PREVIOUS_TOKENS:]
    sentence = _fit_terms(terms, language, encode, min(TERM_TOKENS, TERMS_LENGTH - len(before)))
    if not (sentence or before):
        return []
    length = estimate_prompt_tokens(has_terms=bool(sentence), previous=previous)
    missing = length - len(sentence) - len(before)
    filling = list(encode(SENTENCES[language].opening)) if missing and language in SENTENCES else []
    return filling[-missing:] + sentence + before


def estimate_prompt_tokens(*, has_terms: bool, previous: str) -> int:
    """Return the length of the prompt that `pack_prompt` makes where it has a filling; an error only splits a batch."""
    if has_terms:
        return TERMS_LENGTH
    return PREVIOUS_TOKENS if previous else 0


def write_terms(terms: Sequence[str], language: str | None) -> str:
    """Return the sentence with the terms; in alphabetical order, so that it changes only when the terms do."""
    if not terms:
        return ""
    ordered = tuple(sorted(terms))
    return SENTENCES[language].write(ordered) if language in SENTENCES else ", ".join(ordered) + "."


def prompt_text(terms: Sequence[str], language: str | None, previous: str = "") -> str:
    """Return the text that a prompt may contain before the previous text, to recognise a leak.

    The sentence with the terms is the last line, empty without terms.
    """
    if not (terms or previous):
        return ""
    opening = SENTENCES[language].opening if language in SENTENCES else ""
    return f"{opening}\n{write_terms(terms, language)}"


def _fit_terms(terms: Sequence[str], language: str | None, encode: Encode, n_tokens: int) -> list[int]:
    """Return the tokens of the sentence with as many terms as fit, the most important ones."""
    for n_terms in range(len(terms), 0, -1):
        tokens = list(encode(write_terms(terms[:n_terms], language)))
        if len(tokens) <= n_tokens:
            return tokens
    return []
