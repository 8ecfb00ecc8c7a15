"""Tests for app.config."""

import re
from pathlib import Path

import pytest

from app import config
from app.errors import SettingsError


def test_given_values_override_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value on the command line counts before the environment, and None counts as not given."""
    monkeypatch.setenv("SURTITLE_ROOM", "hall")
    assert config.read(room="stage").room == "stage"
    assert config.read(room=None).room == "hall"


def test_a_wrong_value_is_a_sentence() -> None:
    """The error names the setting, the option and the environment variable."""
    with pytest.raises(SettingsError, match=r"retention_h cannot be -1: .*--retention-h or SURTITLE_RETENTION_H"):
        config.read(retention_h=-1)


def test_a_wrong_key_is_not_shown() -> None:
    """The error for a key that is too short does not repeat it."""
    with pytest.raises(SettingsError) as failure:
        config.read(key="hush")
    assert "hush" not in str(failure.value)


def test_a_wrong_address_is_shown_without_its_secrets() -> None:
    """The sentence about an address that is not allowed names its host only."""
    with pytest.raises(SettingsError, match=re.escape("'https://example.org'")) as error:
        config.read(public_url="https://me:canary@example.org/canary?token=canary")
    assert "canary" not in str(error.value)


def test_the_key_comes_from_the_environment_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`read_key` uses the file only when the environment has no key."""
    path = tmp_path / "key"
    path.write_text("from the file\n", encoding="utf-8")
    assert config.read_key(path) == "from the file"
    monkeypatch.setenv("SURTITLE_KEY", "from the environment")
    assert config.read_key(path) == "from the environment"
    monkeypatch.delenv("SURTITLE_KEY")
    assert config.read_key(None) == ""


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_file_without_a_key_is_a_sentence(content: str | None, tmp_path: Path) -> None:
    """A missing file and an empty one are errors that name the file."""
    path = tmp_path / "key"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"The file .*key with the key|in the file .*key, but it is empty"):
        config.read_key(path)


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("surtitle.example", False)],
)
def test_only_this_machine_reaches_a_loopback_host(host: str, is_loopback: bool) -> None:
    """Loopback addresses and the name localhost are recognized."""
    assert config.read(host=host).is_loopback == is_loopback


def test_languages_are_separated_by_commas() -> None:
    """The order is kept; without a language there are none."""
    assert config.read(language="de,en").languages == ("de", "en")
    assert config.read().languages == ()
