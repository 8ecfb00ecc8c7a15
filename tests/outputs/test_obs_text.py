"""The text source shows the last two lines, and nothing that must be hidden."""

from dataclasses import replace

from app.captions.event import Event, State
from app.captions.speaker_names import SpeakerNaming
from app.outputs.cues import LINE_MAX, count_columns
from app.outputs.hidden_speech import HEARD_LATE_S
from app.outputs.obs_text import CLEAR_S, SHOWN_MAX, ObsText


def said(name: str, text: str, state: State = "final", tentative: str = "") -> Event:
    """Make an event of a phrase."""
    return Event("main", "e", None, name, 1, "s", "original", state, "en", 0.0, 1.0, text, tentative)


def test_two_lines_of_at_most_42_columns_are_shown() -> None:
    """Of a phrase that grows the last two lines are shown, none too wide."""
    shown = ObsText()
    words = [f"word{i}" for i in range(60)]
    for n in range(1, 61):
        shown.update(said("1", " ".join(words[:n]), "open"), n)
        lines = shown.text.split("\n")
        assert len(lines) <= 2
        assert all(count_columns(line) <= LINE_MAX for line in lines)
        assert lines[-1].split()[-1] == words[n - 1]


def test_lines_without_spaces_break_anywhere() -> None:
    """Japanese has no spaces and takes two columns a letter; the grey words follow without a space."""
    shown = ObsText()
    shown.update(said("1", "今" * 20, "open", tentative="日は"), 0)
    assert shown.text == "今" * 20 + "日\nは"


def test_committed_and_tentative_words_are_shown() -> None:
    """Tentative words are shown after the committed ones, and removed when they are taken back."""
    shown = ObsText()
    shown.update(said("1", "Good", "open", tentative="evening"), 0)
    assert shown.text == "Good evening"
    shown.update(said("1", "Good morning."), 1)
    assert shown.text == "Good morning."
    shown.update(said("2", "", "open", tentative="Hm"), 2)
    shown.update(said("2", "", "open"), 3)
    assert shown.text == "Good morning."


def test_each_phrase_begins_a_line() -> None:
    """A new phrase moves the last one up."""
    shown = ObsText()
    for i in range(3):
        shown.update(said(str(i), f"Phrase {i}."), i)
    assert shown.text == "Phrase 1.\nPhrase 2."


def test_words_go_away_after_silence() -> None:
    """The text is cleared five seconds after the last word or correction."""
    shown = ObsText()
    shown.update(said("1", "One."), 10)
    shown.update(said("1", "Two.", "corrected"), 12)
    shown.clear_if_due(12 + CLEAR_S - 0.01)
    assert shown.text == "Two."
    shown.clear_if_due(12 + CLEAR_S)
    assert (shown.text, shown.clears_s) == ("", None)


def test_the_same_words_do_not_come_back() -> None:
    """A phrase that becomes final after the text was cleared is shown only if its text is new."""
    shown = ObsText()
    shown.update(said("1", "Good morning", "open"), 0)
    shown.clear_if_due(CLEAR_S)
    shown.update(said("1", "Good morning"), 6)
    assert shown.text == ""
    shown.update(said("1", "Good morning everyone."), 7)
    assert shown.text == "Good morning everyone."


def test_a_correction_changes_shown_phrases_only() -> None:
    """A shown phrase is corrected or withdrawn in its place; one that has left does not return."""
    shown = ObsText()
    for i in range(SHOWN_MAX + 1):
        shown.update(said(str(i), f"Phrase {i}."), i)
    shown.update(said("0", "Something else.", "corrected"), 6)
    shown.update(said("9", "Never seen.", "corrected"), 6)
    assert shown.text == "Phrase 3.\nPhrase 4."
    shown.update(said("3", "Third.", "corrected"), 6)
    assert shown.text == "Third.\nPhrase 4."
    shown.update(said("4", "", "withdrawn"), 6)
    assert shown.text == "Phrase 2.\nThird."


def test_what_was_said_while_hidden_is_never_shown() -> None:
    """Neither a phrase from that time, nor one whose first event comes just after, is shown."""
    shown = ObsText()
    shown.update(said("1", "Seen", "open"), 0)
    shown.clear()
    shown.hide_phrase(said("1", "Seen. Secret.", "open"))
    shown.hide_phrase(said("2", "Secret.", "open"))
    shown.show(10)
    shown.update(said("1", "Seen. Secret. And more."), 11)
    shown.update(said("2", "Secret."), 11)
    shown.update(said("3", "Said before.", "open"), 10 + HEARD_LATE_S / 2)
    shown.update(said("3", "Said before. And after."), 20)
    assert shown.text == ""
    shown.update(said("4", "New."), 10 + HEARD_LATE_S)
    assert shown.text == "New."


def test_a_lone_surrogate_is_replaced() -> None:
    """A lone surrogate, which cannot be encoded, becomes a question mark."""
    shown = ObsText()
    shown.update(said("1", "\ud800, you say?"), 0)
    assert shown.text.encode() == b"?, you say?"


def test_names_stand_where_the_speaker_changes() -> None:
    """A name stays before its phrase while lines move up; a new name is shown at once, and a switch hides all."""
    shown = ObsText()
    for number, (speaker, text) in enumerate([("a", "One."), ("a", "Two."), ("b", "Three."), (None, "Four.")]):
        shown.update(replace(said(str(number), text), speaker=speaker), number)
        if number == 1:
            assert shown.text == "a: One.\nTwo."
    assert shown.text == "b: Three.\n>> Four."
    assert shown.set_naming(SpeakerNaming({"b": "Grace"}))
    assert shown.text == "Grace: Three.\n>> Four."
    assert not shown.set_naming(SpeakerNaming({"b": "Grace", "a": "Ada"}))
    assert shown.set_naming(SpeakerNaming({"b": "Grace"}, is_shown=False))
    assert shown.text == "Three.\nFour."
