"""What `surtitle doctor` found in one check: a colour, a sentence, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Colour = Literal["green", "yellow", "red"]
"""Green: nothing to do. Yellow: something is worse than it could be, or could not be checked. Red: it must be fixed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    subject: str
    """What was checked, in a word or two."""
    colour: Colour
    message: str
    """A sentence: what was found."""
    remedy: str = ""
    """A sentence: what to do; empty if there is nothing to do."""


def green(subject: str, message: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(subject, "green", message)


def yellow(subject: str, message: str, remedy: str) -> Finding:
    """Return a finding that people should know."""
    return Finding(subject, "yellow", message, remedy)


def red(subject: str, message: str, remedy: str) -> Finding:
    """Return a finding that must be fixed."""
    return Finding(subject, "red", message, remedy)


def run_check(subject: str, check: Callable[[], list[Finding]]) -> list[Finding]:
    """Run a check; one that fails unexpectedly is a finding too, never a stack trace.

    This is a supervisor: it catches every error, because a doctor is needed most where nothing is as expected.
    """
    try:
        return check()
    except Exception as exc:
        reason = (str(exc) or type(exc).__name__).splitlines()[0]
        return [
            yellow(
                subject,
                f"This could not be checked: {type(exc).__name__}, {reason.rstrip('.')}.",
                "Check it yourself, and report this line as a bug in Surtitle.",
            )
        ]
