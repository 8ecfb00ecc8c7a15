"""`surtitle backup`, `restore`, `incident` and `audit` on one real service, as in the life of an installation."""

import json
import stat
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner
from websockets.sync.client import connect

from app.cli import main
from app.decode import demo_files
from app.store import admin_key
from tests.support.program import running_surtitle
from tests.support.room_service import poll

SERVE = ["serve", "--model", "demo", "--source", str(demo_files.CLIP), "--language", "en", "--port", "0"]


def succeed(*words: str) -> str:
    """Run a command that succeeds, and return its output."""
    done = CliRunner().invoke(main.app, words)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def fail(*words: str) -> str:
    """Run a command that fails with one sentence, and return it."""
    done = CliRunner().invoke(main.app, words)
    assert done.exit_code in (1, 2)
    (sentence,) = done.stderr.splitlines()
    return sentence


def test_an_installation_is_backed_up_stopped_and_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A running service is backed up, an incident closes it, and the restore brings back what may come back."""
    monkeypatch.setenv("SURTITLE_DATA", str(tmp_path / "data"))
    data, file = tmp_path / "data", tmp_path / "one.surtitle"
    with running_surtitle(*SERVE, "--data", str(data)) as program:
        at = program.wait_for(r"All links: +(http://127\.0\.0\.1:\d+)/")
        headers = {"Authorization": f"Bearer {admin_key.read(data)}"}
        where = ["--data", str(data), "--at", at]
        poll(lambda: "version" in httpx.get(f"{at}/transcript/main.txt", headers=headers).text)
        assert str(file) in succeed("backup", str(file), *where)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "--force" in fail("backup", str(file), *where)
        succeed("backup", str(file), *where, "--force", "--with-admin-key")
        assert "Stop it" in fail("restore", str(file), "--data", str(data), "--force")
        made = succeed("room", "key", "main", "viewer", "--label", "press", "--at", at)
        secret = made.partition("#")[2].split()[0]
        with connect(at.replace("http", "ws") + "/ws/main") as socket:
            socket.send(json.dumps({"type": "hello", "role": "viewer", "key": secret}))
            assert json.loads(socket.recv())["type"] in ("welcome", "snapshot")
            printed = succeed("incident", "--yes", "--at", at)
        assert "press" in printed
        assert "127.0.0.1" in printed
        assert "What to do next" in printed
        assert secret not in printed
        assert httpx.get(f"{at}/api/rooms/main/captions?before=9").status_code == 404  # closed
    actions = [json.loads(line)["action"] for line in succeed("audit", "--json", "--data", str(data)).splitlines()]
    assert actions[0] == "service_started"
    assert actions[-1] == "service_stopped"
    assert {"key_created", "backup_made", "incident", "transcript_downloaded"} <= set(actions)
    assert "--force" in fail("restore", str(file), "--data", str(data))
    said = succeed("restore", str(file), "--data", str(data), "--force")
    assert "1 rooms, 1 captions and 0 keys" in said
    assert not (tmp_path / "new").exists()
    assert "1 rooms, 1 captions" in succeed("restore", str(file), "--data", str(tmp_path / "new"))
    assert admin_key.read(tmp_path / "new") == headers["Authorization"].removeprefix("Bearer ")
    again = tmp_path / "two.surtitle"
    assert "1 captions" in succeed("backup", str(again), "--data", str(tmp_path / "new"))
    assert not list(data.glob(".backup*"))
    actions = [
        json.loads(line)["action"]
        for line in succeed("audit", "--json", "--data", str(again.parent / "new")).splitlines()
    ]
    assert actions == ["backup_restored", "backup_made"]


@pytest.mark.parametrize("content", [b"", b"no backup at all", b"PK\x05\x06" + b"\0" * 18])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """The sentence says what was expected, and no data folder is created."""
    (tmp_path / "file").write_bytes(content)
    assert "Expected a backup of Surtitle" in fail("restore", str(tmp_path / "file"), "--data", str(tmp_path / "data"))
    assert not (tmp_path / "data").exists()


def test_nothing_is_created_where_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    """A wrong data folder is named, and neither it nor the file appears."""
    assert "nothing to back up" in fail("backup", str(tmp_path / "file"), "--data", str(tmp_path / "none"))
    assert list(tmp_path.iterdir()) == []
