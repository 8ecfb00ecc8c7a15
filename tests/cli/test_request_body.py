"""Tests for app.cli.request_body."""

import traceback

import pytest

from app.cli.request_body import build
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
