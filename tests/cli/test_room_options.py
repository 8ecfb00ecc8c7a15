"""Tests for app.cli.room_options."""

import pytest

from app.cli import room_options
from app.errors import SettingsError


def test_options_become_fields() -> None:
    """Languages, tracks and formats are understood by name; none clears a list or a text."""
    assert room_options.read_languages("German,en") == ["de", "en"]
    assert room_options.read_languages("any") == []
    assert room_options.read_outputs(["SRT:English", "vtt"]) == [
        {"format": "srt", "track": "en"},
        {"format": "vtt", "track": None},
    ]
    assert room_options.read_outputs(["none"]) == []
    assert (room_options.read_list(None), room_options.read_list(["none"])) == (None, [])
    assert (room_options.clear_none("none"), room_options.clear_none("None of us")) == ("", "None of us")
    assert room_options.read_source("none") == {"source": None}


def test_tracks_have_names() -> None:
    """A track is original, or a language by code or name; anything else is a sentence that names the option."""
    assert [room_options.read_track(text) for text in (None, "Original", "english")] == [None, "original", "en"]
    with pytest.raises(SettingsError, match=r"for --track, but got 'orginal'"):
        room_options.read_track("orginal")
