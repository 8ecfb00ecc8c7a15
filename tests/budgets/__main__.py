"""Runs the fuzz of all routes, sockets and roles: `python -m tests.budgets --requests 10000 --seed 1`."""

import argparse
import asyncio

from tests.budgets.run import fuzz

HOLD_MAX_S = 0.05


def main() -> int:
    """Print the answers and the longest holds; return 1 if one was too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--phrases", type=int, default=5_000, help="stored phrases of the room")
    given = parser.parse_args()
    report = asyncio.run(fuzz(given.requests, given.seed, n_phrases=given.phrases))
    print("answers:", dict(report.statuses))
    for wall_s, cpu_s, name in report.holds[:10]:
        print(f"{wall_s * 1000:6.1f} ms, {cpu_s * 1000:6.1f} ms of processor time: {name}")
    if report.faults:
        print(report.faults)
    return int(report.longest_wall_s > HOLD_MAX_S or bool(report.faults))


if __name__ == "__main__":
    raise SystemExit(main())
