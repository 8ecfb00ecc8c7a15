"""Lines of the audit log."""

import json

import pytest

from app.store.audit_record import TEXT_MAX, AddressMode, AuditRecord, client_subject, shorten_address


def test_a_record_survives_its_line() -> None:
    """A line is JSON with the time in UTC, without empty fields, and reads back as the same record."""
    record = AuditRecord(1_800_000_000_123, "key_created", "local", "hall", "192.0.2.7", "0f3a viewer", 1)
    assert json.loads(record.to_line())["at"] == "2027-01-15T08:00:00.123Z"
    assert AuditRecord.from_line(record.to_line()) == record
    assert set(json.loads(AuditRecord(0, "service_started").to_line())) == {"at", "action", "n"}


def test_a_line_stays_one_short_line() -> None:
    """A name with line breaks, or one that is very long, cannot make a second line or a large one."""
    line = AuditRecord(0, "login_refused", room="a\nb\u2028", detail="x" * 10_000).to_line()
    assert line.count(b"\n") == 1
    assert len(line) < TEXT_MAX + 150


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"1", b'{"at": 5}', b'{"at": "x", "action": "a"}', b"\xff\n"])
def test_damaged_lines_are_refused(line: bytes) -> None:
    """Whatever a power cut leaves is a ValueError."""
    with pytest.raises(ValueError, match="damaged"):
        AuditRecord.from_line(line)


@pytest.mark.parametrize(
    ("address", "mode", "stored"),
    [
        ("192.0.2.77", "full", "192.0.2.77"),
        ("192.0.2.77", "network", "192.0.2.0/24"),
        ("192.0.2.77", "none", ""),
        ("2001:db8:1:2:3::4", "full", "2001:db8:1:2:3::4"),
        ("2001:db8:1:2:3::4", "network", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "network", "192.0.2.0/24"),
        ("a name from a header", "full", ""),
    ],
)
def test_addresses_are_stored_as_the_setting_says(address: str, mode: AddressMode, stored: str) -> None:
    """All, the network or nothing; what is no address is not stored."""
    assert shorten_address(address, mode) == stored


def test_a_network_of_ipv6_is_one_client() -> None:
    """The addresses of one /64 belong to one client; those of IPv4 do not."""
    assert client_subject("2001:db8::1") == client_subject("2001:db8::ffff")
    assert client_subject("192.0.2.1") != client_subject("192.0.2.2")
