"""People are distinguished by how alike their voices are."""

import numpy as np
import pytest

from app.captions.speaker_clusters import ClusterLimits, SpeakerClusters
from tests.support.voices import make_voice


def test_the_more_was_heard_the_more_alike_a_window_must_be() -> None:
    """The mean of many windows is closer to each of them than another window is."""
    limits = ClusterLimits(similarity=0.25)
    assert limits.least(1) == pytest.approx(0.25)
    assert limits.least(1) < limits.least(4) < limits.least(100) < 0.5


def test_people_are_numbered_in_order() -> None:
    """The first person is Speaker 1, or the first number that the room has not used."""
    clusters = SpeakerClusters(first_number=3)
    clusters.add_person([make_voice(1)], 1.0)
    clusters.add_person([make_voice(2)], 1.0)
    assert [person.label for person in clusters.people] == ["Speaker 3", "Speaker 4"]


def test_a_voice_is_like_its_person() -> None:
    """A window is more alike than necessary to its own person, and less to others."""
    clusters = SpeakerClusters(ClusterLimits(similarity=0.3))
    ada = clusters.add_person([make_voice(1, 0), make_voice(1, 1)], 1.5)
    clusters.learn(ada, make_voice(1, 2), 0.5)
    clusters.add_person([make_voice(2, 0)], 1.0)
    scores = clusters.scores(make_voice(1, 3))
    assert scores[0] > 0 > scores[1]
    assert float(np.linalg.norm(ada.mean)) == pytest.approx(1.0, abs=1e-5)


def test_forgotten_people_keep_their_numbers() -> None:
    """After captions are erased nobody else gets the number of somebody who was forgotten."""
    clusters = SpeakerClusters()
    clusters.add_person([make_voice(1)], 1.0)
    clusters.forget()
    assert clusters.people == []
    assert clusters.add_person([make_voice(1)], 1.0).label == "Speaker 2"
