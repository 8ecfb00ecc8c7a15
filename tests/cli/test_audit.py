"""`surtitle audit`: prints the audit log of a data folder."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import main
from app.cli.audit import parse_since
from app.errors import SettingsError
from app.store.audit_files import AUDIT
from app.store.audit_log import AuditLog

RUNNER = CliRunner()
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", "2026-11-21T11:30:00+00:00"),
        ("12h", "2026-11-21T00:00:00+00:00"),
        ("7d", "2026-11-14T12:00:00+00:00"),
        ("2026-11-20", "2026-11-20T00:00:00+00:00"),
        ("2026-11-20T10:00:00+02:00", "2026-11-20T08:00:00+00:00"),
    ],
)
def test_times_are_relative_or_dates(text: str, expected: str) -> None:
    """`--since` takes what counts back from now, dates and times."""
    assert parse_since(text, NOW) == round(datetime.fromisoformat(expected).timestamp() * 1000)


@pytest.mark.parametrize("text", ["", "yesterday", "7", "7w", "999999999999d", "2026-13-01"])
def test_other_times_are_refused(text: str) -> None:
    """The sentence shows the forms."""
    with pytest.raises(SettingsError, match="30m"):
        parse_since(text, NOW)


def test_records_are_chosen_by_room_and_key(tmp_path: Path) -> None:
    """`--room` and `--key` choose, `--json` prints lines for programs, and a key's own creation belongs to it."""
    log = AuditLog(tmp_path / AUDIT)
    log.record("key_created", key="local", room="hall", address="192.0.2.7", detail="0f3a9c52d1e4 viewer")
    log.record("room_exported", key="0f3a9c52d1e4", room="hall")
    log.record("room_created", key="local", room="foyer")
    log.close()
    words = ["audit", "--data", str(tmp_path)]
    done = RUNNER.invoke(main.app, [*words, "--json", "--key", "0f3a9c52d1e4", "--since", "1h"])
    assert [json.loads(line)["action"] for line in done.stdout.splitlines()] == ["key_created", "room_exported"]
    done = RUNNER.invoke(main.app, [*words, "--room", "foyer"])
    (line,) = done.stdout.splitlines()
    assert line.split()[2:] == ["room", "created", "local", "foyer", "-"]
    assert "hall" not in done.stdout
    assert done.exit_code == 0


def test_a_folder_without_a_log_is_no_error(tmp_path: Path) -> None:
    """A sentence says that nothing is recorded, and where it was looked for."""
    done = RUNNER.invoke(main.app, ["audit", "--data", str(tmp_path)])
    assert (done.exit_code, str(tmp_path) in done.stdout) == (0, True)
    assert RUNNER.invoke(main.app, ["audit", "--data", str(tmp_path), "--json"]).stdout == ""
