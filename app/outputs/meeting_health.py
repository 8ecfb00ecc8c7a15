"""The health of a meeting output: what it sent and dropped, and a sentence for the operator when captions fail."""

from collections.abc import Callable
from dataclasses import replace

from app import log
from app.captions.room_state import OutputHealth
from app.outputs.meeting_http import HttpResult

logger = log.get(__name__)


class MeetingHealth:
    """Reports every change of the health of a meeting output."""

    def __init__(self, vendor: str, not_started: str, on_health: Callable[[OutputHealth], None]) -> None:
        """Start with nothing sent; `not_started` is the message while the server knows no such meeting."""
        self._vendor = vendor
        self._not_started = not_started
        self._on_health = on_health
        self.current = OutputHealth("starting")

    def add_sent(self) -> None:
        """Count a caption that arrived."""
        self._change(n_sent=self.current.n_sent + 1)

    def add_dropped(self, n: int = 1) -> None:
        """Count captions that were given up."""
        self._change(n_dropped=self.current.n_dropped + n)

    def count_dropped_as_sent(self) -> None:
        """Correct the counts, because a caption that was given up has arrived."""
        self._change(n_sent=self.current.n_sent + 1, n_dropped=self.current.n_dropped - 1)

    def update(self, result: HttpResult) -> None:
        """Set the status and the sentence that belong to the result of a request."""
        if result.outcome == "accepted":
            self._change(status="working", message="")
            return
        status, message = "retrying", self._message(result)
        if result.status in (401, 403):
            status = "failed"
        if (status, message) != (self.current.status, self.current.message):
            logger.warning("captions_refused", program=self._vendor, outcome=result.outcome, status=result.status)
        self._change(status=status, message=message)

    def _message(self, result: HttpResult) -> str:
        vendor, status = self._vendor, result.status
        if result.outcome == "unsent":
            return f"{vendor} cannot be reached. Check the network of this machine. Trying again."
        if status is None:
            return f"{vendor} does not answer. Trying again."
        if status in (400, 404):
            return self._not_started
        if status in (401, 403):
            return f"{vendor} does not accept this address any more; copy a new one from the meeting."
        if status == 429:
            return f"{vendor} asks for fewer captions. Trying again."
        if status >= 500:
            return f"{vendor} has an error (status {status}). Trying again."
        return f"{vendor} answers with an unexpected status ({status}). Trying again."

    def _change(self, **changes: object) -> None:
        health = replace(self.current, **changes)  # type: ignore[arg-type]  # its fields
        if health != self.current:
            self.current = health
            self._on_health(health)
