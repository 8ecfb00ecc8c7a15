"""The order and the batches of the queue."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decode.encoder_length import ENCODER_LENGTHS, encoder_length
from app.decode.request import DecodeNeed, Urgency
from app.decode.room_shares import RoomShares
from app.decode.scheduler import BatchLimits, PendingDecode, Scheduler
from tests.fakes.decode_clients import FixedClient, SimulatedClient

FOUR = BatchLimits(dict.fromkeys(ENCODER_LENGTHS, 4))


def queue(*needs: DecodeNeed | None, limits: BatchLimits = FOUR) -> Scheduler[int]:
    """Return a scheduler with one client per need, due one second after the other and numbered from 0."""
    scheduler: Scheduler[int] = Scheduler(limits)
    for number, need in enumerate(needs):
        scheduler.add(PendingDecode(FixedClient(need), number, float(number)))
    return scheduler


def taken(scheduler: Scheduler[int], recorded_max: int | None = None) -> list[int]:
    """Return the numbers in the next batch."""
    batch, _ = scheduler.next_batch(recorded_max=recorded_max)
    return [pending.handle for pending in batch.pending] if batch else []


def test_ended_utterances_go_first_and_files_last() -> None:
    """A final request that came last overtakes; a recorded one waits for all live ones."""
    scheduler = queue(
        DecodeNeed(3.0, Urgency.RECORDED),
        DecodeNeed(3.0),
        DecodeNeed(12.0, Urgency.UTTERANCE_END),
        limits=BatchLimits(dict.fromkeys(ENCODER_LENGTHS, 1)),
    )
    assert [taken(scheduler) for _ in range(3)] == [[2], [1], [0]]


def test_batches_share_window_prompt_and_beam() -> None:
    """Windows that differ in encoder length, prompt length or beam get different batches."""
    scheduler = queue(
        DecodeNeed(3.0), DecodeNeed(12.0), DecodeNeed(3.0, n_prompt=32), DecodeNeed(3.0, beam_size=5), DecodeNeed(4.0)
    )
    assert [taken(scheduler) for _ in range(4)] == [[0, 4], [1], [2], [3]]


def test_a_half_empty_batch_takes_smaller_windows_where_that_pays() -> None:
    """On a GPU windows of the next smaller length fill a batch; on a CPU they do not; larger ones never do."""
    needs = (DecodeNeed(12.0), DecodeNeed(3.0), DecodeNeed(20.0))
    assert taken(queue(*needs)) == [0]
    promoting = queue(*needs, limits=BatchLimits(dict.fromkeys(ENCODER_LENGTHS, 4), promotes=True))
    batch, _ = promoting.next_batch()
    assert batch is not None
    assert ([pending.handle for pending in batch.pending], batch.encoder_length) == ([0, 1], 768)


def test_a_client_without_a_need_leaves() -> None:
    """A room that fell silent while it waited is returned and not decoded."""
    scheduler = queue(None, DecodeNeed(3.0))
    batch, idle = scheduler.next_batch()
    assert [pending.handle for pending in idle] == [0]
    assert batch is not None
    assert [pending.handle for pending in batch.pending] == [1]
    assert len(scheduler) == 0


def test_files_wait_while_rooms_are_live() -> None:
    """With a limit for files their batches are small, with 0 they wait."""
    scheduler = queue(*[DecodeNeed(12.0, Urgency.RECORDED)] * 4)
    assert taken(scheduler, recorded_max=0) == []
    assert taken(scheduler, recorded_max=1) == [0]
    assert taken(scheduler) == [1, 2, 3]


def test_files_have_a_limit_of_their_own() -> None:
    """Without live rooms batches of files fill the memory; too little memory lowers only their own limit."""
    limits = BatchLimits(dict.fromkeys(ENCODER_LENGTHS, 2), recorded=5)
    assert len(taken(queue(*[DecodeNeed(12.0, Urgency.RECORDED)] * 6, limits=limits))) == 5
    lowered = limits.lowered(768, 3, is_recorded=True)
    assert (lowered.max_rows(768, is_recorded=True), lowered.max_rows(768)) == (3, 2)
    assert limits.lowered(768, 1).max_rows(768) == 1


def test_windows_of_a_failed_batch_stay_apart() -> None:
    """They are decoded in smaller batches, and others do not share them."""
    scheduler = queue(*[DecodeNeed(3.0)] * 5)
    batch, _ = scheduler.next_batch()
    assert batch is not None
    for pending in batch.pending:
        pending.rows_max = 2
        scheduler.add(pending)
    assert [taken(scheduler) for _ in range(3)] == [[0, 1], [2, 3], [4]]


def test_a_requeued_decode_keeps_its_request() -> None:
    """A batch whose worker died is decoded again with the same sound, at its old place in the queue."""
    scheduler = queue(DecodeNeed(3.0))
    batch, _ = scheduler.next_batch()
    assert batch is not None
    [pending] = batch.pending
    request = pending.request
    scheduler.add(PendingDecode(FixedClient(DecodeNeed(3.0)), 9, 99.0))
    scheduler.add(pending)
    batch, _ = scheduler.next_batch()
    assert batch is not None
    assert [one.handle for one in batch.pending] == [0, 9]
    assert batch.pending[0].request is request


def simulate(
    rooms: list[SimulatedClient],
    *,
    lanes: int,
    row_s: float,
    seconds: float,
    n_crowded: int = 0,
    is_shared: bool = True,
) -> None:
    """Run a simulated engine whose batches take `row_s` a row, and longer for longer windows.

    The first `n_crowded` clients are sources of one room; with `is_shared` each room has its share.
    """
    shares = RoomShares(lanes)
    scheduler: Scheduler[SimulatedClient] = Scheduler(
        FOUR, is_over=lambda room: is_shared and shares.is_over(room, now_s)
    )
    waiting: dict[int, PendingDecode[SimulatedClient]] = {}
    free_s = [0.0] * lanes
    now_s = 0.0
    while now_s < seconds:
        for number, room in enumerate(rooms):
            room.now_s = now_s
            if number not in waiting and room.need() is not None:
                name = "crowded" if number < n_crowded else f"room{number}"
                waiting[number] = PendingDecode(room, room, now_s, name)
                scheduler.add(waiting[number])
        for lane in range(lanes):
            if free_s[lane] > now_s:
                continue
            batch, idle = scheduler.next_batch()
            for pending in idle:
                waiting.pop(rooms.index(pending.handle))
            if batch is None:
                break
            free_s[lane] = now_s + len(batch.pending) * row_s * encoder_length(batch.encoder_length * 0.02 - 1.28) / 512
            for pending in batch.pending:
                shares.add(pending.room, (free_s[lane] - now_s) / len(batch.pending), now_s)
                pending.handle.waits_s.append(free_s[lane] - pending.ready_s)
                pending.handle.decoded_s = now_s
                waiting.pop(rooms.index(pending.handle))
        now_s += 0.01


@settings(max_examples=25, deadline=None)
@given(
    speakers=st.integers(1, 3),
    others=st.lists(st.tuples(st.floats(1.5, 8.0), st.floats(0.6, 4.0), st.floats(0.0, 5.0)), min_size=4, max_size=14),
)
def test_a_room_that_never_pauses_starves_no_other(speakers: int, others: list[tuple[float, float, float]]) -> None:
    """Within capacity no room waits much longer than the middle room, whether it pauses or not."""
    rooms = [SimulatedClient(13.0, 0.0, 0.3 * i) for i in range(speakers)]
    rooms += [SimulatedClient(*other) for other in others]
    simulate(rooms, lanes=2, row_s=0.04, seconds=40.0)
    assert all(len(room.waits_s) >= 5 for room in rooms)
    slowest = [float(np.percentile(room.waits_s, 95)) for room in rooms]
    assert max(slowest) < 1.0
    assert max(slowest) <= 1.3 * float(np.median(slowest)) + 0.25


def measure_waits(*, n_crowded: int, is_shared: bool) -> list[float]:
    """Return the waits of eight rooms beside a room with many sources that end an utterance every second."""
    crowded = [SimulatedClient(0.9, 0.3, 0.1 * number) for number in range(n_crowded)]
    rooms = [SimulatedClient(6.0, 1.0, 0.7 * number) for number in range(8)]
    simulate([*crowded, *rooms], lanes=1, row_s=0.06, seconds=40.0, n_crowded=n_crowded, is_shared=is_shared)
    return [wait_s for room in rooms for wait_s in room.waits_s]


def test_a_room_with_many_sources_delays_no_other() -> None:
    """Eight rooms wait hardly longer beside a room with 16 sources than alone, and get as many decodes."""
    alone = measure_waits(n_crowded=0, is_shared=True)
    beside = measure_waits(n_crowded=16, is_shared=True)
    unshared = measure_waits(n_crowded=16, is_shared=False)
    assert np.percentile(unshared, 95) > 1.5
    assert np.percentile(beside, 95) < np.percentile(alone, 95) + 0.5
    assert len(beside) > 0.75 * len(alone)


def test_tentative_decodes_wait_when_there_is_too_much() -> None:
    """Beyond capacity ended utterances are still answered soon; those that run on wait longer."""
    rooms = [SimulatedClient(2.0, 0.7, 0.3 * i) for i in range(10)] + [
        SimulatedClient(13.0, 0.0, 0.1 * i) for i in range(40)
    ]
    simulate(rooms, lanes=1, row_s=0.04, seconds=30.0)
    finals = [wait_s for room in rooms[:10] for wait_s in room.waits_s]
    running = [wait_s for room in rooms[10:] for wait_s in room.waits_s]
    assert np.median(finals) < np.median(running)


@pytest.mark.parametrize("seconds", [0.5, 30.0])
def test_every_length_has_a_limit(seconds: float) -> None:
    """A length without a limit gets the smallest one, and at least one row."""
    assert BatchLimits({512: 3}).max_rows(encoder_length(seconds)) == 3
    assert BatchLimits({}).max_rows(512) == 1
