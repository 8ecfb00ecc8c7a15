"""Which units of two hypotheses are the same."""

from app.captions.alignment import Group, align, follow
from app.captions.units import read_units
from tests.fakes.speaker import spoken_words


def groups(old: str, new: str, *, late_s: float = 0.0, is_whole: bool = False) -> list[tuple[str, str]]:
    """Return the texts of the groups of an alignment; the new words are said `late_s` later."""
    before, after = spoken_words(old), spoken_words(new, start_s=late_s)
    found = align(read_units(before), read_units(after), is_whole=is_whole)
    return [
        (
            " ".join(word.text for word in before[group.old_start : group.old_end]),
            " ".join(word.text for word in after[group.new_start : group.new_end]),
        )
        for group in found
    ]


def test_the_same_words_are_followed_to_the_first_other_one() -> None:
    """Following stops where the sequences part."""
    old, new = read_units(spoken_words("a b c d")), read_units(spoken_words("a b x d"))
    assert follow(old, new) == [Group(0, 1, 0, 1), Group(1, 2, 1, 2)]


def test_missing_and_additional_words_are_passed() -> None:
    """Words around a missing or an additional one are found."""
    assert groups("eins zwei drei vier", "eins drei noch vier") == [
        ("eins", "eins"),
        ("drei", "drei"),
        ("vier", "vier"),
    ]


def test_compounds_and_numbers_are_groups() -> None:
    """Several words may be one on the other side."""
    assert groups("die Mitarbeiter Versammlung kostet 20%", "die Mitarbeiterversammlung kostet zwanzig Prozent") == [
        ("die", "die"),
        ("Mitarbeiter Versammlung", "Mitarbeiterversammlung"),
        ("kostet", "kostet"),
        ("20%", "zwanzig Prozent"),
    ]


def test_a_word_written_differently_is_found() -> None:
    """Long words with nearly the same letters are one word; short ones are not."""
    assert groups("das Projekt", "das Projekte") == [("das", "das"), ("Projekt", "Projekte")]
    assert groups("das der", "das den") == [("das", "das")]


def test_the_last_words_may_be_the_beginning_of_one() -> None:
    """Only complete old words can be continued by a longer one."""
    assert groups("unsere Mitarbeiter", "unsere Mitarbeiterversammlung") == [("unsere", "unsere")]
    assert groups("unsere Mitarbeiter", "unsere Mitarbeiterversammlung", is_whole=True)[-1][0] == "Mitarbeiter"
    assert groups("kostet zwanzig", "kostet 20%", is_whole=True)[-1] == ("zwanzig", "20%")


def test_a_word_three_seconds_away_is_another_one() -> None:
    """The same text at another time is not the same word."""
    assert groups("ja gut", "ja gut", late_s=0.5) == [("ja", "ja"), ("gut", "gut")]
    assert groups("ja gut", "ja gut", late_s=3.0) == []


def test_sequences_with_nothing_in_common_have_no_groups() -> None:
    """The search gives up on contradictions."""
    assert groups(" ".join(f"a{i}" for i in range(30)), " ".join(f"b{i}" for i in range(30))) == []
