"""`surtitle room …` against a service in its own process that asks everybody for keys."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from app.cli import main
from app.decode import demo_files
from tests.support.program import run_surtitle, running_surtitle

KEY = "the-key-to-everything-of-this-test"


@dataclass(frozen=True)
class Desk:
    """Where somebody sits who looks after rooms."""

    address: str

    def room(self, *words: str, key: str = KEY) -> "subprocess.CompletedProcess[str]":
        """Run `surtitle room` with these words."""
        return run_surtitle("room", *words, timeout_s=60, SURTITLE_AT=self.address, SURTITLE_KEY=key)

    def says(self, *words: str, key: str = KEY) -> str:
        """Run it, see that it went well, and return what it said."""
        done = self.room(*words, key=key)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def complains(self, *words: str, key: str = KEY) -> tuple[int, str]:
        """Run it, see that it said one sentence, and return its exit code and the sentence."""
        done = self.room(*words, key=key)
        (sentence,) = done.stderr.splitlines()
        assert sentence.startswith("surtitle: ")
        return done.returncode, sentence

    def get(self, path: str, key: str) -> httpx.Response:
        """Ask the service itself."""
        return httpx.get(self.address + path, headers={"Authorization": f"Bearer {key}"})


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Run a service whose room `main` has heard one sentence."""
    clip = str(demo_files.CLIP)
    words = ["--model", "demo", "--source", clip, "--language", "en", "--require-keys", "--port", "0"]
    with running_surtitle("serve", *words, SURTITLE_KEY=KEY) as service:
        desk = Desk(service.wait_for(r"All links: +(http://127\.0\.0\.1:\d+)/"))
        until(lambda: "version" in desk.get("/transcript/main.txt", KEY).text)
        yield desk
        assert KEY not in "".join(service.said)


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(150):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("It did not come about.")


def test_a_new_room_comes_with_links_that_open_it(desk: Desk) -> None:
    """`create` prints links whose keys read, speak and run that room, and `list` shows it."""
    wishes = ["--language", "de,en", "--task", "translate", "--output", "srt:en", "--output", "vtt", "--retention", "2"]
    lines = desk.says("create", "hall", *wishes).splitlines()
    reading = lines[0].split(f"{desk.address}/v/hall#")[1]
    assert f"{desk.address}/microphone/hall#" in lines[1]
    running_it = lines[2].split(f"{desk.address}/operator/hall#")[1]
    assert desk.get("/api/rooms/hall/captions?before=9", reading).status_code == 200
    assert desk.get("/api/rooms/hall", reading).status_code == 401
    room = desk.get("/api/rooms/hall", running_it).json()
    assert (room["languages"], room["task"], room["retention_h"]) == (["de", "en"], "translate", 2.0)
    assert room["outputs"] == [
        {"kind": "file", "format": "srt", "track": "en", "id": "en.srt"},
        {"kind": "file", "format": "vtt", "track": None, "id": "live.vtt"},
    ]
    assert {"hall", "main"} <= {line.split()[0] for line in desk.says("list").splitlines()}


def test_what_is_not_named_stays(desk: Desk, tmp_path: Path) -> None:
    """`set` changes what it is told and nothing else; `none` takes back what was set before."""
    (tmp_path / "terms.txt").write_text("Surtitle\n", encoding="utf-8")
    desk.says("create", "stage", "--language", "de", "--glossary", str(tmp_path / "terms.txt"), "--output", "srt")
    assert "closed, public" in desk.says("set", "stage", "--closed", "--public", "--output", "none")
    room = desk.get("/api/rooms/stage", KEY).json()
    assert (room["languages"], room["glossary"], room["outputs"]) == (["de"], "Surtitle\n", [])
    shown = desk.says("show", "stage")
    assert room["code"] in shown
    assert "closed, public" in shown
    desk.says("set", "stage", "--open", "--private", "--language", "none")
    room = desk.get("/api/rooms/stage", KEY).json()
    assert (room["languages"], room["is_open"], room["is_public"]) == ([], True, False)


def test_an_operator_directs_what_readers_see(desk: Desk) -> None:
    """Screens hidden, a pause, a notice and the transcript stand in the room until they are taken back."""
    desk.says("create", "lounge")
    desk.says("set", "lounge", "--hide", "--pause", "--notice", "Short break", "--offer-transcript")
    room = desk.get("/api/rooms/lounge", KEY).json()
    assert [room[name] for name in ("is_hidden", "is_paused", "notice", "offers_transcript")] == [
        True,
        True,
        "Short break",
        True,
    ]
    desk.says("set", "lounge", "--show", "--resume", "--notice", "none")
    room = desk.get("/api/rooms/lounge", KEY).json()
    assert [room[name] for name in ("is_hidden", "is_paused", "notice", "offers_transcript")] == [
        False,
        False,
        "",
        True,
    ]


def test_outputs_are_added_listed_and_removed(desk: Desk) -> None:
    """A secret address comes on standard input and is shown nowhere; a format that is none is refused."""
    desk.says("create", "studio")
    assert "Added as en.srt." in desk.says("output", "file", "studio", "srt", "--track", "en")
    code, sentence = desk.complains("output", "file", "studio", "exe")
    assert (code, "srt" in sentence) == (2, True)
    assert "en.srt" in desk.says("output", "list", "studio")
    assert "no longer has the output en.srt" in desk.says("output", "remove", "studio", "en.srt")
    assert "en.srt" not in desk.says("output", "list", "studio")
    assert desk.complains("output", "remove", "studio", "en.srt")[0] == 1


def test_keys_are_made_listed_and_taken_back(desk: Desk) -> None:
    """A key opens until it is revoked; the list tells its id and label, and never the word."""
    desk.says("create", "foyer")
    said = desk.says("key", "foyer", "viewer", "--label", "for Anna", "--days", "2")
    word = said.split("#")[1].split()[0]
    assert desk.get("/api/rooms/foyer/captions?before=9", word).status_code == 200
    listed = desk.says("keys", "foyer")
    assert word not in listed
    (row,) = [line for line in listed.splitlines() if "for Anna" in line]
    assert f"revoke foyer {row.split()[0]}" in said
    desk.says("revoke", "foyer", row.split()[0])
    assert desk.get("/api/rooms/foyer/captions?before=9", word).status_code == 401


def test_a_phrase_is_corrected_and_what_was_said_is_taken_along(desk: Desk, tmp_path: Path) -> None:
    """`correct` changes a phrase that `export` named; `transcript` writes it, and `erase` leaves nothing."""
    desk.says("export", "main", str(tmp_path / "main.json"))
    (caption,) = json.loads((tmp_path / "main.json").read_text(encoding="utf-8"))["captions"]
    desk.says("correct", "main", caption["phrase"], "Said otherwise.")
    until(lambda: "otherwise" in desk.get("/transcript/main.txt", KEY).text)
    desk.says("transcript", "main", str(tmp_path / "main.srt"), "--track", "original")
    assert "Said otherwise." in (tmp_path / "main.srt").read_text(encoding="utf-8")
    desk.says("correct", "main", caption["phrase"])
    until(lambda: "otherwise" not in desk.get("/transcript/main.txt", KEY).text)
    desk.says("erase", "main", "--yes")
    desk.says("export", "main", str(tmp_path / "empty.json"))
    assert json.loads((tmp_path / "empty.json").read_text(encoding="utf-8"))["captions"] == []
    assert not list(tmp_path.glob(".*"))


def test_a_room_is_removed_once_somebody_is_sure(desk: Desk, tmp_path: Path) -> None:
    """Without a yes nothing happens; with it the room is gone, and its export is on the disk."""
    desk.says("create", "attic")
    assert desk.room("remove", "attic").returncode == 1
    assert desk.get("/api/rooms/attic", KEY).status_code == 200
    missing = tmp_path / "missing" / "attic.json"
    code, _ = desk.complains("remove", "attic", "--yes", "--export", str(missing))
    assert code == 2
    assert desk.get("/api/rooms/attic", KEY).json()["is_open"]
    desk.says("remove", "attic", "--yes", "--export", str(tmp_path / "attic.json"))
    assert json.loads((tmp_path / "attic.json").read_text(encoding="utf-8"))["room"]["name"] == "attic"
    assert "attic" not in desk.says("list")


def test_a_key_in_a_file_does_as_well(desk: Desk, tmp_path: Path) -> None:
    """`--key-file` is read where SURTITLE_KEY is not set; an empty file is a sentence."""
    file = tmp_path / "key"
    file.write_text(KEY + "\n", encoding="utf-8")
    assert "main" in desk.says("list", "--key-file", str(file), key="")
    file.write_text("\n", encoding="utf-8")
    code, sentence = desk.complains("list", "--key-file", str(file), key="")
    assert (code, "empty" in sentence) == (2, True)


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["create", "main"], 2, "there is a room main already"),
        (["create", "bad name"], 2, "name cannot be"),
        (["set", "main"], 2, "something to change"),
        (["key", "main", "admin"], 2, "viewer, source or operator"),
        (["correct", "main", "9-9", "text"], 2, "no 9-9"),
        (["revoke", "main", "0123456789ab"], 1, "there is no 0123456789ab"),
        (["list", "--at", "http://127.0.0.1:9"], 1, "No Surtitle answers"),
        (["list", "--at", "nowhere"], 2, "an address such as"),
    ],
)
def test_a_refusal_is_one_sentence(desk: Desk, words: list[str], code: int, complaint: str) -> None:
    """What the service or the program refuses is told in plain words."""
    told = desk.complains(*words)
    assert told[0] == code
    assert complaint in told[1]


@pytest.mark.parametrize("key", ["", "a-wrong-key-of-some-length"])
def test_a_wrong_key_is_a_sentence(desk: Desk, key: str) -> None:
    """Without the right key it is said where to put it."""
    code, sentence = desk.complains("list", key=key)
    assert (code, "SURTITLE_KEY" in sentence) == (1, True)


def test_keys_are_no_arguments() -> None:
    """No command takes a key as an argument, which other users of the machine would see."""
    for command in ("list", "create", "set", "key", "revoke"):
        told = CliRunner().invoke(main.app, ["room", command, "--help"], env={"COLUMNS": "200"}).output
        assert "--key-file" in told
        assert "--key " not in told


def test_labels_cannot_steer_the_terminal(desk: Desk) -> None:
    """What others named is shown without control characters and without markup."""
    desk.says("create", "cellar")
    desk.says("key", "cellar", "source", "--label", "\x1b[31m[bold]red")
    listed = desk.says("keys", "cellar")
    assert "\x1b" not in listed
    assert "[bold]red" in listed


def test_help_is_instant() -> None:
    """`--help` loads no model code and no HTTP client."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "app", "room", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"faster_whisper", "ctranslate2", "numpy", "fastapi", "httpx2", "uvicorn"}
