"""Windows of voice become turns of people."""

from app.captions.clustered_turns import ClusteredTurns
from app.captions.speaker_clusters import ClusterLimits, SpeakerClusters
from tests.support.voices import make_voice

LIMITS = ClusterLimits(similarity=0.3)
WINDOW_S = 1.5
HOP_S = 0.5


class Talk:
    """People who speak one after the other, as windows."""

    def __init__(self, limits: ClusterLimits = LIMITS) -> None:
        self.clusters = SpeakerClusters(limits)
        self.turns = ClusteredTurns(self.clusters)
        self.now_s = 0.0
        self._utterance = 0
        self._number = 0

    def say(self, person: int, seconds: float) -> tuple[float, float]:
        """Let somebody speak after a pause; returns when."""
        start_s = self.now_s = self.now_s + 0.5
        self._utterance += 1
        self.go_on([(person, seconds)])
        return start_s, self.now_s

    def go_on(self, parts: list[tuple[int, float]]) -> None:
        """Let people speak without a pause in one utterance."""
        begin_s = self.now_s
        edges = [begin_s]
        for _, seconds in parts:
            edges.append(edges[-1] + seconds)
        end_s = begin_s + WINDOW_S
        while end_s < edges[-1] - 0.01:
            self._add(begin_s, end_s, parts, edges)
            end_s += HOP_S
        self._add(begin_s, edges[-1], parts, edges)
        self.now_s = edges[-1]

    def _add(self, begin_s: float, end_s: float, parts: list[tuple[int, float]], edges: list[float]) -> None:
        start_s = max(begin_s, end_s - WINDOW_S)
        heard = [
            p for (p, _), a, b in zip(parts, edges, edges[1:], strict=False) if min(b, end_s) - max(a, start_s) > 0.1
        ]
        self._number += 1
        other = heard[1] if len(heard) > 1 else None
        self.turns.add(start_s, end_s, self._utterance, make_voice(heard[0], self._number, other=other))


def test_each_person_gets_a_number() -> None:
    """Two people who take turns are distinguished; somebody who comes back has the same number."""
    talk = Talk()
    spoken = [talk.say(person, 2.5) for person in (1, 2, 1, 3, 2, 1)]
    labels = [talk.turns.label(*span) for span in spoken]
    assert labels == [f"Speaker {number}" for number in (1, 2, 1, 3, 2, 1)]


def test_a_change_inside_an_utterance_is_found() -> None:
    """Somebody who goes on without a pause is distinguished, to half a second."""
    talk = Talk()
    talk.say(1, 4.0)
    talk.say(2, 4.0)
    begin_s = talk.now_s = talk.now_s + 0.5
    talk._utterance += 1
    talk.go_on([(1, 4.0), (2, 4.0)])
    labels = [talk.turns.label(begin_s + at_s, begin_s + at_s) for at_s in (0.5, 2.0, 3.4, 4.6, 6.0, 7.5)]
    assert labels == ["Speaker 1"] * 3 + ["Speaker 2"] * 3


def test_a_mixed_window_is_nobody_new() -> None:
    """Windows that contain two known voices create no third person."""
    talk = Talk()
    talk.say(1, 5.0)
    talk.say(2, 5.0)
    talk._utterance += 1
    talk.now_s += 0.5
    talk.go_on([(1, 3.0), (2, 3.0), (1, 3.0)])
    assert len(talk.clusters.people) == 2


def test_an_interjection_is_given_to_somebody_known() -> None:
    """Half a second of a known voice has its number, and half a second of an unknown one makes nobody new."""
    talk = Talk()
    talk.say(1, 4.0)
    talk.say(2, 4.0)
    assert talk.turns.label(*talk.say(1, 0.6)) == "Speaker 1"
    assert talk.turns.label(*talk.say(3, 0.6)) in (None, "Speaker 1", "Speaker 2")
    assert len(talk.clusters.people) == 2


def test_there_are_at_most_so_many_people() -> None:
    """Beyond the limit nobody gets a new number."""
    talk = Talk(ClusterLimits(similarity=0.3, people_max=2))
    for person in range(1, 6):
        talk.say(person, 3.0)
    assert len(talk.clusters.people) == 2


def test_another_session_knows_the_room() -> None:
    """A source that starts again finds the same people."""
    talk = Talk()
    talk.say(1, 3.0)
    talk.say(2, 3.0)
    talk.turns = ClusteredTurns(talk.clusters)
    talk.now_s = 0.0
    assert talk.turns.label(*talk.say(2, 3.0)) == "Speaker 2"


def test_nobody_is_known_in_silence() -> None:
    """A time without a window near it has no label."""
    talk = Talk()
    assert talk.turns.label(0.0, 1.0) is None
    talk.say(1, 3.0)
    assert talk.turns.label(60.0, 61.0) is None
