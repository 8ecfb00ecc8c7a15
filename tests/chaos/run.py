"""Inject faults into a running service, and check that viewers hold what its log holds.

The server is a process of its own on this machine, which must be Linux; viewers live here and never give up.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bench import report_path
from app.errors import SettingsError
from tests.chaos import service_faults, source_faults
from tests.chaos.report import ChaosReport, FaultReport

ROUNDS = {"kill": 300, "source": 200, "viewer": 500, "disk": 20, "suspend": 10}
"""The faults, and how often each is done when nobody says."""

Tell = Callable[[str], object]
"""Says a line to whoever waits."""


@dataclass(frozen=True, slots=True)
class ChaosPlan:
    """What is to go wrong."""

    faults: Sequence[str] = tuple(ROUNDS)
    rounds: int | None = None
    """Of each fault; None for what is usual."""
    seed: int = 1


def faults(text: str) -> tuple[str, ...]:
    """Return the faults that a word stands for.

    Raises:
        SettingsError: It stands for none.
    """
    if text == "all":
        return tuple(ROUNDS)
    if text not in ROUNDS:
        raise SettingsError(f"Expected one of {', '.join(ROUNDS)} or all, but got {text!r}.")
    return (text,)


def run(plan: ChaosPlan, *, json_path: Path | None = None, tell: Tell = print) -> ChaosReport:
    """Do what the command does, and return the report it wrote.

    Raises:
        SettingsError: The server did not start, or the place to write to is not as it should be.
    """
    if json_path is not None:
        report_path.check(json_path)
    report = ChaosReport(plan.seed, [])
    for fault in plan.faults:
        n_rounds = plan.rounds or ROUNDS[fault]
        tell(f"{fault}: {n_rounds} rounds ...")
        began = time.monotonic()
        done = asyncio.run(_suffer(fault, n_rounds, random.Random(f"{plan.seed} {fault}")))
        done.seconds = time.monotonic() - began
        report.faults.append(done)
    if json_path is not None:
        json_path.write_text(json.dumps(report.as_json(), indent=1) + "\n", encoding="utf-8")
    return report


async def _suffer(fault: str, n_rounds: int, dice: random.Random) -> FaultReport:
    if fault == "source":
        return await source_faults.drop(n_rounds, dice)
    return await service_faults.suffer(fault, n_rounds, dice)
