"""What happens after failed batches."""

import pytest

from app.decode.fault_policy import ALONE_MAX, FaultPolicy
from app.decode.faults import FaultKind
from app.decode.request import DecodeNeed
from app.decode.scheduler import BatchLimits, DecodeBatch, PendingDecode, Scheduler
from app.errors import RowError
from tests.fakes.decode_clients import FixedClient


def batch(n_rows: int) -> DecodeBatch[int]:
    """Return a batch of `n_rows` windows."""
    pending = [PendingDecode(FixedClient(DecodeNeed(1.0)), number, 0.0) for number in range(n_rows)]
    return DecodeBatch(tuple(pending), 512)


def test_a_failed_batch_is_decoded_again_in_halves() -> None:
    """Each failure halves the batches that its windows may be in; the last one gives the window up."""
    policy: FaultPolicy[PendingDecode[int]] = FaultPolicy()
    failed = batch(8)
    for rows_max in (4, 2, 1):
        response = policy.on_failed(failed.pending, FaultKind.ROW, "No.")
        assert {pending.rows_max for pending in response.again} == {rows_max}
        assert not response.needs_restart
        failed = DecodeBatch(response.again[:rows_max], 512)
    response = policy.on_failed(failed.pending, FaultKind.ROW, "No.")
    [(pending, error)] = response.given_up
    assert (pending, str(error), type(error)) == (failed.pending[0], "No.", RowError)


def test_two_failures_of_the_device_in_a_row_restart_the_worker() -> None:
    """A batch that works between them sets the count back; a lost device needs no second failure."""
    policy: FaultPolicy[PendingDecode[int]] = FaultPolicy()
    assert not policy.on_failed(batch(2).pending, FaultKind.DEVICE, "No.").needs_restart
    policy.on_decoded()
    assert not policy.on_failed(batch(2).pending, FaultKind.DEVICE, "No.").needs_restart
    assert policy.on_failed(batch(2).pending, FaultKind.DEVICE, "No.").needs_restart
    assert policy.on_failed(batch(2).pending, FaultKind.LOST, "No.").needs_restart


def test_too_little_memory_lowers_the_limit() -> None:
    """Of this encoder length only, and the worker goes on."""
    response = FaultPolicy[PendingDecode[int]]().on_failed(batch(8).pending, FaultKind.MEMORY, "No.")
    assert response.fitting == 4
    queue: Scheduler[int] = Scheduler(BatchLimits({512: 8, 768: 6}))
    queue.lower(batch(8), response.fitting)
    assert (queue.limits.max_rows(512), queue.limits.max_rows(768)) == (4, 6)
    assert {pending.rows_max for pending in response.again} == {4}
    assert not response.needs_restart


@pytest.mark.parametrize(("others_work", "is_row"), [(True, True), (False, False)])
def test_a_window_is_given_up_when_others_work(others_work: bool, is_row: bool) -> None:
    """If nothing works, the device may be at fault, and the window may be sent again later."""
    policy: FaultPolicy[PendingDecode[int]] = FaultPolicy()
    failed = batch(1)
    for _ in range(ALONE_MAX - 1):
        assert policy.on_died(failed.pending, "It died.").again == failed.pending
    if others_work:
        policy.on_decoded()
    [(_, error)] = policy.on_died(failed.pending, "It died.").given_up
    assert isinstance(error, RowError) == is_row
