"""`surtitle room output …`: a room's outputs."""

from tests.support.room_service import RoomService


def test_outputs_are_added_listed_and_removed(service: RoomService) -> None:
    """A file output is added, listed and removed; an unknown format and an unknown output are errors."""
    service.output("create", "studio")
    assert "Added as en.srt." in service.output("output", "file", "studio", "srt", "--track", "en")
    code, sentence = service.error("output", "file", "studio", "exe")
    assert (code, "srt" in sentence) == (2, True)
    assert "en.srt" in service.output("output", "list", "studio")
    assert "no longer has the output en.srt" in service.output("output", "remove", "studio", "en.srt")
    assert "en.srt" not in service.output("output", "list", "studio")
    assert service.error("output", "remove", "studio", "en.srt")[0] == 1
