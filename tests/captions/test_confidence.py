"""How sure a model usually is."""

import random

from app.captions.confidence import Confidence


def followed(*values: float) -> Confidence:
    """Return the confidence after some hypotheses."""
    confidence = Confidence()
    for value in values:
        confidence.add(value)
    return confidence


def test_a_model_that_is_always_unsure_is_not_doubted() -> None:
    """A mean log-probability of -0.75 throughout is what is usual for this model."""
    for n_values in range(80):
        confidence = followed(*[-0.75] * n_values)
        assert -0.75 >= confidence.doubtful > confidence.poor


def test_a_sure_model_that_becomes_unsure_is_doubted() -> None:
    """The threshold follows the median upwards."""
    confidence = followed(*[-0.2, -0.25, -0.15, -0.2] * 4)
    assert -0.75 < confidence.doubtful <= -0.5
    assert confidence.poor == -1.0


def test_few_hypotheses_change_nothing() -> None:
    """Absolute thresholds hold until the median means something."""
    assert followed(-0.1, -0.1).doubtful == Confidence().doubtful
    assert Confidence().doubtful <= -1.0


def test_a_wide_spread_is_taken_into_account() -> None:
    """A model whose values scatter is rarely doubted, and not without limit."""
    rng = random.Random(4)
    values = [rng.gauss(-0.6, 0.25) for _ in range(400)]
    confidence = Confidence()
    n_doubtful = 0
    for value in values:
        n_doubtful += value < confidence.doubtful
        confidence.add(value)
    assert n_doubtful <= 0.05 * len(values)
    assert confidence.doubtful >= -0.6 - 1.2


def test_the_median_follows_a_change() -> None:
    """A new speaker at a distance is usual after a minute."""
    confidence = followed(*[-0.2] * 64, *[-0.75] * 40)
    assert confidence.doubtful < -0.75
