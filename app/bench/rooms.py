"""Runs `surtitle bench rooms`: measures how many rooms this machine serves in time."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app import config
from app.bench import corpus
from app.bench.report_files import ReportFiles
from app.bench.rooms_play import SWITCHES, RoomsPlan, play
from app.bench.rooms_report import RoomsReport
from app.decode.admission import BOUND_S, CADENCES_S
from app.decode.profile import choose_profile
from app.errors import SettingsError
from app.service.engines import choose_model

GROWTH_MAX_S_PER_MIN = 0.2
"""If the average room falls behind faster than this, there are too many rooms; less is the noise of short runs."""


def run(
    plan: RoomsPlan,
    *,
    model: str,
    draft_model: str | None = None,
    corpus_path: Path | None = None,
    json_path: Path | None = None,
    plot: Path | None = None,
    find_most: bool = False,
    on_progress: Callable[[str], object] = print,
) -> RoomsReport:
    """Measure one run, or search for the largest that is served in time; write the report and return it.

    Raises:
        SettingsError: The corpus, the model, a switch or a path to write to is invalid.
    """
    if unknown := sorted(plan.without - set(SWITCHES)):
        raise SettingsError(f"Expected switches among {', '.join(SWITCHES)}, but got {', '.join(unknown)}.")
    files = ReportFiles("rooms", json_path, plot)
    speeches = corpus.read(corpus_path)
    choice = choose_model(config.read(), model, plan.task)
    profile = choose_profile(choice, on_progress=on_progress)
    drafts = None
    if draft_model is not None:
        small = choose_model(config.read(), draft_model, "transcribe")
        drafts = (small, choose_profile(small, on_progress=on_progress))
        plan = replace(plan, has_drafts=True)
    tried: list[RoomsReport] = []

    def measure(n_rooms: int) -> RoomsReport:
        on_progress(f"{n_rooms} rooms for {plan.seconds:.0f} s ...")
        report = asyncio.run(play(replace(plan, rooms=n_rooms), speeches, choice, profile, drafts))
        tried.append(report)
        on_progress(f"  p95 {report.p95_s:.3f} s, cadence {report.mean_cadence_s:.2f} s, rejected {report.n_rejected}")
        return report

    if find_most:
        found = search_most(lambda n_rooms: is_served(measure(n_rooms)), plan.rooms)
        on_progress(f"The most rooms within {BOUND_S:.1f} s: {found}.")
        report = next((one for one in reversed(tried) if one.rooms == found), tried[0])
    else:
        report = measure(plan.rooms)
    files.write(report.as_json(), tried)
    return report


def is_served(report: RoomsReport) -> bool:
    """Return whether every room was accepted and served in time, at the first cadence, without falling behind."""
    return (
        report.p95_s <= BOUND_S
        and report.mean_cadence_s <= CADENCES_S[0] + 0.05
        and report.growth_s_per_min <= GROWTH_MAX_S_PER_MIN
        and not report.n_rejected
    )


def search_most(can_serve: Callable[[int], bool], start: int) -> int:
    """Return the largest number of rooms that is served, to about a sixteenth: double the number, then bisect."""
    low, high = 0, max(1, start)
    while can_serve(high):
        low, high = high, high * 2
    while high - low > max(1, low // 16):
        middle = (low + high) // 2
        low, high = (middle, high) if can_serve(middle) else (low, middle)
    return low
