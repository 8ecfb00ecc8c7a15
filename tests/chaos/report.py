"""The figures of a chaos run; `as_json` is what `python -m tests.chaos --json` writes."""

from dataclasses import dataclass, field

from tests.chaos.delivery_check import DeliveryErrors

COLUMNS = ("fault", "rounds", "lost", "doubled", "reordered", "altered", "logged", "integrity", "seconds")


@dataclass(slots=True)
class FaultReport:
    """The figures of one fault over all its rounds."""

    fault: str
    rounds: int
    verdict: DeliveryErrors
    n_logged: int
    """Finals in the log at the end; for the fault `source`, samples sent."""
    integrity: str = "ok"
    """What SQLite's integrity check says at the end."""
    seconds: float = 0.0
    figures: dict[str, float] = field(default_factory=dict)
    """Other figures of this fault."""
    complaints: list[str] = field(default_factory=list)
    """One sentence for each other problem."""

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled, reordered or altered, and nothing else is wrong."""
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

        lost, doubled, reordered, altered: finals of all viewers compared with the log; samples for the fault `source`.
        logged: finals in the log at the end; for the fault `source`, samples sent.
        integrity: what SQLite's integrity check says at the end.
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
