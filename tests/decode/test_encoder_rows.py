"""Slices of an encoder output."""

import ctranslate2
import numpy as np
import pytest

from app.decode.encoder_rows import find_runs, slice_rows, take_rows


@pytest.mark.parametrize(
    ("indices", "runs"),
    [([], []), ([0, 1, 2], [(0, 3)]), ([1], [(1, 2)]), ([0, 2, 3, 6], [(0, 1), (2, 4), (6, 7)])],
)
def test_runs_are_unbroken(indices: list[int], runs: list[tuple[int, int]]) -> None:
    """Each run is (first, one past the last)."""
    assert list(find_runs(indices)) == runs


def test_a_slice_has_the_rows_asked_for() -> None:
    """Some rows are a copy on the CPU; all rows are the output itself."""
    rows = np.arange(24, dtype=np.float32).reshape(4, 3, 2)
    encoded = ctranslate2.StorageView.from_array(rows)
    assert np.array_equal(np.asarray(slice_rows(encoded, 1, 3, 4)), rows[1:3])
    assert slice_rows(encoded, 0, 4, 4) is encoded


def test_rows_may_be_taken_several_times() -> None:
    """Rows in any order are copied; all rows in order are the output itself."""
    rows = np.arange(24, dtype=np.float32).reshape(4, 3, 2)
    encoded = ctranslate2.StorageView.from_array(rows)
    assert np.array_equal(np.asarray(take_rows(encoded, [2, 2, 0], 4)), rows[[2, 2, 0]])
    assert np.array_equal(np.asarray(take_rows(encoded, [1, 2], 4)), rows[1:3])
    assert take_rows(encoded, [0, 1, 2, 3], 4) is encoded
