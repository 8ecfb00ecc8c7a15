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


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ({"retention_h": -1}, "Expected at least 0 for --retention, but got -1."),
        ({"port": "abc"}, "Expected a whole number for --port, but got 'abc'."),
        ({"window": "700"}, "Expected auto, 512, 768 or 1500 for --window, but got '700'. Did you mean 768?"),
        ({"device": "gpu"}, "Expected auto, cpu or cuda for --device, but got 'gpu'. Did you mean cuda?"),
        (
            {"task": "translat"},
            "Expected transcribe or translate for --task, but got 'translat'. Did you mean translate?",
        ),
        (
            {"language": "nglish"},
            "Expected a spoken language such as de or German for --language, but got 'nglish'. Did you mean en "
            "(English)?",
        ),
        (
            {"room": "my hall"},
            "Expected a room name (at most 64 letters, digits, - and _) for --room, but got 'my hall'.",
        ),
    ],
)
def test_a_wrong_option_is_a_sentence(given: dict[str, object], sentences: str) -> None:
    """The sentence says what the option must be, what came, and what was probably meant."""
    with pytest.raises(SettingsError) as error:
        config.read(**given)
    assert str(error.value) == sentences


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value from the environment is named by its variable, not by an option that nobody used."""
    monkeypatch.setenv("SURTITLE_RETENTION_H", "a day")
    with pytest.raises(SettingsError, match=r"^Expected a number for SURTITLE_RETENTION_H, but got 'a day'\.$"):
        config.read(port=0)
    assert config.read(retention_h=1).retention_h == 1


def test_a_wrong_key_is_not_shown() -> None:
    """The error for a key that is too short does not repeat it."""
    with pytest.raises(SettingsError) as failure:
        config.read(key="hush")
    assert "hush" not in str(failure.value)


def test_a_wrong_address_is_shown_without_its_secrets() -> None:
    """The sentence about an address that is not allowed names its host only."""
    with pytest.raises(SettingsError, match=re.escape("'https://example.org/…'")) as error:
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
    """The order is kept; names become codes; without a language, and with any, there are none."""
    assert config.read(language="de,en").languages == ("de", "en")
    assert config.read(language="English, deutsch,EN").languages == ("en", "de")
    assert config.read(language="any").languages == ()
    assert config.read().languages == ()


def test_names_may_be_in_upper_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings with a fixed set of names accept them in any case."""
    monkeypatch.setenv("SURTITLE_LOG_LEVEL", "INFO")
    assert (config.read(device="CPU").device, config.read().log_level) == ("cpu", "info")
