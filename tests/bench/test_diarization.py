"""The diarization error rate, on turns whose error is known."""

import pytest

from app.bench.diarization import SpeakerSpan, score_turns

TRUTH = [SpeakerSpan("Ada", 0.0, 4.0), SpeakerSpan("Grace", 5.0, 9.0), SpeakerSpan("Ada", 10.0, 12.0)]


def test_other_names_are_no_error() -> None:
    """Labels are mapped to people so that most is right."""
    found = [SpeakerSpan({"Ada": "x", "Grace": "y"}[one.speaker], one.start_s, one.end_s) for one in TRUTH]
    assert score_turns(TRUTH, found).rate == 0.0


def test_each_kind_of_error_is_counted() -> None:
    """A missed second, an invented one, and one of somebody else."""
    found = [
        SpeakerSpan("x", 1.0, 4.5),
        SpeakerSpan("y", 5.0, 9.0),
        SpeakerSpan("y", 10.0, 11.0),
        SpeakerSpan("x", 11.0, 12.5),
    ]
    error = score_turns(TRUTH, found)
    assert (error.speech_s, error.missed_s, error.false_s, error.confused_s) == pytest.approx((10.0, 1.0, 1.0, 1.0))
    assert error.rate == pytest.approx(0.3)


def test_one_label_for_all_is_confusion() -> None:
    """One label is mapped to one person; the time of the others is wrong."""
    assert score_turns(TRUTH, [SpeakerSpan("x", 0.0, 12.0)]).confused_s == pytest.approx(4.0)


def test_extra_labels_are_confusion() -> None:
    """Somebody with two labels is right under one of them."""
    found = [SpeakerSpan("x", 0.0, 4.0), SpeakerSpan("y", 5.0, 9.0), SpeakerSpan("z", 10.0, 12.0)]
    assert score_turns(TRUTH, found).confused_s == pytest.approx(2.0)


def test_the_collar_is_not_scored() -> None:
    """Around the edges of the truth nothing counts."""
    found = [SpeakerSpan("x", 0.2, 4.2), SpeakerSpan("y", 4.9, 8.8), SpeakerSpan("x", 10.0, 12.0)]
    assert score_turns(TRUTH, found).rate > 0
    scored = score_turns(TRUTH, found, 0.25)
    assert scored.rate == 0.0
    assert scored.speech_s == pytest.approx(8.5, abs=0.05)


def test_overlaps_count_for_each_person() -> None:
    """Where two speak and one is found, one is missed."""
    truth = [SpeakerSpan("Ada", 0.0, 2.0), SpeakerSpan("Grace", 1.0, 3.0)]
    error = score_turns(truth, [SpeakerSpan("x", 0.0, 1.0), SpeakerSpan("y", 1.0, 3.0)])
    assert (error.speech_s, error.missed_s, error.confused_s) == pytest.approx((4.0, 1.0, 0.0))


def test_nothing_is_no_error() -> None:
    """Without speech the rate is 0, and invented speech is counted."""
    assert score_turns([], []).rate == 0.0
    assert score_turns([], [SpeakerSpan("x", 0.0, 1.0)]).false_s == pytest.approx(1.0)
