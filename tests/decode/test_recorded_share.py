"""Files beside live streams."""

from app.decode.recorded_share import RecordedShare


def test_without_live_streams_files_take_everything() -> None:
    """Any number of windows may share a batch, and several batches may be in flight."""
    assert RecordedShare().rows_max(is_live=False, is_in_flight=True) is None


def test_beside_live_streams_batches_of_files_are_short() -> None:
    """They grow while they take little time, shrink when they take too long, and one at a time is decoded."""
    share = RecordedShare()
    assert share.rows_max(is_live=True, is_in_flight=True) == 0
    assert share.rows_max(is_live=True, is_in_flight=False) == 1
    share.add(1, 0.05)
    share.add(2, 0.06)
    assert share.rows_max(is_live=True, is_in_flight=False) == 4
    share.add(4, 0.5)
    assert share.rows_max(is_live=True, is_in_flight=False) == 2
    share.add(2, 3.0)
    assert share.rows_max(is_live=True, is_in_flight=False) == 1
