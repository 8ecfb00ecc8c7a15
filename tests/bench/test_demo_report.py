"""The demo meeting compared with its script."""

from dataclasses import replace

from app.bench import demo_report
from app.decode import demo_files
from tests.support.caption_history import HISTORY


def test_a_meeting_is_compared_with_its_script() -> None:
    """Both tracks are measured against the meeting's text, and the summary has their word error rates."""
    english = [replace(shown, event=replace(shown.event, track="en")) for shown in HISTORY]
    report = demo_report.measure(demo_files.MEETING, [*HISTORY, *english])
    assert [clip.line.task for clip in report.clips] == ["transcribe", "translate"]
    assert all(clip.word_errors.n_reference > 100 for clip in report.clips)
    summary = demo_report.summarize(report).splitlines()
    assert summary[0].startswith("Word error rate against the script: ")
    assert summary[-1].startswith("Solid words that changed later: ")
