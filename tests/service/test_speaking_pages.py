"""How many pages may speak, and whose sessions they are."""

from contextlib import ExitStack

import pytest

from app.errors import SettingsError
from app.service.speaking_pages import PageLimits, SpeakingPages


def test_a_session_belongs_to_its_key() -> None:
    """Another key with the same session name gets a session of its own, and cannot end or continue the first one."""
    pages = SpeakingPages("hall", PageLimits())
    first = pages.open("mine", "session-01", "Anna", ())
    first.push(0, bytes(3200))
    assert pages.find("theirs", "session-01") is None
    second = pages.open("theirs", "session-01", "Anna", ())
    assert (second.next_sample, second.name) == (0, "Anna 2")
    pages.end("theirs")
    assert not first.is_closed
    assert pages.find("mine", "session-01") is first
    assert pages.find("theirs", "session-01") is None


def test_a_room_and_a_key_have_a_number_of_speaking_pages() -> None:
    """A third page of a key, and a fifth of a room, are refused; after one has ended there is a place again."""
    pages = SpeakingPages("hall", PageLimits(room=4, key=2))
    inside = [pages.open(key, f"session-{key}{number}", "page", ()) for key in "ab" for number in range(2)]
    with ExitStack() as connections:
        for page in inside:
            connections.enter_context(page.connected())
        with pytest.raises(SettingsError, match="at most 2 microphone pages with one link, but this link is open on 2"):
            pages.open("a", "session-a9", "page", ())
        with pytest.raises(SettingsError, match="The room hall has 4 microphone pages already"):
            pages.open("c", "session-c1", "page", ())
        inside[0].close()
        assert pages.open("a", "session-a9", "page", ()).name == "page 5"


def test_a_lost_page_makes_way_for_another_of_its_key() -> None:
    """A page without a connection makes way for a new one of its key, but not for one of another key."""
    pages = SpeakingPages("hall", PageLimits(room=3, key=2))
    lost, kept = (pages.open("a", f"session-a{number}", "page", ()) for number in range(2))
    other = pages.open("b", "session-b0", "page", ())
    with kept.connected():
        with pytest.raises(SettingsError):
            pages.open("c", "session-c0", "page", ())
        replacing = pages.open("a", "session-a2", "page", ())
        assert [page.is_closed for page in (lost, kept, other, replacing)] == [True, False, False, False]
        with replacing.connected(), pytest.raises(SettingsError):
            pages.open("a", "session-a3", "page", ())
    pages.remove(lost)
    assert pages.named("page 1") is None
    assert pages.named("page 2") is kept
