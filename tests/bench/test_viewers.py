"""An audience is measured for real, for a short while."""

import json
from pathlib import Path

import pytest

from app.bench import viewers
from app.bench.viewers import PER_PROCESS, ViewersPlan
from app.errors import SettingsError

KEYS = {
    "viewers", "seconds", "transport", "due", "published", "logged", "published_late_s", "fanout_s",
    "captions_per_event", "missing", "duplicated", "altered", "non_readers", "non_readers_closed", "alive", "pings",
    "dropped", "returns", "connect_s", "settle_s", "storm_s", "memory_per_viewer_kib", "memory_growth_kib_per_min",
    "host_cpu", "swarm_cpu", "host_lag_s", "swarm_lag_s",
}  # fmt: skip


def quiet(line: str) -> None:
    """Say nothing."""


def test_every_viewer_has_every_final_once(tmp_path: Path) -> None:
    """A hundred viewers, some of whom drop, all at half time, and some of whom never read, lack and repeat nothing."""
    target = tmp_path / "viewers.json"
    plan = ViewersPlan(100, 3.0, rate_hz=12.0, non_reader_share=0.1, churn_hz=20.0, storm_spread_s=0.5)
    report = viewers.run(plan, json_path=target, on_progress=quiet)
    figures = json.loads(target.read_text())
    assert set(figures) == KEYS
    assert (figures["missing"], figures["duplicated"], figures["altered"]) == (0, 0, 0)
    assert figures["logged"] >= 8
    assert (figures["non_readers"], figures["alive"]) == (10, 100)
    assert figures["returns"] >= 90
    assert 0 < figures["fanout_s"]["p50"] <= figures["fanout_s"]["p99"] < 2
    assert "fanout_s" in report.table()


def test_a_silent_room_keeps_its_viewers() -> None:
    """Without speech no viewer gets a caption and none is dropped."""
    figures = viewers.run(ViewersPlan(20, 1.0, rate_hz=0.0), on_progress=quiet).as_json()
    assert (figures["published"], figures["dropped"], figures["missing"], figures["alive"]) == (0, 0, 0, 20)
    assert figures["fanout_s"] == {"p50": None, "p99": None}


def test_options_are_read() -> None:
    """Shares are percents, transports have names; others get a sentence."""
    assert viewers.parse_share("5%") == 0.05
    assert viewers.parse_transport("sse") == "sse"
    for text in ("5", "101%", "some"):
        with pytest.raises(SettingsError, match=r"Expected a share such as 5%"):
            viewers.parse_share(text)
    with pytest.raises(SettingsError, match="Expected the transport ws or sse"):
        viewers.parse_transport("post")


def test_many_viewers_need_several_addresses() -> None:
    """No process and no source address has more viewers than it has room for, and nobody is left out."""
    assert ViewersPlan(PER_PROCESS, 1.0).shares == [PER_PROCESS]
    assert ViewersPlan(25_000, 1.0).shares == [8_334, 8_333, 8_333]
