"""Who may come in: a key in the first message or a header, and pages of our own origin."""

import secrets
from urllib.parse import urlsplit

from app.errors import AccessError


def check_key(expected: str | None, given: str) -> None:
    """Let the right key pass; without an expected key everybody passes.

    Raises:
        AccessError: The key is another.
    """
    if expected is not None and not secrets.compare_digest(expected.encode(), given.encode()):
        raise AccessError("This room needs its key. Open the whole link you were given, with the part behind #.")


def is_own_origin(origin: str | None, host: str | None) -> bool:
    """Return whether a socket was opened by one of our own pages; programs send no origin and may pass."""
    return origin is None or (host is not None and urlsplit(origin).netloc.casefold() == host.casefold())
