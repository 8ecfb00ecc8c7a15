"""How long a word takes to the screen; `python -m tests.page_lag` measures it for longer."""

import pytest

from tests.page_lag import PAGES, measure, percentile


@pytest.mark.timing
async def test_words_and_corrections_are_on_every_page_in_a_moment() -> None:
    """Most commits take 150 ms, corrections well below 1.5 s, in both languages; a busy machine may be slower."""
    lags = await measure(10, 3)
    assert set(lags.commits) == set(lags.corrections) == set(PAGES)
    for page in PAGES:
        assert percentile(lags.commits[page], 0.5) <= 0.15, lags.commits
        assert max(lags.corrections[page]) <= 1.5, lags.corrections
