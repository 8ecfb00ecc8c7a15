"""Who is decoded when: groups, order, fairness."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decode.encoder_length import BUCKETS, bucket
from app.decode.request import DecodeNeed, DecodeRequest, Urgency
from app.decode.scheduler import BatchLimits, PendingDecode, Scheduler

FOUR = BatchLimits(dict.fromkeys(BUCKETS, 4))


class Room:
    """A room that wants what it is told, and hands out a request for it."""

    def __init__(self, need: DecodeNeed | None) -> None:
        self.wanted = need

    def need(self) -> DecodeNeed | None:
        """Return what is wanted."""
        return self.wanted

    def request(self) -> DecodeRequest | None:
        """Return a silent window as long as wanted."""
        if self.wanted is None:
            return None
        urgency = self.wanted.urgency
        return DecodeRequest(
            np.zeros(round(self.wanted.duration_s * 100), np.float32),
            is_final=urgency is Urgency.FINAL,
            is_recorded=urgency is Urgency.RECORDED,
        )


def queue(*needs: DecodeNeed | None, limits: BatchLimits = FOUR) -> Scheduler[int]:
    """Return a scheduler in which rooms wait, ready one second after the other, numbered from 0."""
    scheduler: Scheduler[int] = Scheduler(limits)
    for number, need in enumerate(needs):
        scheduler.add(PendingDecode(Room(need), number, float(number)))
    return scheduler


def taken(scheduler: Scheduler[int], recorded_max: int | None = None) -> list[int]:
    """Return who is in the next batch."""
    batch, _ = scheduler.next(recorded_max=recorded_max)
    return [ticket.owner for ticket in batch.tickets] if batch else []


def test_ended_utterances_go_first_and_files_last() -> None:
    """A final request that came last overtakes; a recorded one waits for everybody live."""
    scheduler = queue(
        DecodeNeed(3.0, Urgency.RECORDED),
        DecodeNeed(3.0),
        DecodeNeed(12.0, Urgency.FINAL),
        limits=BatchLimits(dict.fromkeys(BUCKETS, 1)),
    )
    assert [taken(scheduler) for _ in range(3)] == [[2], [1], [0]]


def test_batches_share_window_prompt_and_beam() -> None:
    """What differs in encoder length, prompt length or beam waits for its own batch."""
    scheduler = queue(
        DecodeNeed(3.0), DecodeNeed(12.0), DecodeNeed(3.0, n_prompt=32), DecodeNeed(3.0, beam_size=5), DecodeNeed(4.0)
    )
    assert [taken(scheduler) for _ in range(4)] == [[0, 4], [1], [2], [3]]


def test_a_half_empty_batch_takes_smaller_windows_where_that_pays() -> None:
    """On a GPU windows of the next smaller length fill a batch; on a CPU they do not; larger ones never do."""
    needs = (DecodeNeed(12.0), DecodeNeed(3.0), DecodeNeed(20.0))
    assert taken(queue(*needs)) == [0]
    promoting = queue(*needs, limits=BatchLimits(dict.fromkeys(BUCKETS, 4), promotes=True))
    batch, _ = promoting.next()
    assert batch is not None
    assert ([ticket.owner for ticket in batch.tickets], batch.size) == ([0, 1], 768)


def test_who_wants_nothing_any_more_leaves() -> None:
    """A room that fell silent while it waited is handed back and not decoded."""
    scheduler = queue(None, DecodeNeed(3.0))
    batch, idle = scheduler.next()
    assert [ticket.owner for ticket in idle] == [0]
    assert batch is not None
    assert [ticket.owner for ticket in batch.tickets] == [1]
    assert len(scheduler) == 0


def test_files_leave_room_while_somebody_is_live() -> None:
    """With a limit for files their batches are small, with 0 they wait."""
    scheduler = queue(*[DecodeNeed(12.0, Urgency.RECORDED)] * 4)
    assert taken(scheduler, recorded_max=0) == []
    assert taken(scheduler, recorded_max=1) == [0]
    assert taken(scheduler) == [1, 2, 3]


def test_a_ticket_keeps_its_request_when_it_comes_back() -> None:
    """A batch whose worker died is decoded again with the same sound, at its old place in the queue."""
    scheduler = queue(DecodeNeed(3.0))
    batch, _ = scheduler.next()
    assert batch is not None
    [ticket] = batch.tickets
    sound = ticket.request
    scheduler.add(PendingDecode(Room(DecodeNeed(3.0)), 9, 99.0))
    scheduler.add(ticket)
    batch, _ = scheduler.next()
    assert batch is not None
    assert [one.owner for one in batch.tickets] == [0, 9]
    assert batch.tickets[0].request is sound


class SimulatedRoom:
    """Speaks on a simulated clock and asks as soon as it may; its windows grow until its phrase ends."""

    def __init__(self, phrase_s: float, pause_s: float, phase_s: float) -> None:
        self.phrase_s, self.pause_s, self.phase_s = phrase_s, pause_s, phase_s
        self.decoded_s = 0.0
        self.now_s = 0.0
        self.waits_s: list[float] = []

    def need(self) -> DecodeNeed | None:
        """Ask once a second while the phrase runs, and once when it has ended; never in a pause."""
        at_s = (self.now_s + self.phase_s) % (self.phrase_s + self.pause_s)
        if self.now_s - self.decoded_s < 1.0:
            return None
        if at_s < self.phrase_s:
            return DecodeNeed(max(0.8, at_s))
        return DecodeNeed(self.phrase_s, Urgency.FINAL) if self.now_s - at_s + self.phrase_s > self.decoded_s else None

    def request(self) -> DecodeRequest | None:
        """Return a window of that length, at a hundredth of the rate to save memory."""
        need = self.need()
        if need is None:
            return None
        return DecodeRequest(np.zeros(round(need.duration_s * 100), np.float32), is_final=need.urgency is Urgency.FINAL)


def simulate(rooms: list[SimulatedRoom], *, lanes: int, row_s: float, seconds: float) -> None:
    """Run a simulated engine whose batches take `row_s` a row, and longer for longer windows."""
    scheduler: Scheduler[SimulatedRoom] = Scheduler(FOUR)
    waiting: dict[int, PendingDecode[SimulatedRoom]] = {}
    free_s = [0.0] * lanes
    now_s = 0.0
    while now_s < seconds:
        for number, room in enumerate(rooms):
            room.now_s = now_s
            if number not in waiting and room.need() is not None:
                waiting[number] = PendingDecode(room, room, now_s)
                scheduler.add(waiting[number])
        for lane in range(lanes):
            if free_s[lane] > now_s:
                continue
            batch, idle = scheduler.next()
            for ticket in idle:
                waiting.pop(rooms.index(ticket.owner))
            if batch is None:
                break
            free_s[lane] = now_s + len(batch.tickets) * row_s * bucket(batch.size * 0.02 - 1.28) / 512
            for ticket in batch.tickets:
                ticket.owner.waits_s.append(free_s[lane] - ticket.ready_s)
                ticket.owner.decoded_s = now_s
                waiting.pop(rooms.index(ticket.owner))
        now_s += 0.01


@settings(max_examples=25, deadline=None)
@given(
    talkers=st.integers(1, 3),
    others=st.lists(st.tuples(st.floats(1.5, 8.0), st.floats(0.6, 4.0), st.floats(0.0, 5.0)), min_size=4, max_size=14),
)
def test_a_room_that_never_pauses_starves_nobody(talkers: int, others: list[tuple[float, float, float]]) -> None:
    """Whatever the rooms say, within capacity, nobody waits much longer than the middle room, talkers included."""
    rooms = [SimulatedRoom(13.0, 0.0, 0.3 * i) for i in range(talkers)]
    rooms += [SimulatedRoom(*other) for other in others]
    simulate(rooms, lanes=2, row_s=0.04, seconds=40.0)
    assert all(len(room.waits_s) >= 5 for room in rooms)
    slowest = [float(np.percentile(room.waits_s, 95)) for room in rooms]
    assert max(slowest) < 1.0
    assert max(slowest) <= 1.3 * float(np.median(slowest)) + 0.25


def test_tentative_work_is_what_waits_when_there_is_too_much() -> None:
    """Beyond capacity ended utterances are still answered soon; those that run on wait longer."""
    rooms = [SimulatedRoom(2.0, 0.7, 0.3 * i) for i in range(10)] + [
        SimulatedRoom(13.0, 0.0, 0.1 * i) for i in range(40)
    ]
    simulate(rooms, lanes=1, row_s=0.04, seconds=30.0)
    finals = [wait_s for room in rooms[:10] for wait_s in room.waits_s]
    running = [wait_s for room in rooms[10:] for wait_s in room.waits_s]
    assert np.median(finals) < np.median(running)


@pytest.mark.parametrize("seconds", [0.5, 30.0])
def test_limits_know_every_length(seconds: float) -> None:
    """A length that nobody named gets the smallest limit, and never none."""
    assert BatchLimits({512: 3}).of(bucket(seconds)) == 3
    assert BatchLimits({}).of(512) == 1
