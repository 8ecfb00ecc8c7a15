"""Words as they are compared."""

from app.captions.units import fold_letters, is_opening, is_timed, read_units
from tests.fakes.speaker import spoken_words


def test_punctuation_belongs_to_its_neighbour() -> None:
    """A dash belongs to the word after it, a question mark to the word before it, and both alone are no unit."""
    units = read_units(spoken_words("- Ja ? - nein -"))
    assert [(unit.letters, unit.index, unit.n_words) for unit in units] == [("ja", 1, 3), ("nein", 4, 5)]
    assert read_units(spoken_words("- ...")) == []


def test_symbols_are_compared() -> None:
    """A percent sign is read as a word, quotes and full stops are not."""
    assert fold_letters("„20%.“") == "20%"
    assert [unit.letters for unit in read_units(spoken_words("20 % & mehr"))] == ["20", "%", "&", "mehr"]


def test_opening_marks() -> None:
    """Dashes and opening quotes are bare punctuation that opens; words with them are words."""
    assert is_opening("-")
    assert is_opening("„")
    assert not is_opening("?")
    assert not is_opening("-ja")


def test_letters_are_cut_with_the_marks_before_them() -> None:
    """The rest of a word is its text after a number of compared letters."""
    [unit] = read_units(spoken_words("Mitarbeiter-Versammlung"))
    assert unit.cut_letters(len("mitarbeiter")) == "-Versammlung"


def test_words_of_a_draft_have_no_times() -> None:
    """Words that are all at one moment are not timed."""
    assert is_timed(read_units(spoken_words("a b")))
    assert not is_timed(read_units(spoken_words("a b", word_s=0.0, start_s=3.0)))
