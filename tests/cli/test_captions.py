"""`surtitle room erase, export, transcript and correct`: what was said in a room."""

import json
from pathlib import Path

from tests.support.room_service import RoomService, poll


def test_a_phrase_is_corrected_withdrawn_and_erased(service: RoomService, tmp_path: Path) -> None:
    """`correct` changes a phrase that `export` lists, `transcript` writes it, `erase` deletes all captions."""
    service.output("export", "main", str(tmp_path / "main.json"))
    (caption,) = json.loads((tmp_path / "main.json").read_text(encoding="utf-8"))["captions"]
    service.output("correct", "main", caption["phrase"], "Said otherwise.")
    poll(lambda: "otherwise" in service.get("/transcript/main.txt").text)
    service.output("transcript", "main", str(tmp_path / "main.srt"), "--track", "original")
    assert "Said otherwise." in (tmp_path / "main.srt").read_text(encoding="utf-8")
    service.output("correct", "main", caption["phrase"])
    poll(lambda: "otherwise" not in service.get("/transcript/main.txt").text)
    receipt = service.output("erase", "main", "--yes")
    assert "3 captions" in receipt  # the phrase, its correction and its withdrawal
    assert "This remains, because the service cannot erase it:" in receipt
    service.output("export", "main", str(tmp_path / "empty.json"))
    assert json.loads((tmp_path / "empty.json").read_text(encoding="utf-8"))["captions"] == []
    assert not list(tmp_path.glob(".*"))


def test_an_unknown_phrase_is_one_sentence(service: RoomService) -> None:
    """Correcting a phrase that does not exist names the phrase."""
    code, sentence = service.error("correct", "main", "9-9", "text")
    assert (code, "no 9-9" in sentence) == (2, True)
