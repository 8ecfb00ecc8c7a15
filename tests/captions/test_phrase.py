"""The events of one phrase: whole texts, rising revisions, nothing twice."""

from dataclasses import replace

from app.captions.phrase import Phrase
from tests.fakes.speaker import spoken_words


def begun() -> Phrase:
    """Return a phrase of a session that began 100 s into its room."""
    return Phrase(room="main", source="mic", name="3-0", start_s=1.0, origin_s=100.0)


def test_each_event_has_the_whole_text_and_a_higher_revision() -> None:
    """Committed and tentative words are one event each time; the times are the room's."""
    phrase = begun()
    words = spoken_words("we start now.", start_s=1.0)
    [first] = phrase.open("en", words[:1], words[1:2])
    [last] = phrase.close("en", words)
    assert (first.committed, first.tentative, first.rev, first.state) == ("we", "start", 1, "open")
    assert (last.committed, last.tentative, last.rev, last.state) == ("we start now.", "", 2, "final")
    assert (first.start_s, last.end_s) == (101.0, 102.2)


def test_doubtful_words_are_numbered() -> None:
    """While the phrase is open and once it is final; tentative words are not counted."""
    phrase = begun()
    we, start, now = spoken_words("we start now.", start_s=1.0)
    start, now = replace(start, is_doubtful=True), replace(now, is_doubtful=True)
    assert [event.doubtful for event in phrase.open("en", (we, start), (now,))] == [(1,)]
    assert [event.doubtful for event in phrase.close("en", (we, start, now))] == [(1, 2)]
    assert [event.doubtful for event in phrase.close_translation("de", (we, start))] == [(1,)]


def test_nothing_is_sent_twice() -> None:
    """An open phrase with the text it has already makes no event."""
    phrase = begun()
    words = spoken_words("we start", start_s=1.0)
    assert phrase.open("en", (), words)
    assert phrase.open("en", (), words) == []
    assert phrase.open_translation("en", "text")
    assert phrase.open_translation("en", "text") == []


def test_a_phrase_that_was_nothing_is_cleared_on_each_track() -> None:
    """The tracks that show text get an event without text."""
    phrase = begun()
    phrase.open("de", (), spoken_words("äh", start_s=1.0))
    phrase.open_translation("en", "uh")
    assert phrase.shown("en") == "uh"
    assert [(event.track, event.text) for event in phrase.clear()] == [("original", ""), ("en", "")]
    assert phrase.clear() == []
