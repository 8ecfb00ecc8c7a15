"""Compares the demo meeting as it was shown with its script."""

import json
from collections.abc import Sequence
from pathlib import Path

from app.bench.json_lines import TimedWord
from app.bench.manifest import ManifestLine
from app.bench.shown_event import ShownEvent
from app.bench.stream import measure_clip
from app.bench.stream_play import PlayedClip
from app.bench.stream_report import StreamReport


def measure(meeting: Path, history: Sequence[ShownEvent]) -> StreamReport:
    """Measure what viewers saw of the meeting, on the original track and in English.

    `history` has every event with its moment in seconds since the sound began; the script is the JSON file beside the
    sound. Decode times are not known here, so the report has no costs.
    """
    script = json.loads(meeting.with_suffix(".json").read_text(encoding="utf-8"))
    spoken = script["lines"]
    words = tuple(TimedWord(word["text"], word["start_s"], word["end_s"]) for line in spoken for word in line["words"])
    lines = (
        ManifestLine(meeting, None, "transcribe", " ".join(line["text"] for line in spoken), words),
        ManifestLine(meeting, None, "translate", " ".join(line["english"] for line in spoken), words),
    )
    played = PlayedClip(float(script["duration_s"]), history=list(history))
    return StreamReport(tuple(measure_clip(line, played) for line in lines))


def summarize(report: StreamReport) -> str:
    """Return the most important figures as a few sentences."""
    original, english = report.clips
    figures = report.as_json()
    rows = [
        f"Word error rate against the script: {original.word_errors.rate:.1%} as spoken, "
        f"{english.word_errors.rate:.1%} in English.",
    ]
    for name, meaning in (
        ("first_shown_s", "Delay until a word is shown"),
        ("commit_lag_s", "Delay until a word is solid"),
    ):
        spread = figures[name]
        if isinstance(spread, dict) and spread["p50"] is not None:
            rows.append(
                f"{meaning}: {spread['p50']:.1f} s in the median, {spread['p95']:.1f} s at the 95th percentile."
            )
    rows.append(f"Solid words that changed later: {figures['final_revisions']}.")
    return "\n".join(rows)
