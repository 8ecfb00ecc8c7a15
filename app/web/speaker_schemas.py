"""The REST bodies of speakers: their names, and whether people who share a source are distinguished."""

from pydantic import Field, StrictBool

from app.web.resource import Resource

NAME_MAX = 80
"""Characters of a label or a name."""


class SpeakerName(Resource):
    """The name that is shown for a speaker."""

    label: str = Field(min_length=1, max_length=NAME_MAX, description="The label that the speaker's captions have.")
    name: str = Field(
        max_length=NAME_MAX,
        description="The name that is shown; two labels with one name are one speaker. Empty shows the label again.",
    )


class SpeakerNames(Resource):
    """The names of a room's speakers."""

    speaker_names: dict[str, str] = Field(description="The names that are shown, by label.")


class VoiceSwitch(Resource):
    """Whether people who share a source are distinguished."""

    is_on: StrictBool = Field(description="Whether voices are analysed from now on.")


class VoicesResource(Resource):
    """How people who share a source are distinguished."""

    model: str | None = Field(description="The speaker model; null if the service was started without one.")
    is_on: bool = Field(description="Whether voices are analysed now.")
    n_people: int = Field(description="People who were distinguished since the service started.")
