"""The client of the REST interface: what it builds before it sends."""

import re
import traceback
from pathlib import Path

import pytest

from app import cli
from app.cli.client import RestClient, build
from app.errors import SettingsError
from app.web.output_schemas import NewMeeting, NewObs
from app.web.resource import Resource
from app.web.schemas import RoomChange

SECRET = "a-word-nobody-may-see"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (NewMeeting, {"kind": "zoom", "url": SECRET * 100}),
        (NewObs, {"kind": "obs", "password": SECRET * 100}),
        (NewObs, {"kind": "obs", "overlay": SECRET}),
        (NewObs, {"password": SECRET}),
    ],
    ids=["url", "password", "overlay", "kind is missing"],
)
def test_a_secret_that_is_refused_is_not_printed(kind: type[Resource], fields: dict[str, object]) -> None:
    """Neither the sentence nor the traceback contains the secret."""
    with pytest.raises(SettingsError, match=r"^Expected .* for ") as refused:
        build(kind, **fields)
    assert SECRET not in "".join(traceback.format_exception(refused.value))


def test_what_is_no_secret_is_repeated() -> None:
    """A wrong value that is not a secret is part of the sentence."""
    with pytest.raises(SettingsError, match=r"Expected at most 65535 for --port, but got 70000\."):
        build(NewObs, kind="obs", port=70000)


def test_a_long_value_is_shortened() -> None:
    """A notice or glossary from a file does not fill the terminal."""
    with pytest.raises(SettingsError) as refused:
        build(RoomChange, privacy_notice="a" * 5_000)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    "address", ["http://192.0.2.7:8000", "http://captions.example", "http://127.0.0.1.example:8000"]
)
def test_a_key_is_not_sent_over_plain_http_to_another_machine(address: str) -> None:
    """Without --insecure, the client refuses before it connects; the sentence names the ways out, and not the key."""
    with pytest.raises(SettingsError, match=r"could read the key.*https, or run .*--insecure") as refused:
        RestClient(address, SECRET)
    assert SECRET not in str(refused.value)
    RestClient(address, SECRET, insecure=True)
    RestClient(address)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost", "https://far.example"]
)
def test_a_key_is_sent_on_this_machine_and_over_https(address: str) -> None:
    """The loopback and https need no option."""
    RestClient(address, SECRET)


def test_every_command_that_sends_a_key_knows_insecure() -> None:
    """Each command with --key-file has --insecure."""
    signatures = [
        text
        for path in Path(cli.__path__[0]).glob("*.py")
        for text in re.findall(r"\ndef [a-z]\w*\((.*?)\) ->", path.read_text(encoding="utf-8"), re.DOTALL)
        if "key_file: KeyFile" in text
    ]
    assert len(signatures) > 15
    assert [text for text in signatures if "insecure: Insecure" not in text] == []
