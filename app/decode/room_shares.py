"""How much of an engine's time each room has used lately, and which rooms use more than their share; pure.

A room with many sources has many windows in the queue, and would be served as many times as often as a room with one.
So each room that is spoken in has the same share of the engine. A room may use more while nobody else waits; when
others wait, it comes after them and asks less often, until it is back at its share.
"""

import math

REMEMBERED_S = 10.0
"""Time constant of what is remembered: several windows of each source, but soon forgotten when a room falls silent."""

SLACK = 1.5
"""How much more than its share a room may use without consequences: rooms with one source each differ by that much,
because some speak faster or get their windows decoded twice. Measured with 24 rooms of continuous speech."""

STRETCH_MAX = 3.0
"""How many times as much new sound a room above its share gathers before it asks again."""


class RoomShares:
    """The rooms that one engine serves; times are seconds on the caller's clock."""

    def __init__(self, lanes: int) -> None:
        """Start with no rooms; `lanes` batches may run at once."""
        self._lanes = lanes
        self._used_s: dict[str, tuple[float, float]] = {}
        """Lane time that each room used, fading with REMEMBERED_S, and the moment for which it was computed."""

    def add(self, room: str, cost_s: float, now_s: float) -> None:
        """Count the lane time of a window; windows of no room are not counted."""
        if not room:
            return
        self._used_s[room] = (self._faded(room, now_s) + cost_s, now_s)
        self._used_s = {one: used for one, used in self._used_s.items() if now_s - used[1] < REMEMBERED_S}

    def excess(self, room: str, now_s: float) -> float:
        """Return how much of its share a room uses; above 1 it must let others go first.

        A room that is the only one has everything.
        """
        n_rooms = sum(now_s - at_s < REMEMBERED_S for _, at_s in self._used_s.values())
        if room not in self._used_s or n_rooms < 2:
            return 0.0
        return self._faded(room, now_s) / REMEMBERED_S / (SLACK * self._lanes / n_rooms)

    def is_over(self, room: str, now_s: float) -> bool:
        """Return whether a room uses more than its share."""
        return self.excess(room, now_s) > 1

    def stretch(self, room: str, now_s: float) -> float:
        """Return by how much a room should lengthen its cadence while the engine is busy: 1 to STRETCH_MAX."""
        return min(STRETCH_MAX, max(1.0, self.excess(room, now_s)))

    def _faded(self, room: str, now_s: float) -> float:
        used_s, at_s = self._used_s.get(room, (0.0, now_s))
        return used_s * math.exp((at_s - now_s) / REMEMBERED_S)
