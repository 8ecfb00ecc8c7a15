"""The names of the newest phrases are remembered."""

from app.outputs.recent_phrases import RecentPhrases


def test_the_oldest_name_is_forgotten() -> None:
    """Beyond the limit the name that was added first is forgotten; adding a name twice changes nothing."""
    names = RecentPhrases(2)
    for name in ("1", "2", "1", "3"):
        names.add(name)
    assert [name in names for name in ("1", "2", "3")] == [False, True, True]
