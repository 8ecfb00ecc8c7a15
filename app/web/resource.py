"""The base of all resources of the REST API, and the patterns that many of them use."""

from pydantic import BaseModel, ConfigDict

NAME = r"^[A-Za-z0-9_-]{1,64}$"
LANGUAGE = r"^[a-z]{2,3}$"


class Resource(BaseModel):
    """Base of all resources; unknown fields are rejected."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)
