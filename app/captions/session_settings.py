"""What a source is decoded with."""

from dataclasses import dataclass, field

from app.decode.glossary import Glossary
from app.decode.request import Task


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What a source is decoded with."""

    task: Task = "transcribe"
    language: str | None = None
    """The spoken language, or None to detect and follow it."""
    languages: tuple[str, ...] = ()
    """The languages that detection may choose from; empty allows all the model knows."""
    glossary: Glossary = field(default_factory=Glossary)
    has_drafts: bool = False
    """Whether a smaller model writes the tentative words."""
