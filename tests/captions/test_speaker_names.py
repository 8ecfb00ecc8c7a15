"""The names of speakers."""

from app.captions.speaker_names import shown_name


def test_a_label_is_shown_by_its_name_if_it_has_one() -> None:
    """Labels without a name are shown themselves, and nobody is nobody."""
    names = {"Speaker 1": "Ada"}
    assert [shown_name(label, names) for label in ("Speaker 1", "Grace", "", None)] == ["Ada", "Grace", None, None]
