"""What faults have done to a room; `as_json` is what `python -m tests.chaos --json` writes."""

from dataclasses import dataclass, field

from app.bench.delivery_check import DeliveryErrors

COLUMNS = ("fault", "rounds", "lost", "doubled", "reordered", "altered", "logged", "integrity", "seconds")


@dataclass(slots=True)
class FaultReport:
    """One fault, done again and again."""

    fault: str
    rounds: int
    verdict: DeliveryErrors
    n_logged: int
    """Finals in the log at the end; samples said, where a source drops."""
    integrity: str = "ok"
    """What SQLite says of the file at the end."""
    seconds: float = 0.0
    figures: dict[str, float] = field(default_factory=dict)
    """What else was counted."""
    complaints: list[str] = field(default_factory=list)
    """Sentences about what else should not be."""

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled, reordered or altered, and nothing else is amiss."""
        return self.verdict.holds and self.integrity == "ok" and not self.complaints

    def as_json(self) -> dict[str, object]:
        """Return all figures of this fault."""
        return {
            "rounds": self.rounds,
            "lost": self.verdict.lost,
            "doubled": self.verdict.doubled,
            "reordered": self.verdict.reordered,
            "altered": self.verdict.altered,
            "logged": self.n_logged,
            "integrity": self.integrity,
            "seconds": round(self.seconds, 1),
            **self.figures,
            "complaints": self.complaints,
        }


@dataclass(slots=True)
class ChaosReport:
    """All faults of one run."""

    seed: int
    faults: list[FaultReport]

    @property
    def holds(self) -> bool:
        """Whether the invariant holds under each fault."""
        return all(fault.holds for fault in self.faults)

    def as_json(self) -> dict[str, object]:
        """Return all figures.

        lost, doubled, reordered, altered: finals over all viewers against the log; samples, where a source drops.
        logged: finals in the log at the end; samples that were said, where a source drops.
        integrity: what SQLite says of the file at the end.
        """
        return {
            "seed": self.seed,
            "holds": self.holds,
            "faults": {fault.fault: fault.as_json() for fault in self.faults},
        }

    def table(self) -> str:
        """Return the figures as text for a terminal."""
        rows = ["".join(f"{column:>11}" for column in COLUMNS)]
        for fault in self.faults:
            figures = {"fault": fault.fault, **fault.as_json()}
            rows.append("".join(f"{figures[column]!s:>11}" for column in COLUMNS))
            rows += [f"{'':11}{name:24}{figure:g}" for name, figure in fault.figures.items()]
            rows += [f"{'':11}{complaint}" for complaint in fault.complaints]
        rows.append("The invariant holds." if self.holds else "THE INVARIANT IS BROKEN.")
        return "\n".join(rows)
