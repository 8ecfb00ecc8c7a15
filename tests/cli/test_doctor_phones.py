"""What `surtitle doctor` says about phones."""

from pathlib import Path
from typing import Any

import pytest

from app import config
from app.cli.doctor_phones import check_phones
from app.web.tls import FOLDER, OwnCertificate


@pytest.mark.parametrize(
    ("settings", "networks", "colour", "expected"),
    [
        ({}, ["192.0.2.7"], "green", "No phone can open"),
        (
            {"host": "0.0.0.0"},
            ["192.0.2.7"],
            "green",
            "read at http://192.0.2.7:8000. To speak into a phone, use --https",
        ),
        ({"host": "0.0.0.0"}, [], "yellow", "not connected to a network"),
        (
            {"host": "0.0.0.0", "https": True},
            ["192.0.2.7"],
            "green",
            "speak at https://192.0.2.7:8000.",
        ),
        ({"public_url": "https://example.org"}, [], "green", "Phones can read and speak at https://example.org."),
    ],
)
def test_phones_are_told_apart(
    tmp_path: Path, settings: dict[str, Any], networks: list[str], colour: str, expected: str
) -> None:
    """The finding names the address for phones, and says whether they can speak there."""
    (finding,) = check_phones(config.read(data=tmp_path, **settings), lambda: networks)
    assert (finding.colour, expected in finding.message) == (colour, True), finding


def test_the_fingerprint_can_be_compared(tmp_path: Path) -> None:
    """Once the authority exists, its fingerprint is named."""
    own = OwnCertificate(tmp_path / FOLDER, lambda: ["192.0.2.7"])
    assert own.fingerprint in check_phones(config.read(data=tmp_path))[1].message
