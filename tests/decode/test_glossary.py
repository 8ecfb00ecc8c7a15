"""The glossary."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.decode.fixed_terms import FixedTerm
from app.decode.glossary import (
    CORRECTIONS_MAX,
    ENTRIES_MAX,
    TERMS_MAX,
    Glossary,
    check,
    estimate_tokens,
    parse,
    read,
)
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


def test_parse_reads_translations_and_kept_terms() -> None:
    """Each is a term for recognition too; brackets that name no language stay in a correction."""
    glossary = parse(
        "Nordlicht => Northern Light [en, German]\nSurtitle = keep\nX = Keep [fr]\nhaha => ha [lacht]\nE = m"
    )
    assert glossary.terms == ("Nordlicht", "Surtitle", "X", "E = m")
    assert glossary.corrections == {"haha": "ha [lacht]"}
    assert glossary.fixed == (
        FixedTerm("Nordlicht", "Northern Light", frozenset({"en", "de"})),
        FixedTerm("Surtitle", "Surtitle"),
        FixedTerm("X", "X", frozenset({"fr"})),
    )
    assert glossary.find_fixed("Das Nordlicht in Surtitle", "de", "en") == (
        ("Nordlicht", "Northern Light"),
        ("Surtitle", "Surtitle"),
    )


def test_a_translation_into_english_is_used_in_whispers_translation_too() -> None:
    """A kept term changes nothing there: in another case it may be another word."""
    glossary = parse("Nordlicht => Northern Light [en]\nNordlicht => Aurore [fr]\nIT = keep")
    assert join_words(glossary.correct(said("it is Nordlicht."))) == "it is Northern Light."


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("a => b [klingon]", "line 2 of the glossary, but got 'klingon'"),
        ("a => b [de-CH]", "Did you mean de"),
        ("a => [en]", "line 2: expected a translation before .en., but there is none. Write 'a => translation"),
        ("= keep", "line 2: expected 'term = keep'"),
        ("a = keep [xx]", "line 2 of the glossary, but got 'xx'"),
    ],
)
def test_a_line_that_cannot_be_a_translation_is_rejected_with_its_number(line: str, sentence: str) -> None:
    """The sentence says what to write."""
    with pytest.raises(SettingsError, match=sentence):
        check(f"Anna\n{line}")


def test_brackets_that_are_all_of_a_correction_are_no_languages() -> None:
    """Laughter may be written in brackets, as it was before there were translations."""
    check("haha => [lacht]")
    assert parse("haha => [lacht]\na => [en]").corrections == {"haha": "[lacht]", "a": "[en]"}


def test_a_correction_of_nothing_is_rejected_with_its_line() -> None:
    """An arrow without a left side is an error with its line number."""
    with pytest.raises(SettingsError, match=r"line 2.*wrong => right"):
        parse("Anna\n=> Surtitle")


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("\n".join(f"term {i}" for i in range(ENTRIES_MAX + 1)), "at most 5,000 terms and rules"),
        ("\n".join(f"wrong {i} => right" for i in range(22_707)), "at most 5,000 terms and rules|240,000 bytes"),
        ("a" * 262_144, "at most 240,000 bytes"),
        ("a" * 150_000, "at most 200 characters"),
        (f"{'a' * 201} => b", "at most 200 characters, but got 201 in line 1"),
        (f"b => {'a' * 201}", "at most 200 characters"),
        ("=>" * 60_000, "Glossary line 1"),
        (f"{' ' * 60_000}a{' ' * 60_000}b", "at most 200 characters"),
        (f"a => b{' ' * 100_000}[", "at most 200 characters"),
    ],
)
def test_a_glossary_beyond_a_limit_is_rejected_with_the_limit(text: str, limit: str) -> None:
    """The sentence says what is allowed, and does not repeat what was given."""
    with pytest.raises(SettingsError, match=limit) as error:
        check(text)
    assert len(str(error.value)) < 500


def test_a_stored_glossary_beyond_the_limits_is_used_as_far_as_they_allow() -> None:
    """The first entries are used; those that are too long are left out."""
    glossary = parse("\n".join(["a" * 1_000, "b => " + "c" * 1_000, *(f"term {i}" for i in range(9_000))]))
    assert glossary.terms == tuple(f"term {i}" for i in range(ENTRIES_MAX - 2))
    assert glossary.corrections == {}


def test_a_glossary_at_the_limit_is_accepted() -> None:
    """It has the most entries of the most common length, comments and empty lines."""
    text = "# names\n\n" + "\n".join(f"wrong {i:05} => right {i:05}" for i in range(ENTRIES_MAX))
    check(text)
    assert len(parse(text).corrections) == ENTRIES_MAX


def test_a_compiled_glossary_builds_no_index_while_it_is_used() -> None:
    """All indexes exist after `compile`."""
    glossary = parse("Surtitle\nsir title => Surtitle\nuhm =>\n" + "\n".join(f"e{i} => r{i}" for i in range(40)))
    glossary.compile()
    before = set(vars(glossary))
    words = said("the sir title uhm")
    glossary.select("the sir title")
    glossary.select_corrections("the sir title")
    glossary.missed("the sir title", ())
    glossary.unverified(words)
    glossary.mentioned(words)
    glossary.correct(words)
    glossary.delete_unwanted(words)
    glossary.find_fixed("the sir title", "en", "de")
    assert set(vars(glossary)) == before


@pytest.mark.timing
@pytest.mark.parametrize(
    "entry",
    [
        lambda i: f"wr{i:05}ong => ri{i:05}ght",
        lambda i: f"{'abcdefghiklmnoprstuv'[i % 20 :]}{i}",
        lambda i: "ptkelfsamn" * 3 + str(i),
        lambda i: "あいうえおかきくけこ"[i % 9 :],
    ],
    ids=["rules", "ends", "same sound", "kana"],
)
def test_a_window_with_all_new_text_takes_little_time_with_any_glossary(entry: Callable[[int], str]) -> None:
    """The terms and corrections of 90 new words are chosen within 50 ms of processor time, usually 20."""
    glossary = parse("\n".join(entry(i) for i in range(ENTRIES_MAX)))
    glossary.compile()
    times_s = []
    for turn in range(3):
        text = " ".join(
            f"pt{i * 7 % 90}kelf {'abcdefghi'[i % 9 :]}{turn} {'あいうえおかき'[i % 7 :]}" for i in range(30)
        )
        began_s = time.thread_time()
        glossary.select(text)
        glossary.select_corrections(text)
        times_s.append(time.thread_time() - began_s)
    assert min(times_s) < 0.05


def test_a_missing_file_is_an_error_with_its_name(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(SettingsError, match=r"names\.txt"):
        read(tmp_path / "names.txt")
