"""The client of the REST interface: where it sends keys."""

import re
from pathlib import Path

import pytest

from app import cli
from app.cli.client import RestClient
from app.errors import SettingsError

SECRET = "a-word-nobody-may-see"


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
