"""What a loaded model can do; what it cannot do is refused before a source speaks."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.decode.request import Task
from app.errors import ModelError

NAMED_MAX = 12
"""A sentence names the languages of a model up to this number."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The tasks and languages of one model, as its vocabulary and its shape say."""

    model: str = ""
    """Name of the model."""
    languages: frozenset[str] = frozenset()
    """Whisper's codes; empty for a decoder that takes every language."""
    tasks: tuple[Task, ...] = ("transcribe", "translate")

    def check(self, task: Task, languages: Sequence[str]) -> None:
        """Check that the model can do the task in the languages.

        Raises:
            ModelError: It cannot; the sentence says what it can do and which model to choose.
        """
        if task not in self.tasks:
            raise ModelError(
                f"The model {self.model} cannot translate: it was trained to transcribe only. "
                "Choose the task transcribe, or a model that translates, such as large-v3, medium or small."
            )
        unknown = [language for language in languages if self.languages and language not in self.languages]
        if not unknown:
            return
        if len(self.languages) <= NAMED_MAX:
            known = f"knows only {', '.join(sorted(self.languages))}"
        else:
            known = f"knows {len(self.languages)} languages without it"
        advice = " Only large-v3 and turbo know yue (Cantonese)." if unknown[0] == "yue" else ""
        raise ModelError(
            f"The model {self.model} cannot transcribe the language {unknown[0]!r}: it {known}. "
            f"Choose another language or another model.{advice}"
        )
