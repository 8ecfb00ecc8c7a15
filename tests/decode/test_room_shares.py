"""Shares of rooms in an engine's time."""

import pytest

from app.decode.room_shares import SLACK, STRETCH_MAX, RoomShares


def use(shares: RoomShares, costs_s: dict[str, float], *, seconds: float = 60.0) -> float:
    """Let rooms use this much lane time a second; return the time at the end."""
    for second in range(round(seconds)):
        for room, cost_s in costs_s.items():
            shares.add(room, cost_s, float(second))
    return seconds - 1


def test_a_room_alone_has_everything() -> None:
    """One room is never above its share, whatever it uses; windows of files belong to no room."""
    shares = RoomShares(2)
    now_s = use(shares, {"hall": 2.0, "": 1.0})
    assert not shares.is_over("hall", now_s)
    assert not shares.is_over("", now_s)
    assert shares.stretch("hall", now_s) == 1


def test_rooms_that_use_the_same_are_within_their_share() -> None:
    """Rooms that fill the engine together are not above their share, and not with a third more either."""
    shares = RoomShares(2)
    rooms = {f"room{number}": 2 / 24 for number in range(24)}
    now_s = use(shares, {**rooms, "room0": 2 / 24 * 1.3})
    assert not any(shares.is_over(room, now_s) for room in rooms)


@pytest.mark.parametrize("n_others", [2, 8, 23])
def test_a_room_with_many_sources_is_above_its_share(n_others: int) -> None:
    """A room that uses what the others leave is above its share, by that much, and asks less often."""
    shares = RoomShares(1)
    others = {f"room{number}": 0.2 / n_others for number in range(n_others)}
    now_s = use(shares, {**others, "crowded": 0.8})
    excess = 0.8 * (n_others + 1) / SLACK
    assert shares.excess("crowded", now_s) == pytest.approx(excess, rel=0.1)
    assert shares.stretch("crowded", now_s) == pytest.approx(min(STRETCH_MAX, excess), rel=0.1)
    assert not any(shares.is_over(room, now_s) for room in others)


def test_what_was_used_is_forgotten() -> None:
    """Half a minute later a room is within its share again, and rooms that fell silent leave it all to the others."""
    shares = RoomShares(1)
    now_s = use(shares, {"crowded": 0.9, "hall": 0.1})
    assert shares.is_over("crowded", now_s)
    assert not shares.is_over("crowded", now_s + 30)
    for second in range(20):
        shares.add("crowded", 0.9, now_s + second)
    assert not shares.is_over("crowded", now_s + 20)
