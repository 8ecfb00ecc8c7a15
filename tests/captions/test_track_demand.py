"""Demand for tracks."""

from app.captions.track_demand import TrackDemand


def test_watchers_are_called_for_the_first_reader_and_the_last() -> None:
    """A second reader of a track changes nothing; the last one that leaves ends the demand."""
    demand, seen = TrackDemand(), []
    with demand.watch(lambda: seen.append(demand.wanted)):
        with demand.reading(("de", "fr")), demand.reading(("fr", "fr")):
            assert demand.wanted == {"de", "fr"}
        demand.add(("de",))
    demand.remove(("de",))
    assert seen == [{"de", "fr"}, set(), {"de"}]
    assert demand.wanted == set()
