"""The listening socket: it accepts a few connections at a time, and none for which there are no files left.

asyncio accepts as many connections at once as its `backlog` says before any of them can be closed again, so that a
flood uses up all descriptors. When there are none left, Python 3.11 tries again that many times, and logs each. Source:
`_accept_connection` in asyncio/selector_events.py.
"""

import errno
import os
import socket
from contextlib import suppress
from typing import Any

from app import metrics
from app.web.limits import ConnectionLimits

BACKLOG = 4096
"""Connections that may wait to be accepted, for example when a whole hall reconnects at once."""

ACCEPTED_AT_ONCE = 2
"""Connections accepted in one turn of the event loop. A connection is read for the first time four turns after it was
accepted, so that eight newer ones are at most accepted before; fewer than make a waiting connection give way."""


class Listener(socket.socket):
    """A listening socket for asyncio, which calls `accept` until it raises BlockingIOError."""

    limits: ConnectionLimits | None = None
    """Drops a connection for a new one when the descriptors become few."""
    _reserved: int | None = None
    """A descriptor to give up when there is no other, so that a connection can be accepted in order to close it."""

    def listen(self, backlog: int = BACKLOG, /) -> None:
        """Listen; asyncio gives one number for the queue and for what is accepted at once, and this is the queue's."""
        super().listen(max(backlog, BACKLOG))
        if self._reserved is None:
            self._reserved = os.open(os.devnull, os.O_RDONLY)

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept a connection.

        Raises:
            BlockingIOError: None is waiting, or it was closed because too few descriptors are left.
            OSError: There is no descriptor at all; asyncio tries again after a second.
        """
        try:
            accepted, address = super().accept()
        except OSError as exc:
            if exc.errno not in (errno.EMFILE, errno.ENFILE) or self._reserved is None:
                raise
            self._close_next()
            raise BlockingIOError(exc.errno, "no descriptors are left") from exc
        if self.limits is not None and self._is_beyond(accepted) and not self.limits.connections.drop_oldest():
            accepted.close()
            metrics.REFUSALS.add("sockets")
            raise BlockingIOError(errno.EMFILE, "too few descriptors are left")
        return accepted, address

    def close(self) -> None:
        """Stop listening."""
        super().close()
        if self._reserved is not None:
            os.close(self._reserved)
            self._reserved = None

    def _is_beyond(self, accepted: socket.socket) -> bool:
        """Return whether few descriptors are left: a new one gets the lowest free number."""
        assert self.limits is not None
        most = self.limits.settings.descriptors
        return most is not None and accepted.fileno() >= most

    def _close_next(self) -> None:
        """Accept the next connection and close it, with the reserved descriptor, so that the queue becomes shorter."""
        assert self._reserved is not None
        os.close(self._reserved)
        self._reserved = None
        metrics.REFUSALS.add("sockets")
        with suppress(OSError):  # another thread has taken the descriptor
            super().accept()[0].close()
        if self.limits is not None:
            self.limits.connections.drop_oldest()
        with suppress(OSError):
            self._reserved = os.open(os.devnull, os.O_RDONLY)
