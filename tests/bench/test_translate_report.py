"""The figures of `surtitle bench translate`."""

import pytest

from app.bench.shown_event import ShownEvent
from app.bench.translate_lines import TranslatedLine
from app.bench.translate_report import (
    TargetFigures,
    TranslateReport,
    count_lost_and_doubled,
    count_revised,
    measure_lags,
    score_target,
)
from app.captions.event import ORIGINAL, Event, State
from app.decode import glossary


def shown(at_s: float, phrase: str, track: str, text: str, state: State = "final", language: str = "de") -> ShownEvent:
    """Return an event that readers got at a moment."""
    start_s = float(phrase.partition("-")[2])
    spoken = language if track == ORIGINAL or language != "de" else track
    return ShownEvent(at_s, Event("main", "", 1, phrase, 1, "s", track, state, spoken, start_s, start_s + 1, text))


HISTORY = [
    shown(1.0, "1-1", ORIGINAL, "Das Nordlicht kommt am 3. Mai."),
    shown(1.1, "1-1", "fr", "Northern", "open"),
    shown(1.3, "1-1", "fr", "Northern Light arrive le 3 mai."),
    shown(2.0, "1-2", ORIGINAL, "Fünfzehn Gäste."),
    shown(2.1, "1-2", "fr", "Seize invités."),
    shown(2.5, "1-2", "fr", "Quinze invités."),
    shown(3.0, "1-3", ORIGINAL, "Danke."),
]


def test_lags_losses_and_doubled_phrases_are_counted() -> None:
    """A phrase counts once, from its original to its first translation; what changed by itself is counted in words."""
    assert measure_lags(HISTORY, ["fr"]) == pytest.approx([0.3, 0.1])
    assert count_lost_and_doubled(HISTORY, ["fr"]) == (1, 1)
    assert count_revised(HISTORY) == 2


def test_a_target_is_scored_against_its_script() -> None:
    """Word errors, locked terms and numbers count as readers saw them in the end."""
    script = [
        TranslatedLine("de", "Das Nordlicht kommt am 3. Mai.", {"fr": "Northern Light arrive le 3 mai."}),
        TranslatedLine("de", "Fünfzehn Gäste.", {"fr": "Quinze invités."}),
    ]
    terms = glossary.parse("Nordlicht => Northern Light [fr]")
    scored = score_target([(HISTORY, script)], "fr", terms, from_text=0.0)
    assert (scored.word_error, scored.terms_kept, scored.numbers_kept, scored.fallbacks) == (0.0, 1.0, 1.0, 0)
    assert scored.chrf == pytest.approx(100)
    worse = [
        *HISTORY[:-1],
        shown(4.0, "1-2", "fr", "Seize invités.", "corrected"),
        shown(5.0, "1-3", "fr", "Danke", language="xx"),
    ]
    scored = score_target([(worse, script)], "fr", terms, from_text=None)
    assert scored.numbers_kept == 0.5
    assert scored.word_error == pytest.approx(2 / 8)


def test_the_table_says_every_figure() -> None:
    """The JSON has the fields of the issue, and the table says them all."""
    target = TargetFigures(0.05, 91.0, 1.0, None)
    report = TranslateReport(8, {"fr": target}, (0.1, 0.3), 20, 0, 0, 0, 2, 70.5, {"speech": 0.1, "text": 0.05})
    figures = report.as_json()
    assert figures["commit_to_text_s"] == {"p50": pytest.approx(0.2), "p95": pytest.approx(0.29)}
    assert {"revised_words", "lost", "doubled", "by_target", "memory_mib"} <= set(figures)
    assert "word error - from text, 5.0% live" in report.table()
    assert "speech 10.0%, text 5.0%" in report.table()
