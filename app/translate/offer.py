"""What the service translates text with, as operators see it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TranslationOffer:
    """The translation model that the service uses."""

    model: str
    sent_to: str
    """Host of the service that gets the text; empty while it stays on this machine."""
    targets: tuple[str, ...]
    """Languages that it translates into, by their codes."""
