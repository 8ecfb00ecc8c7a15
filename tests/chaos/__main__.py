"""`python -m tests.chaos`: inject faults into a running service; exits with 1 if viewers and log differ."""

import argparse
import sys
from pathlib import Path

from app.errors import SettingsError
from tests.chaos.run import ROUNDS, ChaosPlan, faults, run


def main(arguments: list[str] | None = None) -> int:
    """Run the faults named on the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--fault", default="all", help=f"{', '.join(ROUNDS)}, or all")
    parser.add_argument("--rounds", type=int, help="how often each fault is injected")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random moments")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args(arguments)
    if given.rounds is not None and given.rounds < 1:
        parser.error(f"--rounds: expected at least 1, but got {given.rounds}.")
    try:
        report = run(ChaosPlan(faults(given.fault), given.rounds, given.seed), json_path=given.json)
    except SettingsError as exc:
        parser.error(str(exc))
    print(report.table())
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
