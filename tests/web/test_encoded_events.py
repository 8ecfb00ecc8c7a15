"""Tests for app.web.encoded_events."""

from dataclasses import replace

import pytest

from app.web import encoded_events, messages
from app.web.encoded_events import EncodedEvents
from tests.support.store_run import event


def test_each_final_caption_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is needed; a correction is another caption, and what was forgotten is encoded again."""
    encoded: list[str] = []
    real = messages.encode_event
    monkeypatch.setattr(messages, "encode_event", lambda one: encoded.append(one.committed) or real(one))  # type: ignore[func-returns-value]
    events, said = EncodedEvents(), event("said")
    assert events.encode(said) == events.encode(said) == real(said)
    corrected = replace(said, committed="corrected", rev=2)
    assert b"corrected" in events.encode(corrected)
    assert encoded == ["said", "corrected"]
    events.clear()
    events.encode(corrected)
    assert encoded == ["said", "corrected", "corrected"]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caption that was encoded first is forgotten; open ones are not kept."""
    monkeypatch.setattr(encoded_events, "ENCODED_MAX", 3)
    events = EncodedEvents()
    for number in range(9):
        events.encode(event(f"{number}"))
        events.encode(replace(event(f"open {number}"), state="open"))
    assert [one.committed for one, _ in events._by_place.values()] == ["6", "7", "8"]


def test_messages_are_the_same_as_encoded_whole() -> None:
    """A message made of encoded captions has the same bytes as one that is encoded at once."""
    one, other = event('Grüß "Gott"'), event("two")
    assert messages.encode_caption(messages.encode_event(one)) == messages.CaptionMessage(caption=one).encoded()
    for captions in ((), (one,), (one, other)):
        whole = messages.SnapshotMessage(epoch="e", is_fresh=True, captions=captions).encoded()
        assert messages.encode_snapshot("e", map(messages.encode_event, captions), is_fresh=True) == whole
