"""How an engine uses its device: batches at once, threads, and windows in a batch."""

from dataclasses import dataclass, field, replace

from app.decode.models import ModelChoice
from app.decode.scheduler import BatchLimits


@dataclass(frozen=True, slots=True)
class Profile:
    """One device with one model."""

    lanes: int = 1
    """Batches decoded at once."""
    threads: int = 0
    """CPU threads of each lane; 0 takes all cores."""
    limits: BatchLimits = field(default_factory=BatchLimits)
    slots: int = 4
    """Moments of a second over which rooms are spread, so that requests arrive together and not all at once; 0 lets
    every room follow its own last decode."""
    row_s: float = 0.0
    """Lane time of one window as it was measured, to reckon with before the first live decode; 0 if it was not."""
    gather_s: float = 0.0
    """How long a batch waits for the rest of its slot, in seconds."""

    def applied(self, choice: ModelChoice, *, device_index: int = 0) -> ModelChoice:
        """Return how to load a model that this profile runs."""
        return replace(
            choice,
            device_index=device_index,
            lanes=self.lanes,
            threads=self.threads,
            rows=dict(self.limits.rows) if choice.device == "cuda" else {},
        )
