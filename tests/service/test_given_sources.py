"""The sources of the command line, and who speaks there."""

from pathlib import Path

import pytest

from app import config
from app.errors import SettingsError
from app.service.given_sources import GivenSource, read_channels, read_source, read_sources


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("microphone", GivenSource("microphone")),
        ("Ada=microphone:USB", GivenSource("microphone:USB", "Ada")),
        ("Dr. Ada King = talk.wav", GivenSource("talk.wav", "Dr. Ada King")),
        ("Ada=https://example.org/a?b=c", GivenSource("https://example.org/a?b=c", "Ada")),
        ("https://example.org/a?b=c", GivenSource("https://example.org/a?b=c")),
        ("microphone:USB=Audio", GivenSource("microphone:USB=Audio")),
        ("./take=1.wav", GivenSource("./take=1.wav")),
        ("C:\\a=b.wav", GivenSource("C:\\a=b.wav")),
    ],
)
def test_a_name_may_stand_before_a_source(text: str, source: GivenSource) -> None:
    """Addresses, paths and devices keep their equals signs."""
    assert read_source(text) == source


def test_a_file_with_an_equals_sign_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What exists is not split."""
    (tmp_path / "take=1.wav").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert read_source("take=1.wav") == GivenSource("take=1.wav")


def test_several_sources_are_one_a_line() -> None:
    """Channels need one source without a name."""
    assert read_sources(config.read(source="Ada=a.wav\nGrace=b.wav\n")) == [
        GivenSource("a.wav", "Ada"),
        GivenSource("b.wav", "Grace"),
    ]
    assert len(read_channels(config.read(source="a.wav", channels="1:Ada,2:Grace"))) == 2
    for source, complaint in (
        (None, "Expected one --source for --channels, but got none."),
        ("a.wav\nb.wav", "but got 2"),
        ("Ada=a.wav", "without a name"),
        ("-", "one channel"),
    ):
        with pytest.raises(SettingsError, match=complaint):
            read_sources(config.read(source=source, channels="1:Ada"))
