"""`surtitle room keys, key and revoke`: a room's keys."""

import pytest
from typer.testing import CliRunner

from app.cli import main
from tests.support.room_service import RoomService


def test_keys_are_created_listed_and_revoked(service: RoomService) -> None:
    """A key works until it is revoked; the list shows its id and label, but not the secret."""
    service.output("create", "foyer")
    printed = service.output("key", "foyer", "viewer", "--label", "for Anna", "--days", "2")
    secret = printed.split("#")[1].split()[0]
    assert service.get("/api/rooms/foyer/captions?before=9", secret).status_code == 200
    listed = service.output("keys", "foyer")
    assert secret not in listed
    (row,) = [line for line in listed.splitlines() if "for Anna" in line]
    assert f"revoke foyer {row.split()[0]}" in printed
    service.output("revoke", "foyer", row.split()[0])
    assert service.get("/api/rooms/foyer/captions?before=9", secret).status_code == 401


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["key", "main", "admin"], 2, "viewer, source or operator"),
        (["revoke", "main", "0123456789ab"], 1, "there is no 0123456789ab"),
    ],
)
def test_an_error_is_one_sentence(service: RoomService, words: list[str], code: int, complaint: str) -> None:
    """A role or a key that does not exist is one sentence with an exit code."""
    assert (service.error(*words)[0], complaint in service.error(*words)[1]) == (code, True)


def test_keys_are_no_arguments() -> None:
    """No command takes a key as an argument, which other users of the machine would see."""
    for command in ("list", "create", "set", "key", "revoke"):
        help_text = CliRunner().invoke(main.app, ["room", command, "--help"], env={"COLUMNS": "200"}).output
        assert "--key-file" in help_text
        assert "--key " not in help_text


def test_labels_cannot_steer_the_terminal(service: RoomService) -> None:
    """Labels are printed without control characters and without markup."""
    service.output("create", "cellar")
    service.output("key", "cellar", "source", "--label", "\x1b[31m[bold]red")
    listed = service.output("keys", "cellar")
    assert "\x1b" not in listed
    assert "[bold]red" in listed
