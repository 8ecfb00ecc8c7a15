"""Tests for app.web.data_protection."""

from datetime import UTC, datetime

import pytest

from app.captions.room_state import OutputHealth, OutputState, Visibility
from app.service.hosted_room import Erasure
from app.store.rooms import RoomSettings
from app.web.data_protection import build_receipt, describe_privacy


def output(kind: str, name: str, n_sent: int = 0) -> OutputState:
    """Return the state of an output."""
    return OutputState(name, kind, None, OutputHealth("working", "", n_sent))


@pytest.mark.parametrize(
    ("settings", "kinds", "fact"),
    [
        (RoomSettings(), (), "Sound is not stored."),
        (RoomSettings(), (), "Captions are kept for 24 hours and then deleted."),
        (RoomSettings(retention_h=1), (), "for 1 hour and"),
        (RoomSettings(retention_h=0.5), (), "for 0.5 hours and"),
        (RoomSettings(retention_h=0), (), "in memory only"),
        (RoomSettings(), (), "Only people with a link can read along."),
        (RoomSettings(is_public=True), (), "Everybody can read along."),
        (RoomSettings(), (), "cannot download the transcript"),
        (RoomSettings(showing=Visibility(offers_transcript=True)), (), "Readers may download the transcript."),
        (RoomSettings(), ("file",), "subtitle file"),
        (RoomSettings(), ("obs",), "OBS Studio"),
        (RoomSettings(), ("file", "obs"), "sent to no other company"),
        (RoomSettings(), ("youtube", "zoom", "zoom"), "Captions are sent to Zoom and YouTube."),
        (RoomSettings(), ("teams",), "Captions are sent to Microsoft Teams."),
    ],
)
def test_the_facts_are_those_of_the_room(settings: RoomSettings, kinds: tuple[str, ...], fact: str) -> None:
    """Retention, access, transcript and the receivers of captions are said in one sentence each."""
    outputs = [output(kind, f"{kind}-{i}") for i, kind in enumerate(kinds)]
    privacy = describe_privacy("hall", settings, outputs)
    assert fact in " ".join(privacy.facts)
    assert len(privacy.codes) == len(privacy.facts)


@pytest.mark.parametrize(("days", "is_said"), [(0, False), (1, True), (30, True)])
def test_recorded_addresses_are_a_fact(days: int, is_said: bool) -> None:
    """The facts say that the address of a refused link is recorded, if it is."""
    facts = describe_privacy("hall", RoomSettings(), (), address_days=days).facts
    assert any("the network address is recorded" in fact for fact in facts) == is_said


def test_the_notice_is_the_operators_own_text() -> None:
    """It stands beside the facts, and the companies are named once."""
    privacy = describe_privacy(
        "hall", RoomSettings(privacy_notice="Ask Ada."), [output("zoom", "a"), output("zoom", "b")]
    )
    assert (privacy.notice, privacy.sent_to) == ("Ask Ada.", ("Zoom",))


def test_a_receipt_says_what_was_deleted_and_what_remains() -> None:
    """It names the files and counts; what was sent or saved elsewhere remains, and is named without addresses."""
    outputs = [output("zoom", "a", 40), output("teams", "b"), output("obs", "c"), output("file", "talk.srt")]
    outputs.append(output("file", "live.vtt"))
    at = datetime(2026, 11, 21, 23, 57, 8, tzinfo=UTC)
    receipt = build_receipt("hall", Erasure(42, ("hall.live.vtt",)), outputs, {"a", "b", "c", "live.vtt"}, at=at)
    assert (receipt.action, receipt.at, receipt.n_keys) == ("captions erased", "2026-11-21 23:57:08 UTC", 0)
    for part in ("42 captions", "1 subtitle file: hall.live.vtt", "Room: hall", receipt.at, "Sound was never stored."):
        assert part in receipt.text
    assert receipt.remains[:3] == (
        "40 captions that went to Zoom: ask the host of that meeting.",
        "What OBS Studio has recorded or streamed.",
        "The file talk.srt that --save writes: delete it yourself.",
    )
    assert all(part in receipt.text for part in receipt.remains)
    assert "Teams" not in receipt.text


def test_the_receipt_of_a_removal_counts_the_keys() -> None:
    """The room, its settings and its keys are deleted too."""
    receipt = build_receipt("hall", Erasure(0, ()), (), (), n_keys=3)
    assert receipt.action == "room removed"
    assert "the room with its settings and its 3 keys" in receipt.text
