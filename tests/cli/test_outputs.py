"""`surtitle room output …`: a room's outputs."""

from tests.support.room_service import RoomService


def test_outputs_are_added_listed_and_removed(service: RoomService) -> None:
    """A file output is added, listed and removed; an unknown format and an unknown output are errors."""
    service.output("create", "studio")
    assert "Room studio has no outputs." in service.output("output", "list", "studio")
    added = service.output("output", "file", "studio", "SRT", "--track", "English")
    assert "Room studio has the output en.srt now." in added
    code, sentence = service.error("output", "file", "studio", "srtt")
    assert (code, sentence[-17:]) == (2, "Did you mean srt?")
    assert "en.srt" in service.output("output", "list", "studio")
    assert "no longer has the output en.srt" in service.output("output", "remove", "studio", "en.srt")
    assert "en.srt" not in service.output("output", "list", "studio")
    assert service.error("output", "remove", "studio", "en.srt")[0] == 1
    service.output("set", "studio", "--closed")
    service.output("output", "file", "studio", "vtt")
    assert "not running" in service.output("output", "list", "studio")
    assert "room called studo. Did you mean studio?" in service.error("output", "list", "studo")[1]
