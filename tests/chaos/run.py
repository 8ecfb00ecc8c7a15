"""Injects faults into a running service and checks that viewers have what its log has.

The server is a process of its own on this machine, which must run Linux. Viewers are in this process and always
reconnect.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bench import report_files
from app.errors import SettingsError
from tests.chaos import service_faults, source_faults
from tests.chaos.report import ChaosReport, FaultReport

ROUNDS = {"kill": 300, "source": 200, "viewer": 500, "disk": 20, "suspend": 10}
"""The faults, and how often each is injected by default."""


@dataclass(frozen=True, slots=True)
class ChaosPlan:
    """Which faults to inject, and how often."""

    faults: Sequence[str] = tuple(ROUNDS)
    rounds: int | None = None
    """How often each fault is injected; None for the defaults in `ROUNDS`."""
    seed: int = 1


def faults(text: str) -> tuple[str, ...]:
    """Return the faults that a command-line word chooses.

    Raises:
        SettingsError: There is no such fault.
    """
    if text == "all":
        return tuple(ROUNDS)
    if text not in ROUNDS:
        raise SettingsError(f"Expected one of {', '.join(ROUNDS)} or all, but got {text!r}.")
    return (text,)


def run(plan: ChaosPlan, *, json_path: Path | None = None, on_progress: Callable[[str], object] = print) -> ChaosReport:
    """Inject the faults, write the report and return it; `on_progress` gets one line a fault.

    Raises:
        SettingsError: The server did not start, or the report cannot be written there.
    """
    if json_path is not None:
        report_files.check_target(json_path)
    report = ChaosReport(plan.seed, [])
    for fault in plan.faults:
        n_rounds = plan.rounds or ROUNDS[fault]
        on_progress(f"{fault}: {n_rounds} rounds ...")
        began = time.monotonic()
        done = asyncio.run(_inject(fault, n_rounds, random.Random(f"{plan.seed} {fault}")))
        done.seconds = time.monotonic() - began
        report.faults.append(done)
    if json_path is not None:
        json_path.write_text(json.dumps(report.as_json(), indent=1) + "\n", encoding="utf-8")
    return report


async def _inject(fault: str, n_rounds: int, dice: random.Random) -> FaultReport:
    if fault == "source":
        return await source_faults.inject_drops(n_rounds, dice)
    return await service_faults.inject_fault(fault, n_rounds, dice)
