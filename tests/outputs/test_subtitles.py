"""Phrases become files that players read correctly."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.captions.event import Event, State
from app.errors import SettingsError
from app.outputs.subtitles import Format, file_format, parse_format, write
from tests.support.odd_phrases import CASES, STATES, TEXTS, through_disk
from tests.support.subtitle_readers import READERS


def phrase(text: str, start_s: float, end_s: float, state: State = "final") -> Event:
    """Make a phrase as it is in the log."""
    return Event("main", "e", 1, f"1-{start_s:.0f}", 1, "clip", "en", state, "en", start_s, end_s, text)


PHRASES = [
    phrase("Profit & loss: revenue <b>grew</b> by eight percent in Berlin.", 1.0, 5.5),
    phrase("This was not said.", 5.0, 6.0, "withdrawn"),
    phrase("Goodbye.", 3661.25, 3661.5, "corrected"),
]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "srt",
            "1\n00:00:01,000 --> 00:00:05,500\n"
            "Profit & loss: revenue <\u2060b>grew<\u2060/b>\nby eight percent in Berlin."
            "\n\n2\n01:01:01,250 --> 01:01:02,250\nGoodbye.\n\n",
        ),
        (
            "vtt",
            "WEBVTT\n\n00:00:01.000 --> 00:00:05.500\nProfit &amp; loss: revenue &lt;b&gt;grew&lt;/b&gt;\n"
            "by eight percent in Berlin.\n\n01:01:01.250 --> 01:01:02.250\nGoodbye.\n\n",
        ),
        ("txt", "Profit & loss: revenue <b>grew</b> by eight percent in Berlin.\nGoodbye.\n"),
        (
            "json",
            '[\n{"start_s": 1.0, "end_s": 5.5, "language": "en", "speaker": null, '
            '"text": "Profit & loss: revenue <b>grew</b> by eight percent in Berlin.", "doubtful": []},\n'
            '{"start_s": 3661.25, "end_s": 3661.5, "language": "en", "speaker": null, "text": "Goodbye.", '
            '"doubtful": []}\n]\n',
        ),
        (
            "csv",
            "\ufeffstart_s,end_s,language,speaker,text\r\n"
            "1.000,5.500,en,,Profit & loss: revenue <b>grew</b> by eight percent in Berlin.\r\n"
            "3661.250,3661.500,en,,Goodbye.\r\n",
        ),
    ],
)
def test_write(kind: Format, expected: str) -> None:
    """Each format has its times and escapes; what was withdrawn is left out."""
    assert write(kind, PHRASES) == expected


def test_no_phrases() -> None:
    """Before the first phrase WebVTT and CSV have their headers, JSON an empty list, the others nothing."""
    kinds: tuple[Format, ...] = ("srt", "vtt", "txt", "json", "csv")
    header = "\ufeffstart_s,end_s,language,speaker,text\r\n"
    assert [write(kind, []) for kind in kinds] == ["", "WEBVTT\n\n", "", "[\n\n]\n", header]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("txt", ["Ann & Bo: One.", "Two.", "Cy: Three.", ">> Four.", "Five."]),
        ("srt", ["Ann & Bo: One.", "Two.", "Cy: Three.", ">> Four.", "Five."]),
        ("vtt", ["<v Ann &amp; Bo>One.", "<v Ann &amp; Bo>Two.", "<v Cy>Three.", "Four.", "Five."]),
    ],
)
def test_speakers(kind: Format, names: list[str]) -> None:
    """Speakers are voices in WebVTT; elsewhere a name is written where the speaker changes, or a mark."""
    said = zip(("Ann &\nBo", "Ann & Bo", "Cy", None, None), ("One.", "Two.", "Three.", "Four.", "Five."), strict=True)
    phrases = [replace(phrase(text, i, i + 1), speaker=speaker) for i, (speaker, text) in enumerate(said)]
    assert [line for line in write(kind, phrases).splitlines() if line.endswith(".")] == names


def test_phrases_are_written_in_the_order_of_their_sound() -> None:
    """A phrase that was logged late is written in its place."""
    assert write("txt", [phrase("Second.", 2, 3), phrase("First.", 0, 1)]).split() == ["First.", "Second."]


@CASES
@given(
    st.lists(
        st.builds(
            Event,
            room=TEXTS,
            epoch=TEXTS,
            seq=st.none() | st.integers(),
            phrase=TEXTS,
            rev=st.integers(),
            source=TEXTS,
            track=TEXTS,
            state=st.sampled_from([*STATES, "open"]),
            language=TEXTS,
            start_s=st.floats(-1e9, 1e9),
            end_s=st.floats(-1e9, 1e9),
            committed=TEXTS,
            tentative=TEXTS,
            speaker=st.none() | TEXTS,
        ),
        max_size=4,
    )
)
def test_every_event_can_be_written_and_read(phrases: list[Event]) -> None:
    """Each format can write any event in UTF-8, and its reader can read it."""
    for kind, read in READERS.items():
        read(through_disk(write(kind, phrases)))


@pytest.mark.parametrize("name", ["srt", "vtt", "txt", "json", "csv"])
def test_formats_are_found(name: str) -> None:
    """A format is found by its name, and by the suffix of a file in any case."""
    assert parse_format(name) == file_format(Path(f"talk.{name.upper()}")) == name


@pytest.mark.parametrize("name", ["", ".srt", "doc"])
def test_unknown_formats_are_refused(name: str) -> None:
    """An unknown format is refused with a sentence that lists those that exist."""
    with pytest.raises(SettingsError, match=r"Expected srt, vtt, txt, json or csv for the format, but got"):
        parse_format(name)
    with pytest.raises(SettingsError, match=r"ends in \.srt, \.vtt, \.txt, \.json or \.csv, but got talk\."):
        file_format(Path("talk.doc"))
