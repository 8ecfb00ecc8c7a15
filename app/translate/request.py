"""What is translated, and what comes back."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

Fault = Literal["empty", "copied", "loop", "script", "length", "unsure", "terms", "literals"]
"""Why no translation of a sentence was believed.

It had no text, was the original again, repeated itself, was in another script or language, was much too long or too
short, was improbable to the model itself, or lost a locked term or a number, date or address.
"""


@dataclass(frozen=True, slots=True)
class LockedTerm:
    """A term of the glossary, and how it must be translated."""

    source: str
    target: str
    """The same text for a term that is kept."""


@dataclass(frozen=True, slots=True)
class TranslationRequest:
    """One sentence to translate."""

    text: str
    language: str
    """Code of the language of `text`."""
    target: str
    """Code of the language to translate into, another one."""
    previous: str = ""
    """The sentence before, in the same language, as context; empty for none."""
    previous_translation: str = ""
    """Its translation, as readers got it."""
    terms: tuple[LockedTerm, ...] = ()
    """The terms in `text` whose translation is fixed."""
    room: str = ""
    is_preview: bool = False
    """Whether it is the grey text of an open phrase, which may be dropped when the machine is busy."""


@dataclass(frozen=True, slots=True)
class Translation:
    """The translation of one request."""

    text: str
    """The translation, or the original text if there is a fault."""
    fault: Fault | None = None
    logprob: float = 0.0
    """Mean log-probability of its tokens."""


class TextTranslator(Protocol):
    """Translates sentences of all rooms; in the service the pool of translation engines."""

    def join(self, room: str, target: str) -> AbstractContextManager[None]:
        """Give a target of a room a place while the block lasts.

        Raises:
            BusyError: The machine is at capacity.
        """

    async def translate(self, request: TranslationRequest) -> Translation:
        """Translate one sentence in a batch with others; any number of tasks may call at once.

        Cancelling drops the request.

        Raises:
            TranslateError: No worker could translate it; the same request may be sent again.
        """
