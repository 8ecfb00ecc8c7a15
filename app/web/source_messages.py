"""What a microphone page says beside its sound, as `docs/protocol.md` describes it."""

from typing import Literal

from pydantic import Field, ValidationError

from app.web.messages import WireMessage


class SpeakerMessage(WireMessage):
    """Another person speaks at a microphone page from now on."""

    type: Literal["speaker"]
    speaker: str = Field(max_length=40)


class EndMessage(WireMessage):
    """A microphone page ends its session."""

    type: Literal["end"]


def parse_speaker(text: str) -> str | None:
    """Return the name in a `SpeakerMessage`, None if it is none."""
    try:
        return SpeakerMessage.model_validate_json(text).speaker
    except ValidationError:
        return None


def is_end(text: str) -> bool:
    """Return whether a text message of a source is an end message."""
    try:
        EndMessage.model_validate_json(text)
    except ValidationError:
        return False
    return True
