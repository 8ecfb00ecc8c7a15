"""Repetitions share a line of the audit log."""

from app.store.audit_rate import ACTIONS_ALONE, SUBJECTS_MAX, WINDOW_S, AuditRate
from app.store.audit_record import AuditRecord


def refused(address: str) -> AuditRecord:
    """Return a refused login."""
    return AuditRecord(0, "login_refused", address=address)


def test_refused_logins_of_an_address_share_a_line() -> None:
    """The first one is written at once, the others are counted until the window ends."""
    rate = AuditRate()
    written = [rate.admit(refused("192.0.2.1"), float(at_s)) for at_s in range(500)]
    assert written == [True] + [False] * 499
    assert rate.take_due(WINDOW_S - 1) == []
    (summary,) = rate.take_due(WINDOW_S)
    assert (summary.address, summary.n) == ("192.0.2.1", 499)
    assert rate.admit(refused("192.0.2.1"), WINDOW_S + 1)


def test_many_addresses_share_a_line() -> None:
    """An attacker with any number of addresses writes a bounded number of lines."""
    rate = AuditRate()
    n_written = sum(rate.admit(refused(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"), 0.0) for n in range(20_000))
    summaries = rate.take_all()
    assert n_written == SUBJECTS_MAX + 1
    assert n_written + sum(record.n for record in summaries) == 20_000
    assert len(summaries) == 1


def test_a_flood_hides_no_other_action() -> None:
    """A key that corrects without end fills one window; its other actions are still written."""
    rate = AuditRate()
    flood = [rate.admit(AuditRecord(0, "phrase_corrected", "0f3a"), 0.0) for _ in range(5000)]
    assert sum(flood) == ACTIONS_ALONE
    assert rate.admit(AuditRecord(0, "captions_erased", "0f3a"), 0.0)
    assert rate.admit(AuditRecord(0, "phrase_corrected", "another"), 0.0)
    assert [record.n for record in rate.take_all()] == [5000 - ACTIONS_ALONE]
    assert rate.next_s is None
