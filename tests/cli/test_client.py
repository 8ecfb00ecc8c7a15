"""The client of the REST interface: what it builds before it sends."""

import traceback

import pytest

from app.cli.client import build
from app.errors import SettingsError
from app.web.schemas import NewMeeting, NewObs, Resource

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
    """The sentence says "that value"; neither it nor the traceback contains the secret."""
    with pytest.raises(SettingsError, match="cannot be that value: ") as refused:
        build(kind, **fields)
    assert SECRET not in "".join(traceback.format_exception(refused.value))


def test_what_is_no_secret_is_repeated() -> None:
    """A wrong value that is not a secret is part of the sentence."""
    with pytest.raises(SettingsError, match="The port cannot be 70000: "):
        build(NewObs, kind="obs", port=70000)
