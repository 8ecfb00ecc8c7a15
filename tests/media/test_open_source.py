"""Tests for app.media.open_source."""

import pytest

from app.errors import SettingsError, SurtitleError
from app.media.open_source import open_source


@pytest.mark.parametrize("text", ["", "nothing-here.wav"])
def test_text_that_names_no_source_is_a_sentence(text: str) -> None:
    """The error lists what a source can be."""
    with pytest.raises(SettingsError, match="microphone"):
        open_source(text)


@pytest.mark.parametrize("text", ["microphone", "microphone:USB", "http://127.0.0.1/a.mp3", "-"])
def test_sources_are_known_by_name(text: str) -> None:
    """Microphones, URLs and standard input are recognized without being opened."""
    assert open_source(text).name


@pytest.mark.parametrize(("private", "complaint"), [(False, "--private-sources"), (True, "cannot be opened")])
async def test_private_networks_need_the_setting(private: bool, complaint: str) -> None:
    """A URL on a private network is refused unless the caller allows it."""
    with pytest.raises(SurtitleError, match=complaint):
        [chunk async for chunk in open_source("http://127.0.0.1:9/a.mp3", private=private).chunks()]
