"""Finding the entries that sound like something in a text."""

import random
import time

import pytest

from app.decode.term_index import TermIndex


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("we run it on cooper netties now", "Kubernetes"),
        ("thank you mister kovaltschick", "Kowalczyk"),
        ("das macht frau müller lüden scheid", "Müller-Lüdenscheidt"),
        ("today's guest is ann sophie from lion", "Anne-Sophie"),
        ("神木の売上", "神木"),
        ("we use sap here", "SAP"),
    ],
)
def test_a_misheard_term_is_found(text: str, entry: str) -> None:
    """The entry is the most alike of all, also over word boundaries."""
    entries = ["Kubernetes", "Kowalczyk", "Müller-Lüdenscheidt", "Anne-Sophie", "神木", "SAP", "Grafana", "Ærøskøbing"]
    found = TermIndex(entries).find(text)
    assert entries[max(found, key=lambda i: found[i])] == entry


def test_only_the_term_itself_is_wholly_alike() -> None:
    """A spelling without case and accents counts as the term; one with another sound does not."""
    index = TermIndex(["Müller", "Kubernetes"])
    assert index.find("frau muller spricht")[0] == 1.0
    assert index.find("cooper netties")[1] < 1.0


def test_unrelated_text_finds_nothing() -> None:
    """Ordinary words are not alike to names."""
    assert TermIndex(["Kubernetes", "Kowalczyk", "Ærøskøbing"]).find("good morning everyone and welcome") == {}
    assert TermIndex([]).find("good morning") == {}


@pytest.mark.timing
def test_thousands_of_terms_take_no_noticeable_time() -> None:
    """A window of running speech is searched for 5,000 terms in a few milliseconds of processor time."""
    rng = random.Random(3)
    syllables = ("ka", "lo", "mer", "tin", "sch", "bur", "ga", "no", "vis", "pet", "li", "dor", "hel", "wig", "stra")
    entries = ["".join(rng.choices(syllables, k=rng.randint(2, 4))) for _ in range(5000)]
    index = TermIndex(entries)
    words = ["".join(rng.choices(syllables, k=rng.randint(1, 3))) for _ in range(30)]
    started = time.process_time()
    for n_words in range(2, len(words), 2):
        index.find(" ".join(words[:n_words]))
    assert (time.process_time() - started) / 14 < 0.004
