"""Tests for app.metrics."""

from prometheus_client import REGISTRY

from app.metrics import ENGINE_FULL, WRONG_KEY, RefusalCounts


def value(name: str, labels: dict[str, str] | None = None) -> float:
    """Return a metric as Prometheus sees it."""
    return REGISTRY.get_sample_value(name, labels or {}) or 0.0


def test_refusals_are_counted_by_reason() -> None:
    """Only reasons that occurred are listed."""
    counts = RefusalCounts()
    assert counts.by_reason() == {}
    for reason in ("address", WRONG_KEY, "address"):
        counts.add(reason)
    assert counts.by_reason() == {WRONG_KEY: 1, "address": 2}


def test_prometheus_sees_each_refusal() -> None:
    """Wrong keys and a full engine have counters of their own; limits share one with a label."""
    names = [("surtitle_wrong_keys_total", None), ("surtitle_refused_sources_total", None)]
    metrics = [*names, ("surtitle_limited_total", {"limit": "address"})]
    before = [value(*metric) for metric in metrics]
    counts = RefusalCounts()
    for reason in (WRONG_KEY, ENGINE_FULL, "address"):
        counts.add(reason)
    assert [value(*metric) for metric in metrics] == [count + 1 for count in before]
