"""One line of the audit log: who did what and when, without any content."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Literal, get_args

AuditAction = Literal[
    "service_started",
    "service_stopped",
    "login_refused",
    "key_created",
    "key_revoked",
    "key_rotated",
    "keys_renewed",
    "room_created",
    "room_removed",
    "room_changed",
    "room_public",
    "room_private",
    "room_opened",
    "room_closed",
    "output_added",
    "output_removed",
    "source_stopped",
    "source_started",
    "phrase_corrected",
    "phrase_withdrawn",
    "text_replaced",
    "replacement_undone",
    "captions_erased",
    "room_exported",
    "transcript_downloaded",
    "incident",
    "backup_made",
    "backup_restored",
    "records_lost",
]
"""What is recorded. `records_lost` counts lines that could not be written, because the disk was full or too slow."""

ACTIONS: tuple[AuditAction, ...] = get_args(AuditAction)

AddressMode = Literal["full", "network", "none"]
"""What is stored of an address: all of it, its network (/24, or /48 of IPv6), or nothing."""

TEXT_MAX = 200
"""Maximum characters of a field, so that no request makes a long line."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """Something that a person or program did."""

    at_ms: int
    """Milliseconds since 1970, by the wall clock."""
    action: str
    """One of `ACTIONS`; files of a later version may have others."""
    key: str | None = None
    """Id of the key that was used; None if there was none."""
    room: str | None = None
    address: str = ""
    """Address of the client, as far as the settings allow its storing."""
    detail: str = ""
    """What it was done to: ids and names of settings, never their values and never captions."""
    n: int = 1
    """How often it happened; more than 1 where repetitions share a line."""

    def to_line(self) -> bytes:
        """Return the record as one line of JSON."""
        at = datetime.fromtimestamp(self.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
        fields = {
            "at": at.replace("+00:00", "Z"),
            "action": self.action,
            "key": self.key,
            "room": _limit(self.room),
            "address": _limit(self.address),
            "detail": _limit(self.detail),
            "n": self.n,
        }
        return json.dumps({name: value for name, value in fields.items() if value not in (None, "")}).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "AuditRecord":
        """Return the record in a line.

        Raises:
            ValueError: The line is damaged.
        """
        try:
            fields = json.loads(line)
            at_ms = round(datetime.fromisoformat(fields["at"]).timestamp() * 1000)
            return cls(
                at_ms,
                str(fields["action"]),
                _text(fields.get("key")),
                _text(fields.get("room")),
                _text(fields.get("address")) or "",
                _text(fields.get("detail")) or "",
                int(fields.get("n", 1)),
            )
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as exc:
            raise ValueError("Expected an audit record, but the line is damaged.") from exc


def shorten_address(address: str, mode: AddressMode) -> str:
    """Return what may be stored of an address."""
    if mode == "none":
        return ""
    return _network(address, 24, 48) if mode == "network" else _network(address, 32, 128).partition("/")[0]


def client_subject(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 network of an IPv6 address."""
    return _network(address, 32, 64)


def _network(address: str, ipv4_bits: int, ipv6_bits: int) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    mapped = ip.ipv4_mapped if ip.version == 6 else None
    ip = mapped or ip
    return str(ip_network(f"{ip}/{ipv4_bits if ip.version == 4 else ipv6_bits}", strict=False))


def _limit(text: str | None) -> str | None:
    return text if text is None else text[:TEXT_MAX]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
