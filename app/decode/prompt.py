"""Token prompts of equal length, because one batch needs them so; pure."""

from collections.abc import Sequence

LENGTHS = (0, 32, 64, 128, 223)
"""Prompt lengths in tokens; few, so that batches fill. Whisper's text context leaves 224 for what came before,
one of them the start-of-previous token. Source: openai/whisper `n_text_ctx // 2 - 1`."""

PREVIOUS_TOKENS = 32
"""Tokens of the sentence so far that a window in mid-sentence is told; more than this did not help anyone measured."""


def pack(glossary: Sequence[int], previous: Sequence[int]) -> list[int]:
    """Fit both into exactly one of LENGTHS tokens, the glossary first.

    CTranslate2 needs start-of-transcript at the same place in every row of a batch (`check_prompts` in whisper.cc), and
    padding tokens would be read as text. So a previous text that does not fill the length is left out, and a glossary
    is repeated from its beginning until it does.
    """
    if not glossary:
        return list(previous[-PREVIOUS_TOKENS:]) if len(previous) >= PREVIOUS_TOKENS else []
    length = next((size for size in LENGTHS if size >= len(glossary)), LENGTHS[-1])
    terms = list(glossary[:length])
    tail = list(previous[-min(PREVIOUS_TOKENS, length - len(terms)) :]) if length > len(terms) and previous else []
    fill = length - len(terms) - len(tail)
    repeated = (terms * (fill // len(terms) + 1))[:fill]
    return repeated + terms + tail


LETTERS_PER_TOKEN = 4
"""Letters of European text in one of Whisper's tokens, roughly."""


def estimate_prompt_tokens(glossary: str, previous: str) -> int:
    """Guess how many tokens `pack` will make of two texts; a wrong guess costs a batch in two, no more."""
    n_glossary, n_previous = len(glossary) // LETTERS_PER_TOKEN, len(previous) // LETTERS_PER_TOKEN
    if not n_glossary:
        return PREVIOUS_TOKENS if n_previous >= PREVIOUS_TOKENS else 0
    return next((length for length in LENGTHS if length >= n_glossary), LENGTHS[-1])
