"""The names of speakers."""

from app.captions.event import Event
from app.captions.speaker_names import SpeakerNaming, mark_change, shown_name


def test_a_label_is_shown_by_its_name_if_it_has_one() -> None:
    """Labels without a name are shown themselves, and nobody is nobody."""
    names = {"Speaker 1": "Ada"}
    assert [shown_name(label, names) for label in ("Speaker 1", "Grace", "", None)] == ["Ada", "Grace", None, None]


def test_a_switch_turns_all_names_off() -> None:
    """Events are given the name to show, or nobody."""
    naming = SpeakerNaming({"Speaker 1": "Ada"})
    event = Event("main", "", None, "1-0", 1, "s", "original", "final", "en", 0.0, 1.0, "Yes.", speaker="Speaker 1")
    assert naming.resolve(event).speaker == "Ada"
    assert SpeakerNaming({}, is_shown=False).resolve(event).speaker is None


def test_words_of_nobody_are_not_given_to_the_person_before() -> None:
    """A name stands where the speaker changes, and a mark where nobody knows who speaks after somebody."""
    turns = [(None, "Ada"), ("Ada", "Ada"), ("Ada", "Grace"), ("Grace", None), (None, None), ("", None), ("Ada", "")]
    assert [mark_change(*turn) for turn in turns] == ["Ada: ", "", "Grace: ", ">> ", "", "", ">> "]
