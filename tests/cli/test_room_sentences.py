"""Tests for app.cli.room_sentences."""

from typing import Any

import pytest

from app.cli import room_sentences
from app.web.messages import RoomStatus
from app.web.schemas import RoomChange, RoomResource

FIELDS: dict[str, Any] = {
    "name": "hall",
    "title": "",
    "address": None,
    "languages": (),
    "task": "transcribe",
    "glossary": "",
    "retention_h": 24.0,
    "is_public": False,
    "code": None,
    "is_open": True,
    "source": None,
    "outputs": (),
    "is_hidden": False,
    "is_paused": False,
    "notice": "",
    "offers_transcript": False,
    "frame_sites": (),
    "targets": (),
    "translates_always": False,
    "speaker_names": {},
    "shows_names": True,
    "privacy_notice": "",
    "state": RoomStatus.model_construct(),
}


def _describe(field: str, value: object, **others: object) -> str:
    fields: dict[str, Any] = {**FIELDS, field: value, **others}
    room = RoomResource.model_construct(**fields)
    return " ".join(room_sentences.describe_changes(room, [field], "http://192.0.2.7:8000/"))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("is_paused", True, "Room hall is paused: audio is ignored. Resume with surtitle room set hall --resume."),
        ("is_paused", False, "Room hall is not paused: speech is subtitled."),
        ("is_hidden", False, "The screens of room hall show the subtitles."),
        ("notice", "", "Room hall shows no message."),
        ("languages", ("de",), "Room hall expects German (de)."),
        ("languages", (), "Room hall detects the spoken language."),
        ("task", "translate", "Room hall has English subtitles beside the original ones."),
        ("targets", ("fr", "pt"), "Room hall is translated into French (fr) and Portuguese (pt)."),
        ("targets", (), "The text of room hall is translated into no language."),
        ("translates_always", True, "Room hall is translated all the time, even while nobody reads a translation."),
        ("glossary", "Surtitle\n\n", "Room hall uses the glossary of 1 line, from the next words on."),
        ("retention_h", 72.0, "Captions of room hall are kept for 72 hours."),
        ("retention_h", 0.0, "Captions of room hall are kept in memory only, and are gone when the service ends."),
        ("is_public", False, "Room hall is private: readers need a link with a key."),
        ("is_open", True, "Room hall is open: people may join."),
        ("title", "Großer Saal", "Pages call room hall “Großer Saal”."),
        ("privacy_notice", "", "Room hall shows no data protection notice of its own."),
    ],
)
def test_a_changed_field_is_a_sentence(field: str, value: object, sentence: str) -> None:
    """The sentence says the state that the room is in now, and how to end it where that is urgent."""
    assert _describe(field, value) == sentence


def test_a_public_room_says_where_people_read() -> None:
    """The sentence has the short address."""
    assert _describe("is_public", True, code="GWVAJK").endswith(" http://192.0.2.7:8000/c/GWVAJK")


def test_a_message_cannot_steer_the_terminal() -> None:
    """What others wrote is printed without control characters, and a long message is cut."""
    sentence = _describe("notice", "\x1b[31m" + "a" * 200)
    assert "\x1b" not in sentence
    assert len(sentence) < 200


def test_every_field_has_a_sentence() -> None:
    """No change of a room is answered with silence."""
    assert set(room_sentences.SENTENCES) == set(RoomChange.model_fields)
