"""Whether what viewers were shown is what the log holds: every final once, in order, from where they came in; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.bench.delivery_ledger import Final, compute_digest
from app.bench.viewer_transport import ResumePosition

REVS_MAX = 4000
"""Phrases whose revision a page remembers, as static/room/captions.js has it."""


@dataclass(slots=True)
class RecordPart:
    """What a viewer was shown between two fresh snapshots."""

    begin: int
    """The first seq it was owed."""
    finals: list[Final] = field(default_factory=list)


class ViewerRecord:
    """One viewer's finals over all its connections, taken as static/room/captions.js takes them."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.parts: list[RecordPart] = []
        self.since: ResumePosition | None = None
        """What the viewer says when it comes back."""
        self._revs: dict[tuple[str, str], int] = {}

    def snapshot(self, epoch: str, captions: Iterable[dict[str, Any]], *, is_fresh: bool) -> None:
        """Take what a viewer lacks; a fresh one of the same log begins no new part, so what it skips is lost."""
        captions = list(captions)
        if is_fresh:
            self._revs.clear()
            if self.since is not None and self.since.epoch == epoch:
                held = self.since.seq
                captions = [one for one in captions if one["seq"] is None or one["seq"] > held]
            else:
                self.parts.append(RecordPart(next((one["seq"] for one in captions if one["seq"] is not None), 1)))
                self.since = ResumePosition(epoch, 0)
        for caption in captions:
            self.take(caption)

    def take(self, caption: dict[str, Any]) -> None:
        """Take one caption; a page leaves out one whose phrase it holds already, and so it does not count as shown."""
        place, seq = (caption["phrase"], caption["track"]), caption["seq"]
        is_news = caption["rev"] > self._revs.get(place, 0)
        if is_news:
            self._revs.pop(place, None)
            self._revs[place] = caption["rev"]
            if len(self._revs) > REVS_MAX:
                del self._revs[next(iter(self._revs))]
        if seq is None:
            return
        held = self.since.seq if self.since else 0
        self.since = ResumePosition(caption["epoch"], max(seq, held))
        if is_news or seq <= held:  # the second should never come, and is counted
            self.parts[-1].finals.append(Final(seq, compute_digest(caption["phrase"], caption["committed"])))


@dataclass(frozen=True, slots=True)
class DeliveryErrors:
    """What was amiss, over all viewers; all zero where the invariant holds."""

    lost: int = 0
    """Finals in the log that a viewer was owed and not shown, or shown and not in the log; and holes in the log."""
    doubled: int = 0
    reordered: int = 0
    """Finals shown behind one with a higher number."""
    altered: int = 0
    """Finals that the log holds with another text."""

    @property
    def holds(self) -> bool:
        """Whether what was shown is what the log holds."""
        return self == DeliveryErrors()

    def __add__(self, other: "DeliveryErrors") -> "DeliveryErrors":
        """Return both together."""
        return DeliveryErrors(
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.reordered + other.reordered,
            self.altered + other.altered,
        )


def judge(viewers: Iterable[ViewerRecord], log: Sequence[Final]) -> DeliveryErrors:
    """Hold what viewers were shown against the whole log at the end, when each of them is up to date."""
    logged = {final.seq: final.digest for final in log}
    holes = max(logged, default=0) - len(logged)
    verdict = DeliveryErrors(lost=holes)
    for viewer in viewers:
        for part in viewer.parts:
            is_last = part is viewer.parts[-1]
            verdict += _judge(part, logged, is_last=is_last)
        if not viewer.parts:
            verdict += DeliveryErrors(lost=len(logged))
    return verdict


def _judge(part: RecordPart, logged: dict[int, int], *, is_last: bool) -> DeliveryErrors:
    seen: set[int] = set()
    newest = doubled = reordered = altered = lost = 0
    for final in part.finals:
        doubled += final.seq in seen
        reordered += final.seq < newest and final.seq not in seen
        lost += final.seq not in logged
        altered += logged.get(final.seq, final.digest) != final.digest
        seen.add(final.seq)
        newest = max(newest, final.seq)
    end = max(logged, default=0) if is_last else newest
    lost += sum(seq not in seen for seq in logged if part.begin <= seq <= end)
    return DeliveryErrors(lost, doubled, reordered, altered)
