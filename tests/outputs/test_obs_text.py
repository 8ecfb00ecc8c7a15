"""What stands on the two lines of a text source."""

from app.captions.event import Event, State
from app.outputs.cues import LINE_MAX, columns
from app.outputs.hidden_speech import HEARD_LATE_S
from app.outputs.obs_text import CLEAR_S, SHOWN_MAX, ObsText


def said(name: str, text: str, state: State = "final", tentative: str = "") -> Event:
    """Make an event of a phrase."""
    return Event("main", "e", None, name, 1, "s", "original", state, "en", 0.0, 1.0, text, tentative)


def test_two_lines_of_at_most_42_columns_stand() -> None:
    """However long a phrase grows, its last two lines stand, none too wide."""
    screen = ObsText()
    words = [f"word{i}" for i in range(60)]
    for n in range(1, 61):
        screen.update(said("1", " ".join(words[:n]), "open"), n)
        lines = screen.text.split("\n")
        assert len(lines) <= 2
        assert all(columns(line) <= LINE_MAX for line in lines)
        assert lines[-1].split()[-1] == words[n - 1]


def test_lines_without_spaces_break_anywhere() -> None:
    """Japanese has no spaces and takes two columns a letter; the grey words follow without a space."""
    screen = ObsText()
    screen.update(said("1", "今" * 20, "open", tentative="日は"), 0)
    assert screen.text == "今" * 20 + "日\nは"


def test_committed_and_tentative_words_stand() -> None:
    """Words that may still change are shown behind the others, and go when they are taken back."""
    screen = ObsText()
    screen.update(said("1", "Good", "open", tentative="evening"), 0)
    assert screen.text == "Good evening"
    screen.update(said("1", "Good morning."), 1)
    assert screen.text == "Good morning."
    screen.update(said("2", "", "open", tentative="Hm"), 2)
    screen.update(said("2", "", "open"), 3)
    assert screen.text == "Good morning."


def test_each_phrase_begins_a_line() -> None:
    """A new phrase rolls the last one up."""
    screen = ObsText()
    for i in range(3):
        screen.update(said(str(i), f"Phrase {i}."), i)
    assert screen.text == "Phrase 1.\nPhrase 2."


def test_words_go_away_after_silence() -> None:
    """They stand for five seconds after the last that came, whether that is a word or a correction."""
    screen = ObsText()
    screen.update(said("1", "One."), 10)
    screen.update(said("1", "Two.", "corrected"), 12)
    screen.clear_if_due(12 + CLEAR_S - 0.01)
    assert screen.text == "Two."
    screen.clear_if_due(12 + CLEAR_S)
    assert (screen.text, screen.clears_s) == ("", None)


def test_the_same_words_do_not_come_back() -> None:
    """A phrase that is closed after its words went away shows only what is new."""
    screen = ObsText()
    screen.update(said("1", "Good morning", "open"), 0)
    screen.clear_if_due(CLEAR_S)
    screen.update(said("1", "Good morning"), 6)
    assert screen.text == ""
    screen.update(said("1", "Good morning everyone."), 7)
    assert screen.text == "Good morning everyone."


def test_a_correction_changes_what_stands_only() -> None:
    """A visible phrase is corrected or withdrawn in its place; one that has left does not come back."""
    screen = ObsText()
    for i in range(SHOWN_MAX + 1):
        screen.update(said(str(i), f"Phrase {i}."), i)
    screen.update(said("0", "Something else.", "corrected"), 6)
    screen.update(said("9", "Never seen.", "corrected"), 6)
    assert screen.text == "Phrase 3.\nPhrase 4."
    screen.update(said("3", "Third.", "corrected"), 6)
    assert screen.text == "Third.\nPhrase 4."
    screen.update(said("4", "", "withdrawn"), 6)
    assert screen.text == "Phrase 2.\nThird."


def test_what_was_said_while_hidden_never_stands() -> None:
    """Neither a phrase that was heard meanwhile, nor one first heard of just after, is shown."""
    screen = ObsText()
    screen.update(said("1", "Seen", "open"), 0)
    screen.clear()
    screen.hide_phrase(said("1", "Seen. Secret.", "open"))
    screen.hide_phrase(said("2", "Secret.", "open"))
    screen.show(10)
    screen.update(said("1", "Seen. Secret. And more."), 11)
    screen.update(said("2", "Secret."), 11)
    screen.update(said("3", "Said before.", "open"), 10 + HEARD_LATE_S / 2)
    screen.update(said("3", "Said before. And after."), 20)
    assert screen.text == ""
    screen.update(said("4", "New."), 10 + HEARD_LATE_S)
    assert screen.text == "New."


def test_half_a_character_is_not_passed_on() -> None:
    """A lone surrogate, which no message to OBS can hold, becomes a mark."""
    screen = ObsText()
    screen.update(said("1", "\ud800, you say?"), 0)
    assert screen.text.encode() == b"?, you say?"
