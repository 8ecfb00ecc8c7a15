"""How late translations are."""

from app.translate.load import WINDOW_S, TranslationLoad


def test_the_lag_is_that_of_most_sentences() -> None:
    """One slow sentence of many counts little; after a while nothing counts."""
    load = TranslationLoad()
    load.on_started(0.0)
    for _ in range(9):
        load.add(100.0, 100.0 - 0.1)
    load.add(100.0, 90.0)
    assert round(load.lag_s(100.0, None), 3) == 0.1
    assert load.lag_s(101.0 + WINDOW_S, None) == 0.0


def test_a_sentence_that_waits_counts_from_the_start_of_the_worker() -> None:
    """Loading a model is no lag, and no worker is none either."""
    load = TranslationLoad()
    assert load.lag_s(100.0, 50.0) == 0.0
    load.on_started(98.0)
    assert load.lag_s(100.0, 50.0) == 2.0
    load.on_stopped()
    assert load.lag_s(100.0, 50.0) == 0.0
