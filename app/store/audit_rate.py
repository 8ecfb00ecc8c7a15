"""Keeps the audit log small under attack: repetitions of one client's action are counted and share a line."""

from dataclasses import dataclass, replace

from app.store.audit_record import AuditRecord, client_subject

WINDOW_S = 600.0
"""Repetitions within ten minutes share a line: a guesser of keys then costs 300 lines a day."""

REFUSALS_ALONE = 1
"""Refused logins of one address that get lines of their own; the first one shows the attack."""

ACTIONS_ALONE = 100
"""The same of other actions of one key; a person corrects fewer phrases in ten minutes, a flood has more."""

SUBJECTS_MAX = 256
"""Clients that are counted apart, for each action; the others share a line. With 256, an attacker with any number of
addresses writes at most 12 MB a day."""


@dataclass(slots=True)
class _Repetitions:
    """One client's repetitions of one action."""

    ends_s: float
    n_alone: int
    last: AuditRecord
    n_counted: int = 0


class AuditRate:
    """Decides which records are written at once; the others are counted."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._windows: dict[str, dict[str, _Repetitions]] = {}

    def admit(self, record: AuditRecord, now_s: float) -> bool:
        """Return whether to write a record now; otherwise it is counted for its window's line."""
        windows = self._windows.setdefault(record.action, {})
        subject = record.key or client_subject(record.address)
        if subject not in windows and len(windows) >= SUBJECTS_MAX:
            subject, record = "others", AuditRecord(record.at_ms, record.action, detail="other addresses or keys")
        window = windows.get(subject)
        if window is None:
            n_alone = REFUSALS_ALONE if record.action == "login_refused" else ACTIONS_ALONE
            window = windows[subject] = _Repetitions(now_s + WINDOW_S, n_alone, record)
        window.last = record
        if window.n_alone > 0:
            window.n_alone -= 1
            return True
        window.n_counted += 1
        return False

    def take_due(self, now_s: float) -> list[AuditRecord]:
        """End the windows that are over, and return a record for each with the number of its repetitions."""
        due = []
        for action, windows in list(self._windows.items()):
            for subject, window in list(windows.items()):
                if window.ends_s <= now_s:
                    del windows[subject]
                    if window.n_counted:
                        due.append(replace(window.last, n=window.n_counted))
            if not windows:
                del self._windows[action]
        return due

    def take_all(self) -> list[AuditRecord]:
        """End all windows, because the service stops."""
        return self.take_due(float("inf"))

    @property
    def next_s(self) -> float | None:
        """When the next window ends; None if none is open."""
        ends = [window.ends_s for windows in self._windows.values() for window in windows.values()]
        return min(ends, default=None)
