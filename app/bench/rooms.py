"""`surtitle bench rooms`: how many rooms one machine carries within a bound on ready to result."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.bench import corpus, report_path
from app.bench.rooms_play import SWITCHES, RoomsPlan, play
from app.bench.rooms_report import RoomsReport
from app.decode import models
from app.decode.admission import BOUND_S, CADENCES_S
from app.decode.profile import choose_profile
from app.errors import SettingsError

GROWTH_MAX_S_PER_MIN = 0.2
"""A mean room that falls behind faster than this is not carried; less is the noise of short runs."""

Tell = Callable[[str], object]
"""Says a line to whoever waits."""


def run(
    plan: RoomsPlan,
    *,
    model: str,
    draft_model: str | None = None,
    corpus_path: Path | None = None,
    json_path: Path | None = None,
    plot: Path | None = None,
    find_most: bool = False,
    tell: Tell = print,
) -> RoomsReport:
    """Do what the command does, and return the report it wrote: of the one run, or of the largest within the bound.

    Raises:
        SettingsError: The corpus, the model, a switch or a place to write to is not as it should be.
    """
    if unknown := sorted(plan.without - set(SWITCHES)):
        raise SettingsError(f"Expected switches among {', '.join(SWITCHES)}, but got {', '.join(unknown)}.")
    for path in (json_path, plot):
        if path is not None:
            report_path.check(path)
    draw = report_path.find_draw(plot, "rooms") if plot is not None else None
    speeches = corpus.read(corpus_path)
    choice = models.choose(model, plan.task)
    profile = choose_profile(choice, on_progress=tell)
    drafts = None
    if draft_model is not None:
        small = models.choose(draft_model, "transcribe")
        drafts = (small, choose_profile(small, on_progress=tell))
        plan = replace(plan, has_drafts=True)
    tried: list[RoomsReport] = []

    def measure(n_rooms: int) -> RoomsReport:
        tell(f"{n_rooms} rooms for {plan.seconds:.0f} s ...")
        report = asyncio.run(play(replace(plan, rooms=n_rooms), speeches, choice, profile, drafts))
        tried.append(report)
        tell(f"  p95 {report.p95_s:.3f} s, cadence {report.mean_cadence_s:.2f} s, rejected {report.n_rejected}")
        return report

    if find_most:
        found = most(lambda n_rooms: is_carried(measure(n_rooms)), plan.rooms)
        tell(f"The most rooms within {BOUND_S:.1f} s: {found}.")
        report = next((one for one in reversed(tried) if one.rooms == found), tried[0])
    else:
        report = measure(plan.rooms)
    if json_path is not None:
        json_path.write_text(json.dumps(report.as_json(), indent=1) + "\n", encoding="utf-8")
    if draw is not None and plot is not None:
        draw(tried, plot)
    return report


def is_carried(report: RoomsReport) -> bool:
    """Return whether every room was let in and served in time, at the first cadence, without falling behind."""
    return (
        report.p95_s <= BOUND_S
        and report.mean_cadence_s <= CADENCES_S[0] + 0.05
        and report.growth_s_per_min <= GROWTH_MAX_S_PER_MIN
        and not report.n_rejected
    )


def most(holds: Callable[[int], bool], start: int) -> int:
    """Return the largest number of rooms that `holds`, to about a sixteenth, trying few: doubling, then halving."""
    low, high = 0, max(1, start)
    while holds(high):
        low, high = high, high * 2
    while high - low > max(1, low // 16):
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
