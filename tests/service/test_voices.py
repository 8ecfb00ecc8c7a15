"""The speaker model of a service, and where the numbers of its rooms begin."""

import pytest

from app import config
from app.captions.caption_log import MemoryLog
from app.errors import ModelError
from app.service.voices import ServiceVoices, find_free_number
from app.store.rooms import RoomSettings
from tests.support.captions import phrase_event


def test_without_a_model_nobody_is_told_apart() -> None:
    """By default nothing is loaded, and rooms have no voices."""
    for name in (None, "none"):
        voices = ServiceVoices(config.read(speaker_model=name))
        assert voices.open_room(MemoryLog("main"), RoomSettings()) is None


def test_the_demo_model_is_loaded_and_says_what_it_knows() -> None:
    """Its limits come from its file, unless a setting says otherwise."""
    said: list[str] = []
    own = ServiceVoices(config.read(speaker_model="demo"), said.append).open_room(MemoryLog("main"), RoomSettings())
    assert own is not None
    assert said == ["The speaker model demo knows synthetic voices only. For real people choose another one."]
    given = config.read(speaker_model="demo", speaker_similarity=0.7, speakers_max=3)
    other = ServiceVoices(given).open_room(MemoryLog("main"), RoomSettings())
    assert other is not None
    assert (other.clusters.limits.similarity, other.clusters.limits.people_max) == (0.7, 3)
    assert 0 < own.clusters.limits.similarity < 0.7


def test_numbers_that_were_used_are_not_given_again() -> None:
    """After a restart the voices are forgotten, so the next person is somebody else."""
    assert find_free_number([]) == 1
    assert find_free_number(["Speaker 2", None, "Ada", "Speaker 11", "Speaker x", "My Speaker 30"]) == 12
    log = MemoryLog("main")
    log.append(phrase_event("1-0", "hello", speaker="Speaker 3"), lambda _: None)
    settings = RoomSettings(speaker_names={"Speaker 5": "Ada"})
    room = ServiceVoices(config.read(speaker_model="demo")).open_room(log, settings)
    assert room is not None
    assert room.clusters.first_number == 6


def test_an_unknown_model_is_refused() -> None:
    """The sentence says what there is."""
    with pytest.raises(ModelError, match="Expected none, demo, wespeaker-resnet34"):
        ServiceVoices(config.read(speaker_model="wespeeker"))
