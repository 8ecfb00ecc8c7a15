"""`surtitle room …` against a service that requires keys."""

import json
import re
from pathlib import Path

import pytest

from tests.support.room_service import RoomService


def test_a_new_room_comes_with_links_that_open_it(service: RoomService) -> None:
    """`create` prints links with keys of each role for that room, and `list` shows it."""
    options = [
        "--language",
        "German,en",
        "--task",
        "translate",
        "--output",
        "srt:en",
        "--output",
        "vtt",
        "--retention",
        "2",
    ]
    state, *lines = service.output("create", "hall", *options).splitlines()
    assert state == "Room hall is open. It expects German (de) and English (en) and adds English subtitles."
    reading = lines[0].split(f"{service.address}/v/hall#")[1]
    assert f"{service.address}/microphone/hall#" in lines[1]
    running_it = lines[2].split(f"{service.address}/operator/hall#")[1]
    assert service.get("/api/rooms/hall/captions?before=9", reading).status_code == 200
    assert service.get("/api/rooms/hall", reading).status_code == 401
    room = service.get("/api/rooms/hall", running_it).json()
    assert (room["languages"], room["task"], room["retention_h"]) == (["de", "en"], "translate", 2.0)
    assert room["outputs"] == [
        {"kind": "file", "format": "srt", "track": "en", "id": "en.srt"},
        {"kind": "file", "format": "vtt", "track": None, "id": "live.vtt"},
    ]
    assert {"hall", "main"} <= {line.split()[0] for line in service.output("list").splitlines()}


def test_set_changes_only_what_is_named(service: RoomService, tmp_path: Path) -> None:
    """`set` changes the settings that are named and no others; `none` clears a setting."""
    (tmp_path / "terms.txt").write_text("Surtitle\n", encoding="utf-8")
    service.output(
        "create",
        "stage",
        "--title",
        "Große Bühne",
        "--language",
        "de",
        "--glossary",
        str(tmp_path / "terms.txt"),
        "--output",
        "srt",
    )
    closed = "Room stage is closed: nobody may join. Open it with surtitle room set stage --open.\n"
    assert service.output("set", "stage", "--closed") == closed
    files, public, short = service.output("set", "stage", "--public", "--output", "none").splitlines()
    assert files == "Room stage writes no subtitle files."
    assert public == "Room stage is public: everybody can read along without a key."
    assert re.fullmatch(r"The address for everybody is http://\S+/c/[A-Z0-9]+", short)
    room = service.get("/api/rooms/stage").json()
    assert (room["title"], room["languages"]) == ("Große Bühne", ["de"])
    assert (room["glossary"], room["outputs"]) == ("Surtitle\n", [])
    shown = service.output("show", "stage")
    assert room["code"] in shown
    assert "closed, public" in shown
    service.output("set", "stage", "--open", "--private", "--language", "none", "--title", "none")
    room = service.get("/api/rooms/stage").json()
    assert (room["title"], room["languages"], room["is_open"], room["is_public"]) == ("", [], True, False)


def test_set_controls_what_readers_see(service: RoomService, tmp_path: Path) -> None:
    """Hidden screens, a pause, a notice and the transcript stay set until they are cleared."""
    service.output("create", "lounge")
    named = service.output("set", "lounge", "--speaker", "Speaker 1=Ada", "--speaker", "Speaker 2=Ada", "--no-names")
    assert "Speaker 1 is shown as Ada; Speaker 2 is shown as Ada" in named
    assert "does not show the names" in named
    assert "Speaker 1 is Ada (not shown)" in (
        service.output("set", "lounge", "--speaker", "Speaker 2=") and service.output("show", "lounge")
    )
    service.output("set", "lounge", "--speaker", "none", "--names")
    said = service.output("set", "lounge", "--hide", "--pause", "--notice", "Short break", "--offer-transcript")
    paused, hidden, notice, transcript = said.splitlines()
    assert paused == ("Room lounge is paused: audio is ignored. Resume with surtitle room set lounge --resume.")
    assert hidden.startswith("The screens of room lounge are blank; ")
    assert notice.startswith("The audience of room lounge sees the message “Short break”. ")
    assert transcript == "Readers of room lounge may download the transcript."
    assert "open, private, paused, screens blank" in service.output("list")
    room = service.get("/api/rooms/lounge").json()
    assert [room[name] for name in ("is_hidden", "is_paused", "notice", "offers_transcript")] == [
        True,
        True,
        "Short break",
        True,
    ]
    (tmp_path / "notice.txt").write_text("Ask Ada.\n\nRoom 3\n", encoding="utf-8")
    service.output("set", "lounge", "--privacy-notice", str(tmp_path / "notice.txt"))
    assert service.get("/api/rooms/lounge/privacy").json()["notice"] == "Ask Ada.\n\nRoom 3"
    assert "16 characters" in service.output("show", "lounge")
    service.output("set", "lounge", "--show", "--resume", "--notice", "none", "--privacy-notice", "none")
    assert service.get("/api/rooms/lounge").json()["privacy_notice"] == ""
    room = service.get("/api/rooms/lounge").json()
    assert [room[name] for name in ("is_hidden", "is_paused", "notice", "offers_transcript")] == [
        False,
        False,
        "",
        True,
    ]


def test_remove_needs_a_confirmation(service: RoomService, tmp_path: Path) -> None:
    """Without a yes nothing changes; with it the room is deleted and its export written."""
    service.output("create", "attic")
    assert service.run("remove", "attic").exit_code == 1
    assert service.get("/api/rooms/attic").status_code == 200
    missing = tmp_path / "missing" / "attic.json"
    code, _ = service.error("remove", "attic", "--yes", "--export", str(missing))
    assert code == 2
    assert service.get("/api/rooms/attic").json()["is_open"]
    removed = service.output("remove", "attic", "--yes", "--export", str(tmp_path / "attic.json"))
    assert "its 3 keys" in removed
    assert json.loads((tmp_path / "attic.json").read_text(encoding="utf-8"))["room"]["name"] == "attic"
    assert "attic" not in service.output("list")


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["create", "main"], 2, "there is a room main already"),
        (["create", "bad name"], 2, "for the name of a room, but got 'bad name'"),
        (["set", "main"], 2, "something to change"),
        (["set", "main", "--language", "gernam"], 2, "for --language, but got 'gernam'. Did you mean de (German)?"),
        (["set", "main", "--task", "sing"], 2, "Expected transcribe or translate for --task, but got 'sing'."),
        (
            ["set", "main", "--speaker", "Ada"],
            2,
            "Expected a speaker and the name to show, such as --speaker 'Speaker 1",
        ),
        (["set", "main", "--retention", "-1"], 2, "Expected at least 0 for --retention, but got -1.0."),
        (["set", "main", "--output", "srtt"], 2, "for --output, but got 'srtt'. Did you mean srt?"),
    ],
)
def test_an_error_is_one_sentence(service: RoomService, words: list[str], code: int, complaint: str) -> None:
    """An error of the service or of the options is one sentence with an exit code."""
    assert (service.error(*words)[0], complaint in service.error(*words)[1]) == (code, True)
