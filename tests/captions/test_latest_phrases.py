"""The phrases that were said last."""

from dataclasses import replace

from app.captions.latest_phrases import LatestPhrases
from tests.support.captions import phrase_event


def test_corrections_of_old_phrases_do_not_hide_new_ones() -> None:
    """The last texts stay in the order of speech, each in its newest state; withdrawn ones are left out."""
    events = [replace(phrase_event(f"1-{n}", f"t{n}"), seq=n, start_s=float(n)) for n in range(6)]
    latest = LatestPhrases(events[:4], 3)
    for event in events[4:]:
        latest.put(event)
    latest.put(replace(events[0], seq=6, committed="old"))
    latest.put(replace(events[4], seq=7, committed="new"))
    assert [event.committed for event in latest.events()] == ["t3", "new", "t5"]
    latest.put(replace(events[5], seq=8, state="withdrawn", committed=""))
    assert [event.committed for event in latest.events()] == ["t3", "new"]
    latest.clear()
    assert latest.events() == []


def test_a_phrase_counts_once_on_however_many_tracks() -> None:
    """A room with many languages shows a new reader as much of the talk as one with a single language."""
    said = [
        replace(phrase_event(f"1-{n}", f"{track}{n}"), seq=5 * n + at, start_s=float(n), track=track)
        for n in range(4)
        for at, track in enumerate(("original", "en", "fr"))
    ]
    for latest in (LatestPhrases(said, 2), LatestPhrases((), 2)):
        for event in said:
            latest.put(event)
        assert [event.committed for event in latest.events()] == ["original2", "en2", "fr2", "original3", "en3", "fr3"]
