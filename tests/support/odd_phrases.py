"""Phrases full of markup and odd characters, and what subtitle files keep of them."""

import os
import re
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st

from app.captions.event import Event, State
from app.outputs.cues import tidy

CASES = settings(max_examples=int(os.environ.get("SURTITLE_FUZZ_CASES", "200")), deadline=None)
"""How many phrases each property is tried with; SURTITLE_FUZZ_CASES=100000 takes some minutes for each."""

MARKUP = [
    *("-->", "00:00:01,000 --> 00:00:02,000", "00:01.000 --> 00:02.000", "--", ">", "<b>", "</b>", "<", "<v Ann>"),
    *(
        "{\\an8}",
        "{",
        "\\N",
        "\\",
        "&amp;",
        "&lt;",
        "&#60;",
        "&",
        "amp;",
        "WEBVTT",
        "NOTE",
        "STYLE",
        "REGION",
        "1",
        "42",
    ),
    *(" ", "\n", "\n\n", "\r", "\r\n", "\t", "\x85", "\u2028", "\u2029", "\x00", "\x1b", "\x1c", "\x0b", "\ufeff"),
    *("=", "=1+1", "+", "-", "@", "＝", "＋", "－", "＠", "'", "''", '"', ",", ";", "[", "]", "}", ": "),
    *(
        "\u2060",
        "\u200b",
        "\u200d",
        "\u200e",
        "\u202e",
        "\u2066",
        "\ud800",
        "\udfff",
        "\U0001f469",
        "e\u0301",
        "今天。",
    ),
    *("word", "und", "x" * 50, "\u00a0", "\u3000", "\u00ad"),
]
"""What some format takes for more than text."""

TEXTS = st.lists(
    st.one_of(st.sampled_from(MARKUP), st.text(st.characters(exclude_categories=[]), max_size=6)), max_size=12
).map("".join)

STATES: list[State] = ["final", "corrected", "withdrawn"]

PHRASES = st.lists(
    st.builds(
        lambda start_ms, long_ms, state, language, speaker, text, doubtful: Event(
            "main", "e", 1, f"1-{start_ms}", 1, "clip", "original", state, language,
            start_ms / 1000, (start_ms + long_ms) / 1000, text, speaker=speaker, doubtful=doubtful,
        ),
        st.integers(0, 400_000_000),
        st.integers(0, 30_000),
        st.sampled_from(STATES),
        st.sampled_from(["de", "en", "=de"]),
        st.none() | TEXTS,
        TEXTS,
        st.sampled_from([(), (0,), (1, 2)]),
    ),
    max_size=4,
)  # fmt: skip


def kept_phrases(phrases: list[Event]) -> list[Event]:
    """Return the phrases that a file contains: not withdrawn, not empty, valid in UTF-8, in order."""
    kept = [
        replace(event, committed=_valid(event.committed), speaker=_valid(event.speaker or "") or None)
        for event in phrases
        if event.state != "withdrawn" and tidy(event.committed)
    ]
    return sorted(kept, key=lambda event: event.start_s)


def named_texts(phrases: list[Event]) -> list[str]:
    """Return the texts, with a name where the speaker changes, or `>> ` where it is not known who speaks then."""
    names = [tidy(event.speaker or "") for event in phrases]
    return [
        event.committed if name == before else f"{name}: {event.committed}" if name else f">> {event.committed}"
        for event, name, before in zip(phrases, names, ["", *names], strict=False)
    ]


def through_disk(text: str) -> str:
    """Return what a program reads from a file with this text."""
    return text.encode("utf-8").decode("utf-8")


def _valid(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)
