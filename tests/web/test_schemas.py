"""The resources of the REST API: what they accept."""

import pytest
from pydantic import TypeAdapter, ValidationError

from app.web.output_schemas import NewOutput, NewTeams
from app.web.schemas import NewKey, NewRoom, RoomChange

OUTPUT: TypeAdapter[object] = TypeAdapter(NewOutput)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a.b"},
        {"name": "x" * 65},
        {"name": "hall", "colour": "red"},
        {"name": "hall", "languages": ["english"]},
        {"name": "hall", "is_public": "yes"},
        {"name": "hall", "retention_h": -1},
        {"name": "hall", "source": "file:///etc/passwd"},
    ],
)
def test_invalid_rooms_are_refused(body: dict[str, object]) -> None:
    """Names, languages, flags, times and addresses are checked, and unknown fields are rejected."""
    with pytest.raises(ValidationError):
        NewRoom.model_validate(body)


def test_a_change_may_name_any_field_or_none() -> None:
    """All fields of a change are optional."""
    assert RoomChange.model_validate({}).model_fields_set == set()
    assert RoomChange.model_validate({"is_open": False}).is_open is False


def test_a_key_expires_within_a_year() -> None:
    """The time to live is positive and at most 366 days; 90 days if none is given."""
    assert NewKey.model_validate({"role": "viewer"}).lasts_s == 90 * 86400.0
    for lasts_s in (0.0, 367 * 86400.0):
        with pytest.raises(ValidationError):
            NewKey.model_validate({"role": "viewer", "lasts_s": lasts_s})


def test_outputs_are_parsed_by_their_kind() -> None:
    """The kind selects the fields; secrets are not in the text of the object."""
    teams = OUTPUT.validate_python({"kind": "teams", "url": "https://example.org/secret"})
    assert isinstance(teams, NewTeams)
    assert "secret" not in repr(teams)
    with pytest.raises(ValidationError):
        OUTPUT.validate_python({"kind": "zoom", "format": "srt"})
