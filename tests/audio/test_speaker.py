"""The name of the person at a source."""

from app.audio.speaker import NamedSpeaker


def test_a_new_name_holds_from_its_moment_on() -> None:
    """What was said before keeps its name; an empty name is none."""
    speaker = NamedSpeaker()
    assert speaker.label(0.0, 1.0) is None
    speaker.rename("Ada", 0.0)
    speaker.rename("Grace", 10.0)
    speaker.rename("", 20.0)
    assert [speaker.label(at_s, at_s + 1) for at_s in (0.0, 9.0, 9.8, 19.0, 25.0)] == [
        "Ada",
        "Ada",
        "Grace",
        "Grace",
        None,
    ]
