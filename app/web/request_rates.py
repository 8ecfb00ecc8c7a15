"""How often one key and one network may ask for what costs the service most."""

from dataclasses import dataclass
from typing import Literal

RequestKind = Literal["history", "transcript", "export", "hello", "qr", "search"]
"""What is limited: older captions, a transcript, the export of a room, the first message of a reader, a QR code, a
search in the whole talk."""


@dataclass(frozen=True, slots=True)
class RequestRate:
    """A limit on requests of one kind."""

    burst: float
    """Requests at once."""
    per_s: float
    """Requests a second after that."""
    retry_s: float
    """Pause after which a refused client should try again, in seconds."""
    message: str
    """What a person reads whose request is refused."""


BY_NETWORK: dict[RequestKind, RequestRate] = {
    "hello": RequestRate(4_000, 100, 10, "Too many readers connect from your address at once. Try again in a moment."),
    "history": RequestRate(
        2_000, 50, 10, "Older captions were asked for too often from your address. Try again in a moment."
    ),
    "transcript": RequestRate(
        400, 10, 10, "The transcript was asked for too often from your address. Try again in a moment."
    ),
    "export": RequestRate(60, 1, 10, "Captions were exported too often from your address. Try again in a moment."),
    "search": RequestRate(120, 4, 5, "The talk was searched too often from your address. Try again in a moment."),
    "qr": RequestRate(120, 4, 10, "QR codes were asked for too often from your address. Try again in a moment."),
}
"""For one network. A hall of 1,000 phones behind one address that all reconnect at once stays below the limits: every
connection that a network may have can return once, each phone may load two pages of older captions, and four in ten may
fetch the transcript at the end of a talk, the others within a minute. One client alone can ask no more than that."""

KEY_FACTOR = 4.0
"""Requests of one key, compared with those of one network: a link on a slide is used by several halls."""

MODEST_SHARE = 0.5
"""A network that has at least this share of its requests left is served although its link has none left. Otherwise a
few networks, such as five /64 of one IPv6 connection, could keep all readers with the link of a slide out."""

SHARED_FACTOR = 4.0
"""Requests of a network that the operator names as shared, compared with another one."""
