"""What the commands for rooms share."""

import os
import re
import stat
from pathlib import Path

import pytest

from app.cli import terminal
from app.errors import SettingsError
from tests.support.room_service import KEY, RoomService


@pytest.mark.parametrize(
    ("address", "code", "complaint"),
    [("http://127.0.0.1:9", 1, "Surtitle does not answer"), ("nowhere", 2, "an address such as")],
)
def test_a_wrong_address_is_a_sentence(service: RoomService, address: str, code: int, complaint: str) -> None:
    """An address without a service, or text that is not an address, is one sentence."""
    returned, sentence = service.error("list", "--at", address)
    assert (returned, complaint in sentence) == (code, True)


def test_moments_are_local_and_to_the_minute() -> None:
    """A moment is printed in this machine's time zone; what stands for none is given."""
    assert terminal.format_minute(None, "never") == "never"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d", terminal.format_minute(1_700_000_000_000, "never"))


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """A file is replaced by the new content; a path that cannot be written is a sentence."""
    terminal.write_file(tmp_path / "a.json", b"{}")
    assert (tmp_path / "a.json").read_bytes() == b"{}"
    with pytest.raises(SettingsError, match=r"The file .* cannot be written"):
        terminal.write_file(tmp_path / "missing" / "a.json", b"{}")


def test_only_the_owner_can_read_a_written_file(tmp_path: Path) -> None:
    """An export contains what people said, whatever the user's umask and the old file allow."""
    path = tmp_path / "a.json"
    before = os.umask(0o022)
    try:
        path.write_bytes(b"old")
        terminal.write_file(path, b"{}")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_key_may_be_in_a_file(service: RoomService, tmp_path: Path) -> None:
    """`--key-file` is read if SURTITLE_KEY is not set; an empty file is an error."""
    file = tmp_path / "key"
    file.write_text(KEY + "\n", encoding="utf-8")
    assert "main" in service.output("list", "--key-file", str(file), key="")
    file.write_text("\n", encoding="utf-8")
    code, sentence = service.error("list", "--key-file", str(file), key="")
    assert (code, "empty" in sentence) == (2, True)


@pytest.mark.parametrize("key", ["", "a-wrong-key-of-some-length"])
def test_a_wrong_key_is_a_sentence(service: RoomService, key: str) -> None:
    """Without the right key, the sentence says where to put it."""
    code, sentence = service.error("list", key=key)
    assert (code, "SURTITLE_KEY" in sentence) == (1, True)
