"""The figures of clips, calculated by hand."""

from dataclasses import replace
from pathlib import Path

from app.bench import stream
from app.bench.json_lines import TimedWord
from app.bench.manifest import ManifestLine
from app.bench.stream_play import DecodeCost, PlayedClip
from app.bench.stream_report import StreamReport, compute_figures
from tests.support.caption_history import HISTORY, shown_event


def test_figures_by_hand() -> None:
    """Four words shown as in the example history, and invented words on noise: each figure is calculated by hand."""
    words = tuple(TimedWord(word, i - 1.0, float(i)) for i, word in enumerate(["the", "bug", "was", "fixed"], start=1))
    line = ManifestLine(Path("clip.wav"), "en", "transcribe", "the bug was fixed", words)
    noise = ManifestLine(Path("noise.wav"), "en", "transcribe", "")
    costs = [DecodeCost(1.0, 0.5), DecodeCost(61.0, 0.6), DecodeCost(125.0, 3.0)]
    speech = stream.measure_clip(line, PlayedClip(130.0, HISTORY, costs), offline="the bag was fixed")
    invented = stream.measure_clip(
        noise, PlayedClip(10.0, [shown_event(3.0, "Thank you.", state="final")], []), offline=""
    )
    out = StreamReport((speech, invented)).as_json()
    assert {name: out[name] for name in compute_figures([])} == {
        "wer": 0.0,
        "wer_normalized": 0.0,
        "cer": 0.0,
        "offline_wer": 0.25,
        "first_shown_s": {"p50": 0.5, "p95": 1.35},
        "commit_lag_s": {"p50": 2.0, "p95": 2.5},
        "phrase_closed_s": {"p50": 1.5, "p95": 1.5},
        "normalized_erasure": 0.1667,  # "bag" of 4 + 2 final words
        "final_revisions": 2,  # "the bug" became "The bug": no word has an unchanged start before it
        "invented_words": 2,
        "minute_cost_ratio": 1.2,
        "rtf": 0.0293,
    }


def test_translations_alone_give_the_lags_at_the_top() -> None:
    """If no line transcribes, the lags at the top are those of the translations."""
    history = [shown_event(3.0, "good day", state="final", track="en")]
    words = (TimedWord("Guten", 0.0, 1.0), TimedWord("Tag", 1.0, 2.0))
    report = stream.measure_clip(
        ManifestLine(Path("clip.wav"), "de", "translate", "Good day", words), PlayedClip(4.0, history)
    )
    out = StreamReport((report,)).as_json()
    assert (out["commit_lag_s"], out["rtf"], out["offline_wer"]) == ({"p50": 1.5, "p95": 1.95}, None, None)


def test_the_table_shows_each_task() -> None:
    """The terminal shows a column for each task and a dash for what was not measured."""
    report = stream.measure_clip(
        ManifestLine(Path("noise.wav"), "en", "transcribe", ""), PlayedClip(4.0, [], [DecodeCost(1.0, 0.5)])
    )
    rows = StreamReport((report,)).table().splitlines()
    assert rows[0].split() == ["transcribe"]
    assert [row.split(maxsplit=1) for row in rows if row.split()[0] in ("wer", "first_shown_s", "rtf")] == [
        ["wer", "-"],
        ["first_shown_s", "- / -"],
        ["rtf", "0.125"],
    ]


def test_plays_of_a_clip_are_one_entry_with_their_spread() -> None:
    """Figures are those of all plays together, and the spread is from the best play to the worst."""
    words = tuple(TimedWord(word, i - 1.0, float(i)) for i, word in enumerate(["the", "bug", "was", "fixed"], start=1))
    line = ManifestLine(Path("clip.wav"), "en", "transcribe", "the bug was fixed", words)
    first = stream.measure_clip(line, PlayedClip(6.0, [shown_event(5.0, "the bug was fixed", state="final")]))
    second = stream.measure_clip(line, PlayedClip(6.0, [shown_event(6.0, "the bag was fixed", state="final")]))
    out = StreamReport((replace(first, phase_s=0.0), replace(second, play=1, phase_s=0.5))).as_json()
    assert (out["wer"], out["plays"]) == (0.125, 2)
    assert out["spread"] == {
        "wer": {"min": 0.0, "max": 0.25},
        "commit_lag_s": {"p50": {"min": 2.5, "max": 3.0}, "p95": {"min": 3.85, "max": 4.8}},
    }
    assert isinstance(out["clips"], list)
    [clip] = out["clips"]
    assert (clip["wer"], clip["n_words"], clip["text"]) == (0.125, 4, "the bug was fixed")
    assert [(play["phase_s"], play["wer"]) for play in clip["plays"]] == [(0.0, 0.0), (0.5, 0.25)]
