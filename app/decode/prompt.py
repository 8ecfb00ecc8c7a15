"""Token prompts of few lengths, because all rows of a batch need one length; pure."""

from collections.abc import Sequence

PROMPT_LENGTHS = (0, 32, 64, 128, 223)
"""Prompt lengths in tokens; few, so that batches fill. Whisper's text context leaves 224 for what came before,
one of them the start-of-previous token. Source: openai/whisper `n_text_ctx // 2 - 1`."""

PREVIOUS_TOKENS = 32
"""Tokens of the sentence so far that a window in mid-sentence gets; more did not lower the word error."""


def pack_prompt(glossary: Sequence[int], previous: Sequence[int]) -> list[int]:
    """Fit both into exactly one of PROMPT_LENGTHS tokens, the glossary first.

    CTranslate2 needs start-of-transcript at the same place in every row of a batch (`check_prompts` in whisper.cc), and
    padding tokens would be read as text. So a previous text that does not fill the length is left out, and a glossary
    is repeated from its beginning until it fills the length.
    """
    if not glossary:
        return list(previous[-PREVIOUS_TOKENS:]) if len(previous) >= PREVIOUS_TOKENS else []
    length = next((size for size in PROMPT_LENGTHS if size >= len(glossary)), PROMPT_LENGTHS[-1])
    terms = list(glossary[:length])
    tail = list(previous[-min(PREVIOUS_TOKENS, length - len(terms)) :]) if length > len(terms) and previous else []
    fill = length - len(terms) - len(tail)
    repeated = (terms * (fill // len(terms) + 1))[:fill]
    return repeated + terms + tail


LETTERS_PER_TOKEN = 4
"""Approximate letters of European text in one of Whisper's tokens."""


def estimate_prompt_tokens(glossary: str, previous: str) -> int:
    """Estimate how many tokens `pack_prompt` makes of two texts; an error only splits a batch in two."""
    n_glossary, n_previous = len(glossary) // LETTERS_PER_TOKEN, len(previous) // LETTERS_PER_TOKEN
    if not n_glossary:
        return PREVIOUS_TOKENS if n_previous >= PREVIOUS_TOKENS else 0
    return next((length for length in PROMPT_LENGTHS if length >= n_glossary), PROMPT_LENGTHS[-1])
