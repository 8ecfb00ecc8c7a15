"""`surtitle key …`, and `surtitle room keys, key, revoke and renew`."""

import re

import pytest
from typer.testing import CliRunner

from app.cli import main
from tests.support.room_service import KEY, RoomService


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


def run(service: RoomService, *words: str, key: str = KEY, code: int = 0) -> str:
    """Run a command in this process, which is faster, and return what it prints."""
    env = {"SURTITLE_AT": service.address, "SURTITLE_KEY": key, "COLUMNS": "200"}
    done = CliRunner().invoke(main.app, words, env=env)
    assert done.exit_code == code, done.output
    return done.output


def test_keys_of_the_service_are_created_listed_rotated_and_revoked(service: RoomService) -> None:
    """A scraper's key and an admin's link are printed once, work, and end; all keys are in the list."""
    printed = run(service, "key", "create", "metrics", "--label", "prometheus")
    scraper = printed.split()[4]
    assert service.get("/metrics", scraper).status_code == 200
    assert service.get("/api/rooms", scraper).status_code == 401
    link = run(service, "key", "create", "admin", "--days", "1")
    admin, key_id = re.findall(r"All links +http://[^#]+/#(\S+)\n.*`surtitle key revoke (\w{12})`", link)[0]
    assert "opens the whole service as admin until 20" in link
    listed = run(service, "key", "list", key=admin)
    assert admin not in listed
    assert scraper not in listed
    assert "from the settings" in listed
    (row,) = [line for line in listed.splitlines() if line.startswith(key_id)]
    assert "never" not in row
    renewed = run(service, "key", "rotate", key_id).split("#")[1].split()[0]
    assert service.get("/api/rooms", admin).status_code == 401
    assert service.get("/api/rooms", renewed).status_code == 200
    run(service, "key", "revoke", key_id)
    assert service.get("/api/rooms", renewed).status_code == 401


def test_an_operator_manages_its_room(service: RoomService) -> None:
    """With --room, an operator's key is enough; without, it is not."""
    operator = re.findall(r"operator/annex#(\S+)", run(service, "room", "create", "annex"))[0]
    printed = run(service, "key", "create", "viewer", "--room", "annex", key=operator)
    key_id = re.findall(r"revoke annex (\w+)`", printed)[0]
    assert key_id in run(service, "key", "list", "--room", "annex", key=operator)
    run(service, "key", "rotate", key_id, "--room", "annex", key=operator)
    run(service, "key", "revoke", key_id, "--room", "annex", key=operator)
    assert "the key is wrong" in run(service, "key", "list", key=operator, code=1)


def test_one_command_renews_all_links_of_a_room(service: RoomService) -> None:
    """New links are printed with their labels, and the old ones are invalid; without --yes it asks."""
    old = re.findall(r"#(\S+)", run(service, "room", "create", "gallery"))
    assert len(old) == 3
    assert "End all links of the room gallery" in run(service, "room", "renew", "gallery", code=1)
    printed = run(service, "room", "renew", "gallery", "--yes")
    new = re.findall(r"(v|microphone|operator)/gallery#(\S+)  \(made with the room\)", printed)
    assert [page for page, _ in new] == ["v", "microphone", "operator"]
    for secret in old:
        assert service.get("/api/rooms/gallery/captions?before=9", secret).status_code == 401
    for _, secret in new:
        assert service.get("/api/rooms/gallery/captions?before=9", secret).status_code == 200


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


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["key", "create", "metrics", "--days", "900"], "at most 366 for --days, but got 900"),
        (["key", "create", "reader", "--room", "main"], "for ROLE, but got 'reader'. Did you mean viewer?"),
        (["key", "create", "viewer"], "Add --room NAME to the command."),
        (["key", "revoke", "UlgKNPxzKh_XbztR"], "perhaps the key itself"),
        (["key", "rotate", "UlgKNPxzKh_XbztR"], "perhaps the key itself"),
    ],
)
def test_a_wrong_option_is_named_as_it_was_typed(service: RoomService, words: list[str], complaint: str) -> None:
    """The sentence names the option or the id, not a field of the request, and repeats no secret."""
    printed = run(service, *words, code=2)
    assert complaint in printed
    assert "UlgKNPxzKh" not in printed


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
