"""The figures of one room's audience; `as_json` is what `surtitle bench viewers --json` writes."""

from dataclasses import dataclass

import numpy as np

from app.bench.histogram import Histogram
from app.bench.report_table import format_figures

MemorySample = tuple[float, int]
"""Seconds since the start, and resident bytes of the server's process."""


@dataclass(frozen=True, slots=True)
class ViewersReport:
    """What was measured on one run."""

    viewers: int
    seconds: float
    transport: str
    rate_hz: float
    n_published: int
    n_logged: int
    late: Histogram
    """From the moment an event was due to its publication."""
    fanout: Histogram
    """From publication to arrival, of every caption that a reader received."""
    n_missing: int
    n_duplicated: int
    n_altered: int
    n_non_readers: int
    """Viewers who never read."""
    n_non_readers_closed: int
    n_alive: int
    n_pings: int
    n_dropped: int
    n_returns: int
    connect_s: float
    settle_s: float
    storm_s: float | None
    empty_bytes: int
    """Resident memory of the server's process before the first viewer."""
    memory_samples: tuple[MemorySample, ...]
    """The first is taken when all viewers are connected and nothing is published yet."""
    host_cpu: float
    """Cores that the server's process kept busy over the run."""
    swarm_cpu: float
    """Cores that the busiest process of viewers kept busy."""
    host_lag: Histogram
    swarm_lag: Histogram

    @property
    def memory_per_viewer_kib(self) -> float:
        """Memory that one viewer adds to the server before anything is published."""
        return (self.memory_samples[0][1] - self.empty_bytes) / 1024 / self.viewers

    @property
    def growth_kib_per_min(self) -> float:
        """Growth of the server's memory afterwards: the slope of a straight line through all samples."""
        if len(self.memory_samples) < 3:
            return 0.0
        at_s, n_bytes = np.array(self.memory_samples, np.float64)[1:].T
        return float(np.polyfit(at_s, n_bytes, 1)[0] * 60 / 1024)

    def as_json(self) -> dict[str, object]:
        """Return all figures.

        published_late_s: from the moment an event was due to its publication. If it is not close to zero, the server is
            overloaded, fewer events are published than are due, and `fanout_s` is too low.
        fanout_s: from publication to arrival in the viewer's process, over all captions of all readers.
        missing, duplicated: finals over all readers, compared with the log; altered: readers with another text.
        captions_per_event: share of the published events that the average reader received; open ones may be replaced.
        non_readers_closed, dropped: connections ended by the server, of viewers who never read and of readers.
        alive: viewers that are connected at the end; pings: how many of the server's pings were answered.
        settle_s: from the last event to the moment when every reader was up to date, including those that were away.
        storm_s: from the loss of all connections to the last reader's snapshot.
        host_cpu, swarm_cpu: cores kept busy; near 1, that process is the bottleneck and causes the latency.
        """
        readers = self.viewers - self.n_non_readers
        sent = self.n_published * readers
        return {
            "viewers": self.viewers,
            "seconds": self.seconds,
            "transport": self.transport,
            "due": round(self.rate_hz * self.seconds),
            "published": self.n_published,
            "logged": self.n_logged,
            "published_late_s": _quantiles(self.late),
            "fanout_s": _quantiles(self.fanout),
            "captions_per_event": round(self.fanout.n / sent, 3) if sent else None,
            "missing": self.n_missing,
            "duplicated": self.n_duplicated,
            "altered": self.n_altered,
            "non_readers": self.n_non_readers,
            "non_readers_closed": self.n_non_readers_closed,
            "alive": self.n_alive,
            "pings": self.n_pings,
            "dropped": self.n_dropped,
            "returns": self.n_returns,
            "connect_s": round(self.connect_s, 2),
            "settle_s": round(self.settle_s, 2),
            "storm_s": None if self.storm_s is None else round(self.storm_s, 2),
            "memory_per_viewer_kib": round(self.memory_per_viewer_kib, 1),
            "memory_growth_kib_per_min": round(self.growth_kib_per_min),
            "host_cpu": round(self.host_cpu, 2),
            "swarm_cpu": round(self.swarm_cpu, 2),
            "host_lag_s": _quantiles(self.host_lag),
            "swarm_lag_s": _quantiles(self.swarm_lag),
        }

    def table(self) -> str:
        """Return the figures as text for a terminal."""
        return format_figures(self.as_json())


def _quantiles(durations: Histogram) -> dict[str, float | None]:
    found = {"p50": durations.quantile_s(0.5), "p99": durations.quantile_s(0.99)}
    return {name: None if value is None else round(value, 4) for name, value in found.items()}
