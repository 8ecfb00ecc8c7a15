"""The glossary."""

from pathlib import Path

import pytest

from app.decode.glossary import CORRECTIONS_MAX, TERMS_MAX, Glossary, estimate_tokens, parse, read
from app.decode.hypothesis import Word, join_words
from app.decode.prompt import TERM_TOKENS
from app.errors import SettingsError

MANY = tuple(
    f"{name}{ending}" for name in ("Brandt", "Kessler", "Vogel", "Zoltan", "Irma") for ending in ("a", "i", "o")
)


def said(text: str) -> tuple[Word, ...]:
    """Return words half a second long."""
    return tuple(Word(part, i / 2, i / 2 + 0.5, 0.9) for i, part in enumerate(text.split()))


def test_the_most_important_terms_are_chosen_when_nothing_is_known() -> None:
    """They keep the order of the glossary; at most twelve, in at most sixty tokens."""
    chosen = Glossary(MANY).select()
    assert chosen == MANY[:TERMS_MAX]
    long = Glossary(tuple(f"Donaudampfschifffahrtsgesellschaft {i}" for i in range(20))).select()
    assert 2 <= len(long) < TERMS_MAX
    assert sum(map(estimate_tokens, long)) <= TERM_TOKENS


def test_terms_like_the_last_hypothesis_come_first_then_recent_ones() -> None:
    """What the model misheard, then what was said lately, then the rest."""
    glossary = Glossary((*MANY, "Kubernetes", "Grafana"))
    chosen = glossary.select("we run it on cooper netties", recent=("Grafana",))
    assert chosen[:2] == ("Kubernetes", "Grafana")
    assert MANY[0] in chosen
    assert len(chosen) == TERMS_MAX


def test_the_right_spelling_is_chosen_for_a_known_error() -> None:
    """A correction's right side is a term, and its error a sound of it; unwanted text is neither."""
    glossary = Glossary(MANY, {"survey title": "Zyx", "you know": ""})
    assert glossary.select("on the survey title")[0] == "Zyx"
    assert "" not in glossary.spellings


def test_a_term_that_is_longer_than_the_prompt_is_left_out() -> None:
    """The others are still chosen."""
    assert Glossary(("x" * 200, "Anna")).select() == ("Anna",)


def test_few_corrections_go_with_every_window_and_many_by_likeness() -> None:
    """Of many, only those go whose wrong text is like the last hypothesis; deletions are never verified."""
    few = Glossary(corrections={"sir title": "Surtitle", "uhm": ""})
    assert few.select_corrections() == (("sir title", "Surtitle"),)
    many = Glossary(
        corrections={**{f"error {i} here": f"right {i}" for i in range(CORRECTIONS_MAX)}, "sir title": "Surtitle"}
    )
    assert many.select_corrections() == ()
    assert many.select_corrections("we use sir title.") == (("sir title", "Surtitle"),)


def test_an_error_that_was_not_sent_is_unverified() -> None:
    """Errors in the words that were sent were verified already."""
    glossary = Glossary(corrections={"sir title": "Surtitle", "uhm": ""})
    assert glossary.unverified(said("uhm sir title")) == (("sir title", "Surtitle"),)
    assert glossary.unverified(said("sir title"), sent=[("sir title", "Surtitle")]) == ()


def test_a_term_that_the_text_means_but_does_not_have_is_missed() -> None:
    """Terms that were sent, or that are there, are not missed."""
    glossary = Glossary(("Kubernetes", "Grafana"))
    assert glossary.missed("cooper netties and grafana", ()) == ("Kubernetes",)
    assert glossary.missed("cooper netties", ("Kubernetes",)) == ()


def test_mentioned_terms_are_found_in_any_case() -> None:
    """Several words and punctuation are no obstacle."""
    assert Glossary(("Anna", "New York")).mentioned(said("in new york, anna.")) == ("New York", "Anna")


def test_unwanted_words_are_deleted_and_errors_corrected() -> None:
    """Deleting leaves errors alone: they are verified first."""
    glossary = Glossary(corrections={"sir title": "Surtitle", "uhm": ""})
    assert join_words(glossary.delete_unwanted(said("uhm sir title"))) == "sir title"
    assert join_words(glossary.correct(said("uhm sir title"))) == "Surtitle"


def test_parse_reads_terms_corrections_deletions_and_comments() -> None:
    """A glossary file has one entry a line; the same text is parsed once."""
    text = "# people\nAnna\nsir title => Surtitle  # us\nuhm =>\n\n"
    assert parse(text) == Glossary(("Anna",), {"sir title": "Surtitle", "uhm": ""})
    assert parse(text) is parse(text)


def test_a_correction_of_nothing_is_rejected_with_its_line() -> None:
    """An arrow without a left side is an error with its line number."""
    with pytest.raises(SettingsError, match=r"line 2.*wrong => right"):
        parse("Anna\n=> Surtitle")


def test_a_missing_file_is_an_error_with_its_name(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(SettingsError, match=r"names\.txt"):
        read(tmp_path / "names.txt")
