"""Places of corrections in a text, and whether the sound allows them."""

import pytest

from app.decode.corrections import apply_corrections, find_corrections, is_as_probable
from app.decode.tokens import group_tokens
from tests.support.real_vocabulary import build_tokenizer


def correct(text: str, pairs: tuple[tuple[str, str], ...], language: str = "en") -> str:
    """Return a text with all corrections, whatever their probability."""
    tokenizer = build_tokenizer("multilingual", 100)

    def encode(part: str) -> list[int]:
        ids: list[int] = tokenizer.encode(part, add_special_tokens=False).ids
        return ids

    tokens = encode(text)
    found = find_corrections(group_tokens(tokens, tokenizer.decode, language), pairs, encode)
    return str(tokenizer.decode(apply_corrections(tokens, found)))


@pytest.mark.parametrize(
    ("text", "pairs", "expected"),
    [
        (" The sir title works.", (("Sir Title", "Surtitle"),), " The Surtitle works."),
        (" SirTitle, works", (("sir title", "Surtitle"),), " Surtitle, works"),
        (' He said "sir title".', (("Sir Title", "Surtitle"),), ' He said "Surtitle".'),
        (" a b c a b", (("a b", "x"), ("a", "y"), ("a b c", "z")), " z x"),
        (" Well, you know, it works.", (("you know", ""),), " Well, it works."),
        (" It works. Thank you.", (("Thank you", ""),), " It works."),
        (" It works, thank you!", (("thank you", ""),), " It works!"),
        (" Thank you.", (("thank you", ""),), ""),
        (" Nothing here.", (("sir title", "Surtitle"), ("", "x")), " Nothing here."),
        (" - Anna", (("", "x"), ("-", "y")), " - Anna"),
    ],
)
def test_wrong_texts_are_replaced(text: str, pairs: tuple[tuple[str, str], ...], expected: str) -> None:
    """Case, spaces and punctuation do not matter, the longest match wins, and the text's punctuation stays."""
    assert correct(text, pairs) == expected


def test_wrong_texts_are_found_in_scripts_without_spaces() -> None:
    """No space is added where the text has none."""
    assert correct("今天我们来谈谈新学校", (("新学校", "新學校"),), "zh") == "今天我们来谈谈新學校"


@pytest.mark.parametrize(
    ("texts", "probabilities", "is_accepted"),
    [
        (([1, 2, 3, 4], [1, 7, 8, 4]), ([0.9, 0.5, 0.5, 0.9], [0.9, 0.6, 0.5, 0.9]), True),
        (([1, 2, 3, 4], [1, 7, 8, 4]), ([0.9, 0.5, 0.5, 0.9], [0.9, 0.4, 0.5, 0.9]), False),
        # more tokens alone are no argument against a name
        (([1, 2, 4], [1, 7, 8, 9, 4]), ([0.9, 0.5, 0.9], [0.9, 0.5, 0.6, 0.8, 0.9]), True),
        # a word that was said cannot be left out: the next one does not fit
        (([1, 2, 3, 4], [1, 3, 4]), ([0.9, 0.6, 0.9, 0.9], [0.9, 0.01, 0.9]), False),
        (([1, 2, 3, 4], [1, 3, 4]), ([0.9, 0.1, 0.9, 0.9], [0.9, 0.8, 0.9]), True),
        # what both have in common before and long after does not count
        (([1, 2, 3, 4, 5], [1, 7, 3, 4, 5]), ([0.1, 0.5, 0.9, 0.9, 0.1], [0.9, 0.4, 0.9, 0.9, 0.9]), False),
        (([1, 2], [1, 2]), ([0.9, 0.5], [0.9, 0.5]), True),
    ],
)
def test_a_correction_needs_the_same_probability(
    texts: tuple[list[int], list[int]], probabilities: tuple[list[float], list[float]], is_accepted: bool
) -> None:
    """The mean log-probability of the tokens that differ decides, with two more after them."""
    assert is_as_probable(texts, probabilities) is is_accepted
