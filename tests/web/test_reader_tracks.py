"""Counting the readers of each track."""

from app.captions.track_demand import TrackDemand
from app.web.reader_tracks import ReaderTracks


def test_readers_are_counted_on_what_they_show() -> None:
    """One who shows two tracks counts on both; who shows none of the room's, or does not say, counts apart."""
    readers = ReaderTracks()

    def counts() -> list[tuple[str | None, int]]:
        return [(one.track, one.n_readers) for one in readers.by_track(["original", "en"])]

    with readers.count(("en",)), readers.count(("en", "original")), readers.count(()) as show:
        assert counts() == [("original", 1), ("en", 2), (None, 1)]
        show(("original",))
        assert counts() == [("original", 2), ("en", 2)]
        show(("fr",))
        assert counts() == [("original", 1), ("en", 2), (None, 1)]
    assert counts() == [("original", 0), ("en", 0)]


def test_a_track_is_wanted_while_a_reader_shows_it() -> None:
    """A reader that does not say what it shows wants none; a change to another track never drops one that stays."""
    demand = TrackDemand()
    readers = ReaderTracks(demand)
    changes: list[set[str]] = []
    with (
        demand.watch(lambda: changes.append(set(demand.wanted))),
        readers.count(()),
        readers.count(("fr",)) as show,
    ):
        show(("fr", "original"))
        show(("pt",))
    assert changes == [{"fr"}, {"fr", "original"}, {"fr", "original", "pt"}, {"pt"}, set()]
