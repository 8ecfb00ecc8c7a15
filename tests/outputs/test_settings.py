"""The settings of outputs are stored and read back."""

import json
from dataclasses import asdict

import pytest

from app.outputs.settings import FileOutput, MeetingOutput, ObsOutput, OutputSettings, from_stored


@pytest.mark.parametrize(
    "output",
    [
        FileOutput("srt", "en"),
        MeetingOutput("teams", "1", "https://example.com/secret", "en", "en-US"),
        ObsOutput("2", password="secret", overlay="http://127.0.0.1/#key"),
    ],
)
def test_settings_are_read_back(output: OutputSettings) -> None:
    """What was stored as JSON is the same after reading, and the repr contains no secret."""
    assert from_stored(json.loads(json.dumps(asdict(output)))) == output
    assert not any(secret in repr(output) for secret in ("secret", "key"))


def test_a_file_is_named_by_format_and_track() -> None:
    """There is one file of each format and track."""
    assert [FileOutput("srt").id, FileOutput("vtt", "en").id] == ["live.srt", "en.vtt"]
