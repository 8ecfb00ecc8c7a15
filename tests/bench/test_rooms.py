"""`surtitle bench rooms` with the real engine, for a few seconds."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.bench import rooms
from app.bench.corpus import ContinuousSpeech
from app.bench.rooms import is_served, search_most
from app.bench.rooms_play import RoomsPlan
from app.bench.rooms_report import RoomPlayed, RoomsReport
from app.errors import SettingsError

KEYS = {
    "rooms", "ready_to_result_s", "first_shown_s", "commit_lag_s", "batch_size", "cadence_s",
    "backlog_growth_s_per_min", "memory_mib", "rejected", "fairness", "wer", "lost", "doubled",
}  # fmt: skip


def quiet(line: str) -> None:
    """Print nothing."""


@pytest.mark.timing
def test_rooms_are_served_in_time(tmp_path: Path) -> None:
    """Six rooms speak at once into the real engine, and all figures are in the report."""
    target, plot = tmp_path / "rooms.json", tmp_path / "rooms.png"
    report = rooms.run(RoomsPlan(6, 14.0), model="demo", json_path=target, plot=plot, on_progress=quiet)
    figures = json.loads(target.read_text())
    assert set(figures) >= KEYS
    assert figures["ready_to_result_s"]["p95"] < 1.0
    assert figures["wer"] < 0.15
    assert (figures["lost"], figures["doubled"], figures["rejected"]) == (0, 0, 0)
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "ready_to_result_s" in report.table()


@pytest.mark.timing
def test_a_killed_worker_loses_no_phrase() -> None:
    """The decoding process is killed repeatedly while rooms speak; every sentence is final once."""
    report = rooms.run(RoomsPlan(3, 24.0, kills=3), model="demo", on_progress=quiet)
    figures = report.as_json()
    assert (figures["kills"], figures["lost"], figures["doubled"]) == (3, 0, 0)
    assert isinstance(figures["wer"], float)
    assert figures["wer"] < 0.15


def test_silent_rooms_are_not_decoded() -> None:
    """Open rooms without speech are not decoded."""
    report = rooms.run(RoomsPlan(4, 10.0, silent=True), model="demo", on_progress=quiet)
    assert report.batch_rows == ()
    assert report.p95_s == float("inf")


def test_an_unknown_switch_is_a_sentence() -> None:
    """A switch that does not exist is a sentence with those that do."""
    with pytest.raises(SettingsError, match=r"Expected switches among .* got magic"):
        rooms.run(RoomsPlan(1, 10.0, frozenset({"magic"})), model="demo", on_progress=quiet)


@pytest.mark.parametrize("limit", [1, 7, 24, 100])
def test_the_most_rooms_are_found(limit: int) -> None:
    """The search ends at or just below the true limit, after few tries."""
    tried: list[int] = []

    def can_serve(n_rooms: int) -> bool:
        tried.append(n_rooms)
        return n_rooms <= limit

    found = search_most(can_serve, 8)
    assert limit - max(1, limit // 16) <= found <= limit
    assert len(tried) <= 10


def test_rooms_are_served_only_in_time_and_at_full_cadence() -> None:
    """Late results, a slower cadence, a growing backlog or a rejected room each mean too many rooms."""
    speech = ContinuousSpeech(np.zeros(16_000, np.float32), ())
    good = RoomsReport(
        1, 60.0, (RoomPlayed(speech, waits_s=[0.1] * 20),), (1,), ((0.0, 1.0), (60.0, 1.0)), (1.0,), 0, 0.0
    )
    assert is_served(good)
    assert not is_served(replace(good, played=(RoomPlayed(speech, waits_s=[0.6] * 20),)))
    assert not is_served(replace(good, cadence_s=(1.5,)))
    assert not is_served(replace(good, behind_s=((0.0, 1.0), (60.0, 2.0))))
    assert not is_served(replace(good, played=(*good.played, RoomPlayed(speech, is_rejected=True))))
