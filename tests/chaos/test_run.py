"""A short run of each fault; `python -m tests.chaos` runs them for longer."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.audio.chunk import SAMPLE_RATE, Chunk, from_pcm16
from app.errors import SettingsError
from tests.chaos import __main__, run
from tests.chaos.delivery_check import DeliveryErrors
from tests.chaos.report import ChaosReport, FaultReport
from tests.chaos.run import ROUNDS, ChaosPlan
from tests.chaos.source_faults import HeardSamples, pcm

KEYS = {"rounds", "lost", "doubled", "reordered", "altered", "logged", "integrity", "seconds", "complaints"}


def quiet(line: str) -> None:
    """Print nothing."""


@pytest.mark.parametrize(
    ("fault", "n_rounds"), [("kill", 8), ("source", 10), ("viewer", 15), ("disk", 1), ("suspend", 1)]
)
def test_viewers_have_what_the_log_has(tmp_path: Path, fault: str, n_rounds: int) -> None:
    """After each kind of fault no final is lost, doubled, out of order or altered."""
    target = tmp_path / "chaos.json"
    report = run.run(ChaosPlan((fault,), n_rounds, seed=33), json_path=target, on_progress=quiet)
    figures = json.loads(target.read_text())["faults"][fault]
    assert figures.items() >= {"rounds": n_rounds, "integrity": "ok", "complaints": []}.items()
    assert [figures[name] for name in ("lost", "doubled", "reordered", "altered")] == [0, 0, 0, 0]
    assert figures["logged"] > 0
    assert set(figures) >= KEYS
    assert report.holds
    assert "The invariant holds." in report.table()


def test_a_broken_invariant_is_a_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The command exits with 1 and says so when a final is lost, the file is damaged or something else is wrong."""
    for broken in (
        FaultReport("kill", 1, DeliveryErrors(lost=1), 9),
        FaultReport("kill", 1, DeliveryErrors(), 9, integrity="page 3 is never used"),
        FaultReport("kill", 1, DeliveryErrors(), 9, complaints=["Saving did not resume by itself."]),
    ):
        report = ChaosReport(1, [FaultReport("source", 1, DeliveryErrors(), 9), broken])
        monkeypatch.setattr(__main__, "run", lambda *_, _report=report, **__: _report)
        assert __main__.main(["--rounds", "1"]) == 1
        assert "THE INVARIANT IS BROKEN." in capsys.readouterr().out


def test_sound_that_is_lost_doubled_or_altered_is_counted() -> None:
    """A gap, a repetition and a wrong sample are each found in what the room received."""

    def heard(*pieces: tuple[int, int]) -> HeardSamples:
        found = HeardSamples()
        for start, end in pieces:
            found.take(Chunk(from_pcm16(pcm(start, end - start)), start / SAMPLE_RATE))
        return found

    assert heard((0, 100), (100, 300)).errors(300) == DeliveryErrors()
    assert heard((0, 100), (150, 300)).errors(300) == DeliveryErrors(lost=50)
    assert heard((0, 100), (100, 250)).errors(300) == DeliveryErrors(lost=50)
    assert heard((0, 100), (60, 300)).errors(300) == DeliveryErrors(doubled=40)
    silent = HeardSamples()
    silent.take(Chunk(np.zeros(3, np.float32), 1.0))
    assert silent.errors(SAMPLE_RATE + 3) == DeliveryErrors(lost=SAMPLE_RATE, altered=3)


def test_faults_are_chosen_by_name() -> None:
    """One fault is chosen by name, `all` chooses all, and another word is an error."""
    assert run.faults("all") == tuple(ROUNDS)
    assert run.faults("disk") == ("disk",)
    with pytest.raises(SettingsError, match="Expected one of kill, source, viewer, disk, suspend or all"):
        run.faults("fire")
