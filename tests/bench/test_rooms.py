"""Many rooms are measured for real, for a short while."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.bench import corpus, rooms
from app.bench.corpus import ContinuousSpeech, shorten_pauses
from app.bench.manifest import TimedWord
from app.bench.rooms import is_served, search_most
from app.bench.rooms_play import RoomsPlan, disable_switches
from app.bench.rooms_report import RoomPlayed, RoomsReport, count_doubled, count_lost
from app.bench.shown_event import ShownEvent
from app.captions.event import Event
from app.decode.profile import Profile
from app.errors import SettingsError

KEYS = {
    "rooms", "ready_to_result_s", "first_shown_s", "commit_lag_s", "batch_size", "cadence_s",
    "backlog_growth_s_per_min", "memory_mib", "rejected", "fairness", "wer", "lost", "doubled",
}  # fmt: skip


def quiet(line: str) -> None:
    """Say nothing."""


def test_rooms_are_served_in_time(tmp_path: Path) -> None:
    """Six rooms speak at once into the real engine and real rooms, and all figures are there."""
    target, plot = tmp_path / "rooms.json", tmp_path / "rooms.png"
    report = rooms.run(RoomsPlan(6, 14.0), model="demo", json_path=target, plot=plot, on_progress=quiet)
    figures = json.loads(target.read_text())
    assert set(figures) >= KEYS
    assert figures["ready_to_result_s"]["p95"] < 3.0  # about 0.3 s alone; other tests run beside
    assert figures["wer"] < 0.15
    assert (figures["lost"], figures["doubled"], figures["rejected"]) == (0, 0, 0)
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "ready_to_result_s" in report.table()


def test_a_killed_worker_loses_no_phrase() -> None:
    """The decoding process is killed again and again while rooms speak; every sentence is final, once."""
    report = rooms.run(RoomsPlan(3, 24.0, kills=3), model="demo", on_progress=quiet)
    figures = report.as_json()
    assert (figures["kills"], figures["lost"], figures["doubled"]) == (3, 0, 0)
    assert isinstance(figures["wer"], float)
    assert figures["wer"] < 0.15


def test_silent_rooms_are_not_decoded() -> None:
    """Open rooms in which nobody speaks cost no decode."""
    report = rooms.run(RoomsPlan(4, 10.0, silent=True), model="demo", on_progress=quiet)
    assert report.batch_rows == ()
    assert report.p95_s == float("inf")


def test_switches_switch_off() -> None:
    """Each switch changes what it says; an unknown one gets a sentence."""
    profile = Profile(lanes=2, threads=1)
    assert set(disable_switches(profile, frozenset({"batching"})).limits.rows.values()) == {1}
    assert disable_switches(profile, frozenset({"lanes"})).lanes == 1
    assert disable_switches(profile, frozenset({"slots"})).slots == 0
    with pytest.raises(SettingsError, match=r"Expected switches among .* got magic"):
        rooms.run(RoomsPlan(1, 10.0, frozenset({"magic"})), model="demo", on_progress=quiet)


@pytest.mark.parametrize("limit", [1, 7, 24, 100])
def test_the_most_rooms_are_found(limit: int) -> None:
    """The search ends at or just below the true limit, and tries few."""
    tried: list[int] = []

    def can_serve(n_rooms: int) -> bool:
        tried.append(n_rooms)
        return n_rooms <= limit

    found = search_most(can_serve, 8)
    assert limit - max(1, limit // 16) <= found <= limit
    assert len(tried) <= 10


def test_rooms_are_carried_only_in_time_and_at_full_pace() -> None:
    """Late results, a slower cadence, a growing backlog or a refused room each mean that it was too much."""
    speech = ContinuousSpeech(np.zeros(16_000, np.float32), ())
    good = RoomsReport(
        1, 60.0, (RoomPlayed(speech, waits_s=[0.1] * 20),), (1,), ((0.0, 1.0), (60.0, 1.0)), (1.0,), 0, 0.0
    )
    assert is_served(good)
    assert not is_served(replace(good, played=(RoomPlayed(speech, waits_s=[0.6] * 20),)))
    assert not is_served(replace(good, cadence_s=(1.5,)))
    assert not is_served(replace(good, behind_s=((0.0, 1.0), (60.0, 2.0))))
    assert not is_served(replace(good, played=(*good.played, RoomPlayed(speech, is_rejected=True))))


def final(text: str, start_s: float, end_s: float, name: str = "") -> ShownEvent:
    """Return a final phrase."""
    return ShownEvent(
        end_s + 1,
        Event(
            "r",
            "e",
            1,
            name or f"1-{round(start_s * 16000)}",
            1,
            "s",
            "original",
            "final",
            "en",
            start_s,
            end_s,
            text,
            "",
        ),
    )


def test_lost_and_doubled_phrases_are_counted() -> None:
    """A sentence nobody wrote is lost, a phrase that is final twice or covers another's sound is doubled."""
    words = tuple(
        TimedWord(text, i, i + 1.0) for i, text in enumerate(["we", "met", "today.", "it", "was", "good", "fun."])
    )
    speech = ContinuousSpeech(np.zeros(16_000, np.float32), ("en",), words)
    whole = [final("we met today.", 0.0, 3.0), final("it was good fun.", 3.0, 7.0)]
    assert (count_lost(RoomPlayed(speech, whole)), count_doubled(RoomPlayed(speech, whole))) == (0, 0)
    assert count_lost(RoomPlayed(speech, whole[:1])) == 1
    assert count_doubled(RoomPlayed(speech, [*whole, whole[0]])) >= 1
    assert count_doubled(RoomPlayed(speech, [*whole, final("it was", 3.2, 5.0)])) == 1


def test_pauses_are_shortened_and_words_move_with_them() -> None:
    """The demo speech has no pause that would end an utterance, and its words still lie on voice."""
    for speech in corpus.read(None):
        again = shorten_pauses(speech)
        assert again.duration_s > 0.98 * speech.duration_s
        ends = [word.end_s for word in speech.words]
        assert ends == sorted(ends)
        assert ends[-1] <= speech.duration_s + 0.1


@pytest.mark.parametrize("by", [0.0, 0.3, 0.9])
def test_speech_begins_elsewhere_with_all_its_words(by: float) -> None:
    """Turned and repeated speech keeps words and sound together."""
    speech = corpus.read(None)[0]
    turned = speech.rotated(by)
    assert sorted(word.text for word in turned.words) == sorted(word.text for word in speech.words)
    assert all(0 <= word.start_s <= word.end_s <= turned.duration_s + 0.1 for word in turned.words)
    longer = turned.repeated(2.5 * speech.duration_s)
    assert longer.duration_s == pytest.approx(2.5 * speech.duration_s, abs=0.01)
    assert len(longer.words) > 2 * len(speech.words)


def test_an_empty_folder_is_no_corpus(tmp_path: Path) -> None:
    """A folder without recordings gets a sentence."""
    with pytest.raises(SettingsError, match="Expected recordings in"):
        corpus.read(tmp_path)
