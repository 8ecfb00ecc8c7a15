"""How many files this process may open, and how many connections fit in there."""

import os
import sys
from contextlib import suppress
from dataclasses import replace

from app.web.limits import LimitSettings

KEPT_SHARE, KEPT_MIN, KEPT_MAX = 4, 64, 200
"""One in four descriptors, but 64 to 200, is kept for what is not a connection of a client: the database, the worker,
media children, subtitle files, connections to meetings and OBS. A room with a stream and three outputs needs six."""

SPARE_SHARE, SPARE_MIN = 16, 12
"""One in sixteen connections, but at least 12, is kept for clients that are refused and for health checks."""

ADDRESS_SHARE = 0.3
"""Share of all connections that one network may have."""

FALLBACKS = (65_536, 10_240)
"""Limits to try where the system does not allow the one that it names: macOS says "unlimited" and allows 10,240 (its
OPEN_MAX), or more if its kernel was set up so. Source: setrlimit(2) of macOS."""


def raise_file_limit() -> int | None:
    """Let this process open as many files as the system allows, and return how many; None where there is no limit."""
    if sys.platform == "win32":
        return None
    import resource

    limit, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard_limit, *FALLBACKS):
        if limit != resource.RLIM_INFINITY and (wanted == hard_limit or wanted > limit):
            with suppress(ValueError, OSError):  # macOS names a limit that it does not allow
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard_limit))
                limit = wanted
                break
    return None if limit == resource.RLIM_INFINITY else limit


def fit_limits(settings: LimitSettings, n_files: int | None) -> LimitSettings:
    """Return the limits for a process that may open `n_files`; call it once what is not a connection is open."""
    if n_files is None:
        return settings
    n_kept = min(KEPT_MAX, max(KEPT_MIN, n_files // KEPT_SHARE))
    n_connections = max(2 * SPARE_MIN, min(settings.total, n_files - n_kept - _count_open_files()))
    spare = min(settings.spare, max(SPARE_MIN, n_connections // SPARE_SHARE))
    return replace(
        settings,
        sockets=n_connections - spare,
        spare=spare,
        address=min(settings.address, max(SPARE_MIN, round(ADDRESS_SHARE * n_connections) - spare)),
        descriptors=n_files - n_kept // 2,
    )


def _count_open_files() -> int:
    """Return about how many files are open: a new one gets the lowest free number."""
    lowest_free = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest_free)
    return lowest_free
